"""The Compose files of the reference project's stacks, word for word but for hashes and dashboards, and as the schema of Compose
and the engine's own reader take them.

`PROVISION_GOLDEN=write pytest tests/golden/test_stacks_golden.py` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from provision.compile.dialect import files
from provision.compile.load import load
from provision.compile.yamltext.writing import render
from provision.model import Resource
from provision.project import open_project

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "stacks"
SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "compose" / "compose-spec.json"
STACKS = ("app", "monitor", "registry")


@pytest.fixture(scope="module", params=[False, True], ids=["ipvs", "without ipvs"])
def built(request: pytest.FixtureRequest) -> tuple[str, dict[str, Resource]]:
    project = open_project(ROOT)
    variables = {
        **project.variables,
        "swarm_without_ipvs": request.param,
        "publish_monitoring": request.param,
    }
    loaded = load(replace(project, variables=variables), workers=1, use_cache=False)
    assert loaded.problems == ()
    shaped = files.shape(loaded.definitions, project)
    return "-without-ipvs" if request.param else "", {file.key: file for file in shaped}


def _take_out(configs: Any, config: Any) -> None:
    if isinstance(configs, dict):
        del configs[config]
    else:
        configs.remove(config)


@pytest.mark.parametrize("stack", STACKS)
def test_the_file_is_as_it_was(built: tuple[str, dict[str, Resource]], stack: str) -> None:
    suffix, made = built
    # What a config holds is another page's affair, and which dashboards there are; here it counts that it has a hash.
    document = yaml.safe_load(made[f"stacks/{stack}/compose.yml"].body)
    for configs in (
        document.get("configs", {}),
        *(each.get("configs", []) for each in document["services"].values()),
    ):
        for config in list(configs):
            if str(config["source"] if isinstance(config, dict) else config).startswith(
                "grafana-dashboards-"
            ):
                _take_out(configs, config)
    text = render(document).decode()
    text = re.sub(r"-[0-9a-f]{12}$|v1:[0-9a-f]{32}$", "HASH", text, flags=re.MULTILINE)
    golden = GOLDEN / f"{stack}{suffix}.yml"
    if os.environ.get("PROVISION_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("stack", STACKS)
def test_the_schema_of_compose_takes_it(built: tuple[str, dict[str, Resource]], stack: str) -> None:
    if not SCHEMA.is_file():
        pytest.skip(f"{SCHEMA} is absent")
    document = yaml.safe_load(built[1][f"stacks/{stack}/compose.yml"].body)
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_engines_own_client_reads_it(
    built: tuple[str, dict[str, Resource]], stack: str, tmp_path: Path
) -> None:
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("no docker on the PATH")
    for key, file in built[1].items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(file.body)
    read = subprocess.run(
        [docker, "stack", "config", "-c", f"stacks/{stack}/compose.yml"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if "unknown shorthand flag" in read.stderr:
        pytest.skip("this docker client is older than 23 and has no `docker stack config`")
    assert read.returncode == 0, read.stderr
    assert "Ignoring" not in read.stderr
    assert set(yaml.safe_load(read.stdout)["services"]) == set(
        yaml.safe_load(built[1][f"stacks/{stack}/compose.yml"].body)["services"]
    )
