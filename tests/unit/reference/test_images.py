"""The Dockerfiles of the project's own images: what they copy is there, and what they install is pinned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))


def pinned() -> set[str]:
    text = "\n".join((ROOT / "constraints" / name).read_text() for name in ("run.txt", "dev.txt"))
    return {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}


def test_there_are_two() -> None:
    assert [file.name for file in DOCKERFILES] == ["client.Dockerfile", "gallery.Dockerfile"]


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_what_is_installed_is_pinned(file: Path) -> None:
    text = re.sub(r"\\\n", " ", file.read_text())
    (line,) = re.findall(r"pip install (.*?) &&", text)
    words = [word for word in line.split() if not word.startswith(("-", "/"))]
    assert words
    assert {word.lower() for word in words} <= pinned()


def test_an_image_sees_what_its_wheel_is_made_of_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    kept = [line[1:] for line in lines if line.startswith("!")]
    assert all((ROOT / path).exists() for path in kept)
    wheel = (ROOT / "pyproject.toml").read_text()
    for path in ("src/provision", "docs/checks", "docs/verify.md", "README.md"):
        assert path in wheel
        assert any(path == each or path.startswith(f"{each}/") for each in kept)


def test_the_stacks_build_just_these() -> None:
    stacks = (ROOT / "provisioning" / "stacks.py").read_text()
    assert set(re.findall(r'"(docker/\S+?)"', stacks)) == {
        str(file.relative_to(ROOT)) for file in DOCKERFILES
    }


def test_what_a_slim_image_lacks_comes_along_and_nothing_runs_as_root() -> None:
    text = {file.name: file.read_text() for file in DOCKERFILES}
    client = text["client.Dockerfile"]
    (installed,) = re.findall(r"apt-get install (.*?)\\\n", client)
    # Without it Playwright's driver ends at its first line.
    assert {"chromium-headless-shell", "libatomic1"} <= set(installed.split())
    assert "HOME=/tmp" in client  # a browser that can't write to its home doesn't start
    for each in text.values():
        assert re.findall(r"^USER (.*)$", each, re.MULTILINE) == ["65534"]
    assert "install -d -o 65534 -g 65534 /var/lib/notifications" in text["gallery.Dockerfile"]
