"""The services of a project's Compose and Swarm files, as far as checks ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

_FOLDERS: Final = (".", "stacks", "stack", "deploy", "docker", "compose", "provisioning")
_FILES: Final = ("*compose*.yml", "*compose*.yaml", "*stack*.yml", "*stack*.yaml")
_MOST_FILES: Final = 50
_LONGEST_BYTES: Final = 1 << 20


def services(root: Path) -> dict[str, str]:
    """The services by name, each with how often it runs when that is more than once, such as `3 replicas`, or else an
    empty text. Files are looked for in the project's root and in folders where they usually lie; what isn't a Compose
    file is passed over."""
    found: dict[str, str] = {}
    for file in _files(root):
        for name, service in _services(file):
            found[name] = _often(service) or found.get(name, "")
    return found


def _files(root: Path) -> list[Path]:
    found = [
        file
        for folder in _FOLDERS
        for pattern in _FILES
        for file in sorted((root / folder).glob(pattern))
        if file.is_file() and file.stat().st_size <= _LONGEST_BYTES
    ]
    return list(dict.fromkeys(found))[:_MOST_FILES]


def _services(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        document = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)  # it is the safe one
    except (yaml.YAMLError, OSError, ValueError, RecursionError):
        return  # another tool's file, which that tool tells of
    services = document.get("services") if isinstance(document, dict) else None
    for name, service in services.items() if isinstance(services, dict) else ():
        if isinstance(name, str) and isinstance(service, dict):
            yield name, service


def _often(service: dict[str, Any]) -> str:
    """How often it runs, when that is more than once."""
    deploy = service.get("deploy")
    deploy = deploy if isinstance(deploy, dict) else {}
    if deploy.get("mode") == "global":
        return "one task on each node"
    for count in (deploy.get("replicas"), service.get("scale")):
        if isinstance(count, int) and not isinstance(count, bool) and count > 1:
            return f"{count} replicas"
    return ""
