"""What Compose knows of a service and a Swarm doesn't: `docker stack deploy` passes over it with no more than a warning, and
over `depends_on` without one.

Source: what the client says of each, 20.10 and 28.2; docs.docker.com, "Legacy versions", of `depends_on`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_NOT_ON_A_SWARM: Final = frozenset(
    {
        "cgroup_parent",
        "container_name",
        "depends_on",
        "devices",
        "domainname",
        "external_links",
        "ipc",
        "mac_address",
        "network_mode",
        "pid",
        "privileged",
        "security_opt",
        "userns_mode",
    }
)
_INSTEAD: Final = {
    "build": "give an Image as the image",
    "expose": "services of a network reach every port of each other",
    "links": "services of a network reach each other by name",
    "restart": "give a Restart",
    "shm_size": 'give tmpfs=["/dev/shm"]',
}


def refuse_ignored(names: Iterable[str], owner: str) -> None:
    """Raises ValueError when a field of a service would be passed over.

    Args:
        owner: what messages call the service.
    """
    for name in sorted(names):
        if name in _NOT_ON_A_SWARM or name in _INSTEAD:
            remedy = _INSTEAD.get(name, "leave it out")
            raise ValueError(f"{owner}: extra: a Swarm passes over {name}; {remedy}")
