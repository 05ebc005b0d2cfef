from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.lab.swarm import images
from provision.lab.swarm.images import Recipe
from provision.tools.docker import Engine


def filled(recipe: Recipe) -> dict[str, tarfile.TarInfo]:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        images._fill(tar, recipe)
    content.seek(0)
    with tarfile.open(fileobj=content) as tar:
        names = tar.getnames()
        assert len(names) == len(set(names))
        return {entry.name: entry for entry in tar.getmembers()}


def test_a_program_comes_with_what_it_loads(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "inner" / "__pycache__").mkdir(parents=True)
    (tree / "inner" / "kept.py").write_text("x")
    (tree / "inner" / "__pycache__" / "left.pyc").write_text("x")
    found = filled(
        Recipe(
            {"/bin/cat": Path("/bin/cat").resolve()},
            {"/srv/tree": tree},
            {"/run.sh": "#!/bin/sh\n", "/etc/x.conf": "a\n"},
            {"/bin/kitty": "cat"},
            busybox=False,
        )
    )
    assert found["bin/cat"].mode == found["run.sh"].mode == 0o755
    assert found["etc/x.conf"].mode == 0o644
    assert found["tmp"].mode == 0o1777
    assert found["bin/kitty"].linkname == "cat"
    assert "srv/tree/inner/kept.py" in found
    assert not any("__pycache__" in name for name in found)
    assert any("libc.so" in name for name in found)
    assert any("ld-linux" in name or "/ld-" in name for name in found)


def test_this_interpreter_with_what_the_project_needs() -> None:
    recipe = images.python(["provision"])
    packages = {
        path.removeprefix(f"{images.SITE}/").split("/")[0]
        for path in recipe.programs
        if path.startswith(images.SITE)
    }
    assert {"click", "orjson", "yaml"} <= packages
    assert "pytest" not in packages
    assert f"{images.SITE}/provision" in recipe.trees
    assert recipe.links["/usr/local/bin/python"] in recipe.programs


def test_an_image_is_imported_with_how_it_runs(tmp_path: Path) -> None:
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n')
    program.chmod(0o755)
    recipe = Recipe(entrypoint=("/a", "b c"), command=("d",), environment={"E": "f"}, busybox=False)
    images.make(Engine(program), "lab/x:1", recipe)
    said = (tmp_path / "said").read_text().splitlines()
    assert said[0] == "import"
    assert {'ENTRYPOINT ["/a", "b c"]', 'CMD ["d"]', "ENV E=f"} <= set(said)
    assert said[-1] == "lab/x:1"


def test_a_program_that_is_not_here() -> None:
    with pytest.raises(
        MissingTool, match="no-such-program: not found on this machine; on Debian: apt-get install nothing"
    ):
        images.found("no-such-program", "nothing")
    assert images.found("sh", "dash").is_file()
