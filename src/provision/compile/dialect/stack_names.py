"""What a Swarm calls what a stack brings along.

A config of a Swarm never changes, so each is named by its content: another content is another config, and the service
that mounts it is updated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

_LONGEST_NAME: Final = 64
_HASH_DIGITS: Final = 12


def reference(image: Mapping[str, Any], registry: str, images: Mapping[str, str]) -> str:
    """What a service runs: an own image's reference."""
    name = str(image["name"])
    return images.get(name) or (f"{registry}/" if registry else "") + f"{name}:{image['tag']}"


def config_name(stack: str, key: str, content: bytes) -> str:
    """What a Swarm calls a config of that content; at most 64 characters, of which the hash stays whole."""
    mark = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
    return f"{f'{stack}_{key}'[: _LONGEST_NAME - _HASH_DIGITS - 1].rstrip('.-_')}-{mark}"


def secret_name(stack: str, key: str, secret: Mapping[str, str]) -> str:
    """What a Swarm calls a secret; another version is another one. Nothing of the secret itself is in the name."""
    version = f"-{secret['version']}" if secret.get("version") else ""
    return f"{f'{stack}_{key}'[: _LONGEST_NAME - len(version)]}{version}"


def config_key(path: str) -> str:
    """What a Compose file calls the file at that path below the output folder."""
    parts = path.split("/")
    kept = parts[3:] if parts[:1] == ["stacks"] else parts
    return re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(kept))
