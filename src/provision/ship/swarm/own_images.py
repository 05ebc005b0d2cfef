"""The project's own images: built, named by what they are, and pushed to the registry that the nodes pull from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from provision.compile.dialect.shaped_stack import ShapedStack
from provision.errors import ProvisionError
from provision.tools import docker
from provision.tools.docker import Engine

_BUILD_LIMIT_SECONDS: Final = 1800.0
_ID_DIGITS: Final = 12
_ID: Final = re.compile(r"[0-9a-f]{64}")
_BUILT: Final = re.compile(f"[0-9a-f]{{{_ID_DIGITS}}}")
"""The tag of an image that is named by its id."""


def wanted(stacks: Iterable[ShapedStack]) -> dict[str, Mapping[str, Any]]:
    """Name → image, of all own images that services of these stacks run."""
    return {str(image["name"]): image for stack in stacks for image in stack.images.values()}


def may_be(running: str, wanted: str) -> bool:
    """Whether an image that runs may be that which the sources ask for: of the same repository, with the tag that they give
    or named by its id, as `build` does it."""
    repository, _, tag = running.rpartition(":")
    wanted_repository, _, wanted_tag = wanted.rpartition(":")
    return repository == wanted_repository and (tag == wanted_tag or bool(_BUILT.fullmatch(tag)))


def build(
    engine: Engine,
    images: Mapping[str, Mapping[str, Any]],
    root: Path,
    registry: str,
    tell: Callable[[str], None],
    *,
    push: bool,
) -> dict[str, str]:
    """Build images, name each by its id and by its tag, and push them.

    Args:
        registry: `host:port`; empty: they are named without one.
        push: whether they are pushed to it.

    Returns:
        name → reference by the id: another image has another one, so that a deploy replaces what runs.

    Raises:
        ProvisionError: one can't be built or pushed; with what the engine said.
    """
    references = {}
    for name, image in sorted(images.items()):
        identity = _built(engine, image, root)
        repository = f"{registry}/{name}" if registry else name
        references[name] = f"{repository}:{identity[:_ID_DIGITS]}"
        for reference in (references[name], f"{repository}:{image['tag']}"):
            docker.call(engine, "tag", identity, reference)
            if push:
                docker.call(engine, "push", "--quiet", reference, time_limit_seconds=_BUILD_LIMIT_SECONDS)
        tell(f"image {references[name]} is built" + (" and pushed" if push else ""))
    return references


def _built(engine: Engine, image: Mapping[str, Any], root: Path) -> str:
    """Build an image; its id in hexadecimal digits."""
    dockerfile = root / str(image["dockerfile"])
    if not dockerfile.is_file():
        raise ProvisionError("there is no such Dockerfile", where=str(dockerfile))
    arguments = [
        word for name, value in image["arguments"].items() for word in ("--build-arg", f"{name}={value}")
    ]
    said = docker.call(
        engine, "build", "--quiet", "--file", str(dockerfile), *arguments, str(root / str(image["context"])),
        time_limit_seconds=_BUILD_LIMIT_SECONDS,
    )  # fmt: skip
    identity = said.strip().rpartition("\n")[2].removeprefix("sha256:")
    if not _ID.fullmatch(identity):
        raise ProvisionError("docker build: it didn't say what it has built", where=str(dockerfile))
    return identity
