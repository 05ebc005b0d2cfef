"""Secrets by reference: a value never passes through a source, a definition, a plan or a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is found at the moment it is written to a server.

    Attributes:
        source: `env` (an environment variable) or `file` (a file's text without its last line break).
        name: the variable's name, or the file's path.
    """

    source: Literal["env", "file"]
    name: str

    @classmethod
    def env(cls, name: str) -> Secret:
        """The secret in the environment variable `name`."""
        return cls("env", name)

    @classmethod
    def file(cls, path: str) -> Secret:
        """The secret in the file at `path`."""
        return cls("file", path)
