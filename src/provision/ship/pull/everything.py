"""A whole Grafana as JSON sources, such that the next push of them writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from provision.compile.assemble import assemble
from provision.compile.collect import collect_file
from provision.compile.dialect.grafana import GrafanaDialect, GrafanaSettings, shape
from provision.compile.kinds import CONTACT_POINT, DASHBOARD, FOLDER
from provision.diff import title_of
from provision.diff.hidden import concealed
from provision.errors import Problem, SourceErrors
from provision.model import Definition, Live, Resource, decode
from provision.ship.pull.files import SourceFile, exactly, folder_paths, is_exact, source_files
from provision.ship.target.grafana_hidden import behind, in_plain

_UNLIKE: Final = "a source can't say it as it is there"
_WITH_ROOT: Final = GrafanaSettings(own_policy_tree=True)
_SECRET: Final = "it holds what looks like a secret, in plain text"  # noqa: S105  # a sentence


@dataclass(frozen=True, slots=True)
class Pulled:
    """A Grafana as sources.

    Attributes:
        files: what is to be written.
        left_out: what isn't, a sentence each.
    """

    files: tuple[SourceFile, ...]
    left_out: tuple[str, ...]


def pull(live: Iterable[Live], dialect: GrafanaDialect) -> Pulled:
    """The sources of everything that is live. Each is compiled and shaped again and compared: what wouldn't come
    out as it is there is left out and told.

    Args:
        live: every resource of the Grafana.
        dialect: what it understands.
    """
    found = {(each.kind, each.key): _without_secrets(each) for each in live}
    left_out = {name: why for name, each in found.items() if (why := _obstacle(each))}
    paths = folder_paths(each for each in found.values() if each.kind == FOLDER)
    files = {
        (file.kind, file.key): file
        for file in source_files((each for name, each in found.items() if name not in left_out), paths)
    }
    left_out |= dict.fromkeys(found.keys() - files.keys() - left_out.keys(), _UNLIKE)
    while True:
        wrong = _wrong(files, found, dialect)
        if not wrong:
            break
        for name, why in wrong.items():
            file = files[name]
            if file.kind == DASHBOARD and not is_exact(file):
                files[name] = exactly(file)
            else:
                del files[name]
                left_out[name] = why
    told = tuple(
        f"{title_of(kind, key, found[kind, key].body)}: {why}"
        for (kind, key), why in sorted(left_out.items())
    )
    return Pulled(tuple(sorted(files.values(), key=lambda file: file.path)), told)


Name = tuple[str, str]


def _without_secrets(live: Live) -> Live:
    """A contact point that shows in plain what a source may not: the source says that the server has it."""
    if live.kind != CONTACT_POINT:
        return live
    return replace(live, body=behind(live.body, in_plain(live.body)))


def _obstacle(live: Live) -> str:
    if live.fixed:
        return live.fixed
    body = decode(live.body)
    return _SECRET if concealed(body) != body else ""


def _wrong(
    files: dict[Name, SourceFile], found: dict[Name, Live], dialect: GrafanaDialect
) -> dict[Name, str]:
    """What doesn't come out of its source as it is on the server, and why."""
    by_path = {file.path: name for name, file in files.items()}
    definitions: list[Definition] = []
    problems: list[Problem] = []
    for file in files.values():
        collected = collect_file(file.path, file.content)
        definitions.extend(collected.definitions)
        problems.extend(collected.problems)
    assembled, taken = assemble(definitions, by_path)
    problems.extend(taken)
    resources: Sequence[Resource] = ()
    if not problems:
        try:
            resources = shape(assembled, dialect, settings=_WITH_ROOT)
        except SourceErrors as error:
            problems.extend(error.problems)
    if problems:
        # One that isn't of a file is of a folder that only a path makes: the dashboards in it are told below.
        return {
            by_path[each.path]: each.message for each in problems if each.path in by_path
        } or dict.fromkeys(files, _UNLIKE)
    bodies = {(each.kind, each.key): each.body for each in resources}
    return {name: _UNLIKE for name in files if bodies.get(name) != found[name].body}


def minimal_project(name: str) -> bytes:
    """The pyproject.toml of a project that has nothing but its sources."""
    plain = "".join(char if char.isprintable() and char not in '"\\' else "-" for char in name).strip()
    return f'[tool.provision]\nname = "{plain or "grafana"}"\n'.encode()
