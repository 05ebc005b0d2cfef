"""Run one source and compile what it defines, then put the process back as it was."""

from __future__ import annotations

import os
import pickle
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from provision.author import environment, waivers
from provision.compile.collect import Collected, collect_file, collect_python
from provision.compile.excess import excess
from provision.compile.load import undo, wire
from provision.compile.load.inputs import FILE, digest
from provision.compile.load.modules import is_lasting
from provision.compile.load.names import assigned_names
from provision.compile.load.syspath import path_problems
from provision.compile.load.territory import Territory
from provision.compile.load.trouble import code_at, from_exception, problem_at
from provision.compile.load.watch import Watch, watching
from provision.errors import Problem


def run_source(path: str, setting: wire.Setting) -> wire.Answer:
    """Compile the source at `path`, relative to the project's root. What is wrong with it stands in the answer."""
    territory = Territory(setting.root)
    watch = Watch(territory)
    try:
        content = Path(territory.full(path)).read_bytes()
    except OSError as error:
        return wire.Answer(problems=(Problem(path, None, f"can't be read: {error.strerror}"),))
    watch.note(FILE, territory.full(path), digest(content))
    if path.endswith(".py"):
        environment.fill(setting.environment, pickle.loads(setting.variables))  # noqa: S301  # from the loader itself
        collected = _python(path, content, watch)
    else:
        environment.fill(setting.environment, {})
        collected = _file(path, content, territory)
    return wire.Answer(
        problems=tuple(_with_code(problem, path, content, territory) for problem in collected.problems),
        inputs=tuple((kind, territory.short(file), state) for (kind, file), state in watch.inputs.items()),
        variables=tuple(environment.read_variables()),
        repeatable=watch.repeatable and not collected.problems,
        blob=wire.pack(collected.definitions),
    )


def _with_code(problem: Problem, path: str, content: bytes, territory: Territory) -> Problem:
    if problem.code is not None or problem.line is None:
        return problem
    text = content if problem.path == path else None
    return replace(problem, code=code_at(territory, problem.path, problem.line, text))


def _file(path: str, content: bytes, territory: Territory) -> Collected:
    if too_much := excess(content):
        return Collected(problems=[Problem(path, None, too_much)])
    try:
        return collect_file(path, content)
    except Exception as error:  # noqa: BLE001  # told as this source's problem; the others go on
        return Collected(problems=[from_exception(territory, path, content, error)])


def _python(path: str, content: bytes, watch: Watch) -> Collected:
    territory = watch.territory
    collected = Collected()
    file = territory.full(path)
    module = ModuleType(path.removesuffix(".py").replace("/", "."))
    module.__file__ = file
    module.__package__ = module.__name__.rpartition(".")[0]
    with _put_back(watch), watching(watch):
        sys.modules[module.__name__] = module
        loaded = set(sys.modules)
        # Behind everything else: a source called platform.py must not stand in for Python's own module.
        sys.path += [str(Path(file).parent), territory.root]
        before = list(sys.path)
        try:
            code = compile(content, file, "exec", dont_inherit=True)
            watch.ran(code)
            waivers.begin()
            exec(code, vars(module))  # noqa: S102  # this is what the room is for
            namespace = {name: value for name, value in vars(module).items() if name != "__builtins__"}
            assigned = assigned_names(code, namespace)
            collected = collect_python(path, namespace, assigned, territory.locate, waivers.loose())
        except BaseException as error:  # noqa: BLE001  # SystemExit and the like too are this source's problem
            collected.problems.append(from_exception(territory, path, content, error))
        if sys.path != before:
            collected.problems.extend(path_problems(path, set(sys.modules) - loaded, before, territory))
    collected.problems.extend(_prints(path, content, watch))
    return collected


def _prints(path: str, content: bytes, watch: Watch) -> Iterator[Problem]:
    message = "prints; a source only defines things, so take the output away"
    for written in watch.prints:
        place = watch.territory.locate(written) if written else None
        if place is None:
            yield Problem(path, None, message)
        else:
            yield problem_at(watch.territory, path, place.path, place.line, message, content)


@contextmanager
def _put_back(watch: Watch) -> Iterator[None]:
    """What a source does to the interpreter is undone; settled modules that it imported stay loaded, as they were
    imported."""
    territory = watch.territory
    path, hooks, finders = list(sys.path), list(sys.path_hooks), list(sys.meta_path)
    variables, depth = dict(os.environ), sys.getrecursionlimit()
    modules = dict(sys.modules)
    os.chdir(territory.root)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        new = set(sys.modules) - set(modules)
        # All are judged before any goes: a namespace package asks its parent where it lies.
        passing = {name for name in new if not is_lasting(sys.modules[name], territory)}
        if undo.is_due(new - passing) or watch.may_patch:
            passing |= undo.undo(new - passing)
        for name in passing:
            del sys.modules[name]
        sys.modules.update(modules)
        sys.path[:], sys.path_hooks[:], sys.meta_path[:] = path, hooks, finders
        if dict(os.environ) != variables:
            os.environ.clear()
            os.environ.update(variables)
        sys.setrecursionlimit(depth)
        os.chdir(territory.root)
