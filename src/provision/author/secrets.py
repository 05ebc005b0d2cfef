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
        version: any text; another one means that the value behind the name is another, and is to be written again.
    """

    source: Literal["env", "file"]
    name: str
    version: str = ""

    @classmethod
    def env(cls, name: str, version: str = "") -> Secret:
        """The secret in the environment variable `name`."""
        return cls("env", name, version)

    @classmethod
    def file(cls, path: str, version: str = "") -> Secret:
        """The secret in the file at `path`."""
        return cls("file", path, version)

    @property
    def reference(self) -> dict[str, str]:
        """As bodies and marks write it: `{"source", "name"}`, and `"version"` if it has one."""
        reference = {"source": self.source, "name": self.name}
        return {**reference, "version": self.version} if self.version else reference
