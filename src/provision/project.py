"""A project as a value: a root folder, a name and the settings of one environment.

A git revision unpacked into another folder is another project; nothing below reads the working directory.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from provision.errors import UsageError, did_you_mean

SOURCE_ROOMS = ("dashboards", "rules", "provisioning")

LONGEST_SOURCE_SECONDS = 86_400
"""The most that `time_limit_seconds` may be: a day; the system's clocks take no more than some weeks."""

SETTINGS = frozenset(
    (
        "alertmanager",
        "alertmanager_version",
        "checks",
        "config_file",
        "datasource",
        "grafana",
        "grafana_alerting",
        "grafana_dashboards_path",
        "grafana_home",
        "grafana_rules_folder",
        "lab_buckets",
        "name",
        "output",
        "prometheus",
        "prometheus_features",
        "prometheus_retention",
        "prometheus_version",
        "registry",
        "rules_dir",
        "time_limit_seconds",
        "ui_edits",
        "variables",
        "waivers",
    )
)
"""All that `[tool.provision]` and an environment may hold, besides the environments; docs/configuration.md says what."""

_T = TypeVar("_T")


DEFAULT_ENVIRONMENT: Final = "default"
"""The name of the plain settings, when no environment is asked for."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project in one environment.

    Attributes:
        root: absolute path of the folder that holds `pyproject.toml`.
        name: marks what this project owns on servers.
        environment: the environment's name; `default` when none was asked for.
        variables: what sources read through `provision.author.env`.
        settings: the rest of `[tool.provision]`, with the environment's own laid over it.
    """

    root: Path
    name: str
    environment: str = DEFAULT_ENVIRONMENT
    variables: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def time_limit_seconds(self) -> float:
        """How long one source may run.

        Raises:
            UsageError: it isn't set to a number of seconds.
        """
        value = float(self.setting("time_limit_seconds", (int, float), 20))
        if not 0 < value <= LONGEST_SOURCE_SECONDS:
            raise UsageError(
                f"[tool.provision] time_limit_seconds must be more than 0 and at most {LONGEST_SOURCE_SECONDS}",
                where=str(self.root / "pyproject.toml"),
            )
        return value

    @property
    def output(self) -> Path:
        """Where `build` writes, unless told otherwise.

        Raises:
            UsageError: it isn't set to the name of a folder.
        """
        value = self.setting("output", str, "build")
        if not value:
            raise UsageError(
                "[tool.provision] output must be a string that isn't empty",
                where=str(self.root / "pyproject.toml"),
            )
        return self.root / value

    def setting(self, name: str, kind: type[_T] | tuple[type[_T], ...], default: _T) -> _T:
        """The setting `name`, or `default`.

        Raises:
            UsageError: it is set to a value of another type than `kind`.
        """
        value = self.settings.get(name, default)
        wanted = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in wanted):
            names = " or ".join({"str": "string", "int": "whole number", "float": "number", "list": "list",
                                 "bool": "true or false", "dict": "table"}.get(k.__name__, k.__name__) for k in wanted)  # fmt: skip
            raise UsageError(
                f"[tool.provision] {name} must be a {names}", where=str(self.root / "pyproject.toml")
            )
        return value


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` whose pyproject.toml has a `[tool.provision]` table.

    Raises:
        UsageError: there is none, or a pyproject.toml on the way can't be read.
    """
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if _is_file(file) and "provision" in _table(_read(file), "tool", file):
            return folder
    raise UsageError(
        "no project here: no pyproject.toml with a [tool.provision] table in this folder or above",
        where=str(start),
        remedy="add one, or name the project with --project DIR",
    )


def open_project(root: Path, environment: str | None = None) -> Project:
    """The project at `root` in the environment of that name (none: the plain settings).

    Raises:
        UsageError: pyproject.toml is missing or broken, or there is no such environment.
    """
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "there is no such folder"
        raise UsageError(
            what, where=str(root), remedy="name the folder that holds the project's pyproject.toml"
        )
    root = root.resolve()
    file = root / "pyproject.toml"
    tool = _table(_read(file), "tool", file)
    if "provision" not in tool:
        raise UsageError("there is no [tool.provision] table in it", where=str(file), remedy="add one")
    table = dict(_table(tool, "provision", file))
    environments = _table(table, "env", file)
    table.pop("env", None)
    _require_known(table, "tool.provision", file)
    for each in environments:
        _require_known(_table(environments, each, file), f"tool.provision.env.{each}", file)
    variables = dict(_table(table, "variables", file))
    table.pop("variables", None)
    checks = _checks(table, file)
    if environment is not None:
        if environment not in environments:
            known = f" or use one of: {', '.join(sorted(environments))}" if environments else ""
            raise UsageError(
                f"there is no environment {environment!r}",
                where=str(file),
                remedy=f"add [tool.provision.env.{environment}]{known}",
            )
        overlay = dict(_table(environments, environment, file))
        variables.update(_table(overlay, "variables", file))
        overlay.pop("variables", None)
        for check, settings in _checks(overlay, file).items():
            checks[check] = {**checks.get(check, {}), **settings}
        table.update(overlay)
    if checks:
        table["checks"] = checks
    name = table.pop("name", root.name)
    if not isinstance(name, str) or not name or not name.isprintable() or name != name.strip():
        raise UsageError(
            "[tool.provision] name must be a string that isn't empty, without spaces around it or line breaks",
            where=str(file),
        )
    return Project(
        root=root,
        name=name,
        environment=environment or DEFAULT_ENVIRONMENT,
        variables=variables,
        settings=table,
    )


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError as error:
        raise UsageError(f"can't be looked at: {error.strerror}", where=str(file)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            "there is no such file", where=str(file), remedy="add one with a [tool.provision] table"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"not valid TOML: {error}", where=str(file), remedy="mend it and try again"
        ) from None
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(file)) from None


def _require_known(table: Mapping[str, Any], name: str, file: Path) -> None:
    for setting in table:
        if setting not in SETTINGS:
            raise UsageError(
                f"[{name}] has no setting {setting!r}",
                where=str(file),
                remedy=did_you_mean(setting, SETTINGS, f"variables stand in [{name}.variables]"),
            )


def _checks(table: Mapping[str, Any], file: Path) -> dict[str, dict[str, Any]]:
    """The table of each check that is set; of one whose severity alone is, one with just that."""
    return {
        check: dict(value) if isinstance(value, dict) else {"severity": value}
        for check, value in _table(table, "checks", file).items()
    }


def _table(parent: Mapping[str, Any], name: str, file: Path) -> Mapping[str, Any]:
    value = parent.get(name, {})
    if not isinstance(value, dict):
        raise UsageError(f"{name!r} must be a table", where=str(file))
    return value
