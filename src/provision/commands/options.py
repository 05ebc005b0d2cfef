"""Options that several commands take, each defined once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import click

from provision.errors import UsageError
from provision.project import Project, find_root, open_project

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


_EMPTY = "it is empty; is a variable not set?"


class Somewhere(click.Path):
    """A path that isn't empty: an empty one would mean the working directory, which nobody wrote."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)  # who needs it says what for

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, as a `Path`."""
        if not str(value):
            self.fail(_EMPTY, param, ctx)
        return super().convert(value, param, ctx)


def given(value: str) -> str:
    """The type of a text that isn't empty."""
    if not value.strip():
        raise click.BadParameter(_EMPTY)
    return value


SOMEWHERE = Somewhere()


def project_options(function: F) -> F:
    """`--project`, `--env`, `-v` and `-q`, which become one argument `project` and one `verbosity`."""
    function = _common_options(function)
    return click.option(
        "--env", "environment", metavar="NAME", type=given, help="The environment, [tool.provision.env.NAME]."
    )(function)


def fleet_options(function: F) -> F:
    """As `project_options`, but `--env` may be given several times."""
    function = _common_options(function)
    return click.option(
        "--env", "environments", metavar="NAME", type=given, multiple=True,
        help="The environment, [tool.provision.env.NAME]; may be given several times.",
    )(function)  # fmt: skip


def _common_options(function: F) -> F:
    for option in reversed((
        click.option("--project", "project_dir", metavar="DIR", type=SOMEWHERE,
                     help="The project's root (default: the nearest folder above with [tool.provision])."),
        click.option("-v", "--verbose", count=True, help="Say more; twice for every request."),
        click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong."),
    )):  # fmt: skip
        function = option(function)
    return function


format_option = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How the result is printed."
)

paths_argument = click.argument("paths", metavar="[PATH]...", nargs=-1, type=SOMEWHERE)


def reach_options(function: F) -> F:
    """How servers are reached: authorities, client certificate, proxy and headers."""
    for option in reversed((
        click.option("--ca-file", metavar="FILE", type=SOMEWHERE,
                     help="Certificates to trust instead of the system's."),
        click.option("--client-cert", metavar="FILE", type=SOMEWHERE,
                     help="A certificate to show to servers, perhaps with its key."),
        click.option("--client-key", metavar="FILE", type=SOMEWHERE, help="The key of --client-cert."),
        click.option("--proxy", metavar="URL", type=given,
                     help="A proxy for every request (default: HTTP_PROXY, HTTPS_PROXY, NO_PROXY)."),
        click.option("--header", metavar="'NAME: VALUE'", multiple=True, type=given,
                     help="A header for every request; VALUE may be $VARIABLE. May be given several times."),
    )):  # fmt: skip
        function = option(function)
    return function


def server_options(function: F) -> F:
    """`--grafana`, `--prometheus` and `--alertmanager` with what belongs to each, and how they are reached."""
    function = reach_options(function)
    for option in reversed((
        click.option("--grafana", "grafana", metavar="URL|NAME|NAME=URL", multiple=True, type=given,
                     help="A Grafana, or an instance of the settings; may be given several times. Credentials come "
                          "from GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD, or as the settings say."),
        click.option("--org", metavar="N", multiple=True, type=click.IntRange(1),
                     help="An organisation of each Grafana; may be given several times."),
        click.option("--datasource", metavar="NAME|UID", type=given,
                     help="Bind the dashboards to a data source that is already in Grafana."),
        click.option("--own-policy-tree", is_flag=True,
                     help="The root of Grafana's notification policies is this project's, too."),
        click.option("--prometheus", metavar="URL", type=given, help="A Prometheus that reads its rules from --rules-dir."),
        click.option("--rules-dir", metavar="DIR", type=SOMEWHERE,
                     help="The folder the Prometheus reads its rule files from."),
        click.option("--alertmanager", metavar="URL", type=given, help="An Alertmanager that reads --config-file."),
        click.option("--config-file", metavar="FILE", type=SOMEWHERE,
                     help="The file the Alertmanager reads its configuration from."),
    )):  # fmt: skip
        function = option(function)
    return function


def choice_options(function: F) -> F:
    """What `plan` and `push` let the user decide; each becomes a field of `Choices`."""
    for option in reversed((
        click.option("--overwrite", is_flag=True,
                     help="Write over what was changed on the server, and over what is not ours."),
        click.option("--rotate-secrets", is_flag=True,
                     help="Write everything that has secrets again, with the values that they have now."),
        click.option("--adopt", is_flag=True,
                     help="Take over, as it is, what was changed on the server and what is not ours."),
        click.option("--prune", is_flag=True, help="Delete what this project owns and no source defines any more."),
        click.option("--force", is_flag=True, help="Carry it out even if it changes or deletes much at once."),
    )):  # fmt: skip
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decided about plans, as the command line says it.

    Raises:
        UsageError: two of them contradict each other.
    """

    overwrite: bool = False
    adopt: bool = False
    prune: bool = False
    force: bool = False
    rotate_secrets: bool = False
    atomic: bool = False
    annotate: bool = False
    canary: str | None = None

    def __post_init__(self) -> None:
        if self.overwrite and self.adopt:
            raise UsageError(
                "--overwrite and --adopt contradict each other: one writes over what is on the server, "
                "the other takes it over as it is",
                remedy="leave one of them out",
            )


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers a command was pointed at, as the command line says it."""

    grafana: tuple[str, ...] = ()
    datasource: str | None = None
    own_policy_tree: bool = False
    prometheus: str | None = None
    rules_dir: Path | None = None
    alertmanager: str | None = None
    config_file: Path | None = None
    ca_file: Path | None = None
    org: tuple[int, ...] = ()
    client_cert: Path | None = None
    client_key: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    header: tuple[str, ...] = field(default=(), repr=False)


def taken(kind: type[T], options: Mapping[str, Any]) -> T:
    """A `Servers`, `Choices` or the like, made of those options that are its fields."""
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # a dataclass
    return kind(**{name: options[name] for name in names if name in options})


def opened(project_dir: Path | None, environment: str | None, *, verbose: int = 0) -> Project:
    """The project that the options name; `verbose` turns the log of requests on.

    Raises:
        UsageError: there is none, or it has no such environment.
    """
    _tell_requests(verbose)
    return open_project(project_dir if project_dir is not None else find_root(here()), environment)


def all_opened(
    project_dir: Path | None, environments: Sequence[str], *, verbose: int = 0
) -> tuple[Project, ...]:
    """The project in each of the environments; in none, when none is named.

    Raises:
        UsageError: there is no project, or it has no such environment.
    """
    names = tuple(dict.fromkeys(environments)) or (None,)
    return tuple(opened(project_dir, name, verbose=verbose) for name in names)


def _tell_requests(verbose: int) -> None:
    handler = logging.StreamHandler() if verbose else logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("provision")
    log.handlers = [handler]
    log.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
    logging.raiseExceptions = False  # a log that can't be written is no reason for a traceback


def here() -> Path:
    """The working directory.

    Raises:
        UsageError: it was removed.
    """
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the working directory isn't there any more", remedy="cd to one that is") from None


def absolute(path: Path) -> Path:
    """The path seen from the working directory.

    Raises:
        UsageError: the working directory was removed.
    """
    return path if path.is_absolute() else here() / path


def teller(*, quiet: bool) -> Callable[[str], None]:
    """Tells on standard error what a command is about; nothing when it is to be quiet."""
    return lambda text: None if quiet else click.echo(text, err=True)
