"""Keys made of paths: uids of dashboards and folders, names of rule files. A path gives the same key for ever."""

from __future__ import annotations

import hashlib
import re

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What Grafana accepts as a uid."""

_LIMIT = 40


def slug(text: str) -> str:
    """`text` in the alphabet of a uid, in lower case: runs of anything else become one hyphen."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")


def uid_of(*parts: str) -> str:
    """A uid made of parts of a path, such as `traefik`, `sla` → `traefik-sla`. Where the alphabet or the
    limit of 40 characters loses something, a digest of the parts stands at the end."""
    parts = tuple(part for part in parts if part)
    plain = "-".join(slug(part) for part in parts)
    if plain == "-".join(parts) and UID.fullmatch(plain):
        return plain
    mark = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
    return f"{plain[: _LIMIT - 9].rstrip('-')}-{mark}".lstrip("-")


def inside(path: str) -> tuple[str, ...]:
    """The parts of a source's path below its room, without the suffix:
    `dashboards/traefik/sla.py` → (`traefik`, `sla`). grafanalib's own suffix counts as one:
    `dashboards/sla.dashboard.py` → (`sla`,)."""
    stem = path.rsplit(".", 1)[0] if "." in path.rsplit("/", 1)[-1] else path
    return tuple(stem.removesuffix(".dashboard").split("/")[1:])


def folder_of(path: str) -> str:
    """The folder a source lies in, below its room: `dashboards/traefik/sla.py` → `traefik`."""
    return "/".join(path.split("/")[1:-1])


def rule_file_of(path: str) -> str:
    """The rule file a source becomes: `rules/team/traefik.py` → `team-traefik.yml`."""
    return "-".join(inside(path)) + ".yml"
