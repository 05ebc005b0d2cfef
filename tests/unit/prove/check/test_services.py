"""Services of Compose and Swarm files."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.prove.check.services import services


def write(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_how_often_services_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        "docker-compose.yml",
        "services: {a: {deploy: {replicas: 3}}, b: {scale: 2}, c: {}, d: {image: x}}",
    )
    write(
        tmp_path, "stacks/stack.yaml", "services: {c: {deploy: {mode: global}}, d: {deploy: {replicas: 1}}}"
    )
    assert services(tmp_path) == {"a": "3 replicas", "b": "2 replicas", "c": "one task on each node", "d": ""}


def test_the_file_that_says_more_counts(tmp_path: Path) -> None:
    write(tmp_path, "compose.yml", "services: {a: {scale: 2}}")
    write(tmp_path, "compose.override.yml", "services: {a: {image: x}}")
    assert services(tmp_path) == {"a": "2 replicas"}


@pytest.mark.parametrize(
    "text", ["services: [", "- a", "services: 5", "services: {5: {}, a: 5}", "", "\0", "a: &b [*b]", "services: {a: {deploy: 5, scale: true}}"]
)  # fmt: skip
def test_what_is_no_compose_file_is_passed_over(tmp_path: Path, text: str) -> None:
    write(tmp_path, "compose.yml", text)
    assert set(services(tmp_path).values()) <= {""}


def test_no_files_no_services(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").mkdir()
    assert services(tmp_path) == {}
    assert services(tmp_path / "nowhere") == {}
