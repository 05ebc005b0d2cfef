"""Find the sources, take from the cache what still holds, compile the rest, and put all of it in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from provision.compile.assemble import assemble
from provision.compile.load import cache, wire
from provision.compile.load.sources import find_sources
from provision.compile.patches import patched
from provision.errors import Problem, UsageError
from provision.model import Definition
from provision.project import Project

_WORTH_A_WORKER = 1000
"""Sources for which a worker's start, which imports grafanalib, is about a tenth of the processor time that they cost.
With fewer, one worker more would gain some wall time, and cost more than a fifth above what grafanalib itself does."""

_PLAIN_BYTES = 24 << 20
"""Definitions of up to so much are kept as they are; of more, a push would hold each in three forms."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the sources of a project define.

    Attributes:
        definitions: in the order of the sources' paths, within a source in the order of its text; last the
            folders that only the directories make.
        problems: what is wrong with the sources, in the same order. A source that has a problem may still have
            definitions.
        compiled: how many sources were compiled.
        cached: how many sources were taken from the cache.
        variables: (name, digest of the value) of the variables that the sources read.
    """

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    compiled: int
    cached: int
    variables: frozenset[tuple[str, str]] = frozenset()

    def holds_for(self, project: Project) -> bool:
        """Whether the same sources come to the same in another environment of the project: each variable that
        they read has the same value there."""
        return all(cache.value_of(project, name) == value for name, value in self.variables)


def load(
    project: Project,
    paths: Sequence[Path] | None = None,
    *,
    workers: int | None = None,
    use_cache: bool = True,
    patches: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Compile the project's sources to definitions. What is wrong with a source is a problem in the result; the
    others are compiled all the same.

    Args:
        project: whose root holds `dashboards/`, `rules/` and `provisioning/`; none of them has to be there.
        paths: only these sources, and those in these directories; absolute, or relative to the root.
        workers: how many processes; none: as many as the sources are worth and the machine has processors.
            The number changes nothing in the result.
        use_cache: whether to read and write `.provision/cache/` below the root.
        patches: whether to apply the patches beside the sources.
        progress: called with the number of sources that are done, and of all.

    Raises:
        UsageError: a path isn't a source, or the time limit isn't one.
        ProvisionError: a worker can't be started.
    """
    _ = project.time_limit_seconds  # a wrong one is told also when the cache has everything
    if workers is not None and workers < 1:
        raise UsageError("the number of workers must be at least 1")
    sources = find_sources(project.root, paths)
    stamp = cache.stamp_of(project) if use_cache and sources else ""
    known = cache.read(project, stamp) if stamp else {}
    held = cache.holding(project, known, sources)
    report = progress or _silent
    report(len(held), len(sources))
    answers = dict(
        _compiled(project, [path for path in sources if path not in held], workers, report, len(sources))
    )
    chosen = frozenset(sources)
    entries = {path: entry for path, entry in known.items() if paths is not None and path not in chosen}
    size = sum(len(found.blob) for found in held.values()) + sum(
        len(found.blob) for found in answers.values()
    )
    many = size > _PLAIN_BYTES
    definitions: list[Definition] = []
    problems: list[Problem] = []
    variables: set[tuple[str, str]] = set()
    for path in sources:
        if path in held:
            entries[path] = held[path]
            variables.update((name, value) for name, value in held[path].variables)  # JSON gives lists
            definitions.extend(_unpacked(held[path].blob, many=many))
            continue
        answer = answers[path]
        problems.extend(answer.problems)
        definitions.extend(_unpacked(answer.blob, many=many))
        entry = _entry(project, answer)
        variables.update(entry.variables)
        if answer.repeatable:
            entries[path] = entry
    if stamp and entries != known:
        cache.write(project, stamp, entries)
    folders: frozenset[str] = frozenset()
    if patches:
        found = patched(project.root, definitions, whole=paths is None and not problems)
        definitions, folders = found.definitions, found.folders
        problems.extend(found.problems)
    assembled, taken = assemble(definitions, sources, folders)
    return Loaded(assembled, (*problems, *taken), len(answers), len(held), frozenset(variables))


def _compiled(
    project: Project,
    paths: Sequence[str],
    workers: int | None,
    report: Callable[[int, int], None],
    total: int,
) -> Iterator[tuple[str, wire.Answer]]:
    if not paths:
        return
    from provision.compile.load import pool  # it stands on subprocess, which a cached build doesn't need

    if workers is None:
        workers = min(_processors(), -(-len(paths) // _WORTH_A_WORKER))
    done = total - len(paths)
    with closing(pool.run(project, paths, workers)) as answers:
        for path, answer in answers:
            done += 1
            report(done, total)
            yield path, answer


def _unpacked(blob: bytes | memoryview, *, many: bool) -> list[Definition]:
    found = wire.unpack(blob)
    return [each.packed() for each in found] if many else found


def _entry(project: Project, answer: wire.Answer) -> cache.Entry:
    variables = tuple((name, cache.value_of(project, name)) for name in answer.variables)
    return cache.Entry(answer.inputs, variables, answer.blob)


def _processors() -> int:
    # What a container or taskset leaves to this process, where the system tells.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _silent(_done: int, _total: int) -> None:
    return
