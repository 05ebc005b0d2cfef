"""amtool: what it says of an alertmanager.yml, and where its routes send an alert."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from provision.discretion import without_values
from provision.errors import MissingTool, ProvisionError
from provision.tools.run import find_tool, run


def find(tools_dir: Path | None = None) -> Path | None:
    """amtool on the PATH or in the project's tools folder; None when there is none."""
    return find_tool("amtool", () if tools_dir is None else (tools_dir,))


def version(tool: Path) -> tuple[int, int, int] | None:
    """Its version; None for a build that doesn't know its own.

    Raises:
        MissingTool: it doesn't run, or is another program.
    """
    answer = run([tool, "--version"])
    if answer.code != 0 or "amtool, version" not in answer.text:
        raise MissingTool("isn't an amtool that runs", where=str(tool))
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", answer.text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def check_config(tool: Path, text: bytes) -> tuple[str, ...]:
    """What amtool refuses of an alertmanager.yml, as sentences without the values that it quotes; empty when it
    accepts it. Template files are not there to be looked at.

    Raises:
        ProvisionError: it failed without saying why, or took too long.
    """
    with tempfile.TemporaryDirectory(prefix="provision-") as folder:
        (Path(folder) / "alertmanager.yml").write_bytes(text)
        return check_config_file(tool, Path(folder) / "alertmanager.yml")


def check_config_file(tool: Path, file: Path) -> tuple[str, ...]:
    """The same for a file in its place, with the templates it names.

    Raises:
        ProvisionError: it failed without saying why, or took too long.
    """
    answer = run([tool, "check-config", file.name], cwd=file.parent)
    if answer.code == 0:
        return ()
    failed = [part.partition("amtool: error:")[0] for part in answer.text.split("FAILED:")[1:]]
    said = [without_values(" ".join(part.split())) for part in failed if part.strip()]
    if not said:
        words = without_values(answer.text)[-500:]
        raise ProvisionError(f"failed with exit code {answer.code}: {words}", where=str(tool))
    return tuple(said)


def routes_test(tool: Path, text: bytes, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The receivers, in order, to which the routes of an alertmanager.yml send an alert with these labels.

    Raises:
        ProvisionError: amtool can't read the configuration or the labels.
    """
    with tempfile.TemporaryDirectory(prefix="provision-") as folder:
        (Path(folder) / "alertmanager.yml").write_bytes(text)
        pairs = [f"{name}={_quoted(value)}" for name, value in sorted(labels.items())]
        command: list[str | Path] = [
            tool,
            "config",
            "routes",
            "test",
            "--config.file=alertmanager.yml",
            *pairs,
        ]
        answer = run(command, cwd=Path(folder))
    if answer.code != 0:
        said = re.sub(r"^Warning: .*$|amtool: error: ", "", answer.text, flags=re.MULTILINE)
        raise ProvisionError(f"amtool can't test the routes: {without_values(' '.join(said.split()))[-500:]}")
    return tuple(
        name.strip() for name in answer.stdout.decode(errors="replace").strip().split(",") if name.strip()
    )


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
