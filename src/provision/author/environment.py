"""The variables of the environment that is being built, as sources see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Environment:
    """Read-only access to the variables of `[tool.provision.variables]` and of the chosen environment.

    What is read is remembered, so that a source is compiled again only when a variable it reads changes.
    """

    def __init__(self, name: str = "default", variables: Mapping[str, Any] | None = None) -> None:
        self._name = name
        self._variables: dict[str, Any] = dict(variables or {})
        self._read: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """The environment's name; `default` when none was asked for."""
        self._read["\0name"] = self._name
        return self._name

    def __getitem__(self, key: str) -> Any:
        """The variable's value.

        Raises:
            KeyError: it isn't set.
        """
        if key not in self._variables:
            self._read[key] = None
            own = f" or [tool.provision.env.{self._name}.variables]" if self._name != "default" else ""
            raise KeyError(
                f"variable {key!r} isn't set in environment {self._name!r}; "
                f"add it to [tool.provision.variables]{own}"
            )
        self._read[key] = self._variables[key]
        return self._variables[key]

    def __contains__(self, key: object) -> bool:
        """Whether the variable is set."""
        if isinstance(key, str):
            self._read[key] = self._variables.get(key)
        return key in self._variables

    __iter__ = None
    """Which variables are set can't be listed: a source asks for those that it needs."""

    def get(self, key: str, default: Any = None) -> Any:
        """The variable's value, or `default` when it isn't set."""
        self._read[key] = self._variables.get(key)
        return self._variables.get(key, default)

    def number(self, key: str) -> float:
        """The variable's value as a float.

        Raises:
            KeyError: it isn't set.
            TypeError: it isn't a number.
        """
        value = self[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"variable {key!r} must be a number, not {value!r}")
        return float(value)


env = Environment()
"""The environment of the running build. Outside a build it holds no variables."""


def fill(name: str, variables: Mapping[str, Any]) -> None:
    """Make `env` the environment of that name, with nothing read yet. For the loader, not for sources."""
    env.__init__(name, variables)  # type: ignore[misc]  # the object stays, for those who imported it


def read_variables() -> dict[str, Any]:
    """What was read from `env` since it was filled: name → value (None when unset; the environment's own
    name is under a key that no variable can have)."""
    return dict(env._read)
