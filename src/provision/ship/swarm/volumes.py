"""Where the data of services lies."""

from __future__ import annotations

from provision.compile.dialect.shaped_stack import ShapedStack


def on_one_node(stack: ShapedStack, name: str) -> str:
    """The volume of one node that a service has for its one task; empty where it has none, or is made for several tasks."""
    service = stack.compose["services"][name]
    if service["deploy"].get("replicas", 2) > 1:  # a global one has no number of them
        return ""
    volumes = stack.compose.get("volumes", {})
    for mount in service.get("volumes", ()):
        if mount["type"] == "volume" and volumes[mount["source"]].get("driver", "local") == "local":
            return str(mount["source"])
    return ""
