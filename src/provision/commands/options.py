"""Options that several commands take, each defined once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from provision.project import Project, find_root, open_project

F = TypeVar("F", bound=Callable[..., Any])


def project_options(function: F) -> F:
    """`--project`, `--env`, `-v` and `-q`, which become one argument `project` and one `verbosity`."""
    for option in (
        click.option("--project", "project_dir", metavar="DIR", type=click.Path(path_type=Path),
                     help="The project's root (default: the nearest folder above with [tool.provision])."),
        click.option("--env", "environment", metavar="NAME", help="The environment, [tool.provision.env.NAME]."),
        click.option("-v", "--verbose", count=True, help="Say more; twice for every request."),
        click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong."),
    ):  # fmt: skip
        function = option(function)
    return function


format_option = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How the result is printed."
)

paths_argument = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))


def server_options(function: F) -> F:
    """`--grafana`, `--prometheus` and `--alertmanager` with what belongs to each."""
    for option in (
        click.option("--grafana", "grafana", metavar="URL", multiple=True,
                     help="A Grafana; may be given several times. Credentials come from GRAFANA_TOKEN, or "
                          "GRAFANA_USER and GRAFANA_PASSWORD."),
        click.option("--datasource", metavar="NAME|UID",
                     help="Bind the dashboards to a data source that is already in Grafana."),
        click.option("--prometheus", metavar="URL", help="A Prometheus that reads its rules from --rules-dir."),
        click.option("--rules-dir", metavar="DIR", type=click.Path(path_type=Path),
                     help="The folder the Prometheus reads its rule files from."),
        click.option("--alertmanager", metavar="URL", help="An Alertmanager that reads --config-file."),
        click.option("--config-file", metavar="FILE", type=click.Path(path_type=Path),
                     help="The file the Alertmanager reads its configuration from."),
        click.option("--ca-file", metavar="FILE", type=click.Path(path_type=Path),
                     help="Certificates to trust besides the system's."),
    ):  # fmt: skip
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers a command was pointed at, as the command line says it."""

    grafana: tuple[str, ...] = ()
    datasource: str | None = None
    prometheus: str | None = None
    rules_dir: Path | None = None
    alertmanager: str | None = None
    config_file: Path | None = None
    ca_file: Path | None = None


def opened(project_dir: Path | None, environment: str | None, *, verbose: int = 0) -> Project:
    """The project that the options name; `verbose` turns the log of requests on.

    Raises:
        UsageError: there is none, or it has no such environment.
    """
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        log = logging.getLogger("provision")
        log.handlers = [handler]
        log.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
    root = project_dir if project_dir is not None else find_root(Path.cwd())
    return open_project(root, environment)
