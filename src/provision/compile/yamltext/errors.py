"""Why a text isn't the YAML we read, and on which line."""

from __future__ import annotations

import yaml

from provision.errors import ProvisionError


class YamlError(ProvisionError):
    """Text that isn't the YAML we read.

    Args:
        line: the line counted from 1, or None.
    """

    def __init__(self, what: str, *, where: str, line: int | None) -> None:
        super().__init__(what, where=where if line is None else f"{where}:{line}")
        self.line = line


def line_of(node: yaml.Node) -> int:
    """The line, counted from 1, on which a node begins."""
    return int(node.start_mark.line) + 1
