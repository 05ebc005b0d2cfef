"""`load` with real worker processes: what users do, and all that goes wrong in sources."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.compile.load import Loaded, load, loading, pool
from provision.compile.load.territory import TOOLKIT
from provision.errors import Problem, ProvisionError, UsageError
from provision.model import Definition, decode
from provision.project import Project

Make = Callable[..., Project]
GOOD = "from provision.author import Group, Record, env\ng = Group('g', [Record('a:b:c', 'up')])\n"


def lines(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def whole(loaded: Loaded) -> list[tuple[object, ...]]:
    """With what takes no part in equality."""
    return [(one.kind, one.key, one.body, one.place, one.parts) for one in loaded.definitions]


def test_an_empty_project_is_fine(make: Make) -> None:
    assert load(make({})) == Loaded((), (), 0, 0)


def test_sources_of_every_kind(make: Make) -> None:
    loaded = load(
        make(
            {
                "rules/a.py": GOOD,
                "rules/b.yml": "groups:\n- name: g\n  rules:\n  - {record: 'a:b:c', expr: up}\n",
                "provisioning/prometheus.py": (
                    "from provision.author import ScrapeConfig\njob = ScrapeConfig('x', targets=['localhost:1'])\n"
                ),
            }
        )
    )
    assert lines(loaded) == []
    assert [(one.kind, one.key) for one in loaded.definitions] == [
        ("scrape-config", "x"),
        ("rule-group", "a.yml/g"),
        ("rule-group", "b.yml/g"),
    ]
    assert (loaded.compiled, loaded.cached) == (3, 0)


def test_what_only_all_sources_together_show(make: Make) -> None:
    files = {
        "dashboards/team/a.json": '{"title": "A", "uid": "same"}',
        "dashboards/team/b.json": '{"title": "B", "uid": "same"}',
        "dashboards/c.py": "\n1 / 0\n",
    }
    for _ in range(2):
        loaded = load(make(files))
        assert [(one.kind, one.key) for one in loaded.definitions] == [
            ("dashboard", "same"),
            ("folder", "team"),
        ]
        assert lines(loaded) == [
            "dashboards/c.py:2: ZeroDivisionError: division by zero\n    1 / 0",
            "dashboards/team/b.json:1: two dashboards have the uid 'same'; the other is in dashboards/team/a.json:1; "
            "give one of them a uid of its own, or take it out",
        ]


def test_only_some_paths(make: Make) -> None:
    project = make({"rules/a.py": GOOD, "rules/b.py": "1/0"})
    loaded = load(project, [Path("rules/a.py")])
    assert (len(loaded.definitions), loaded.problems, loaded.compiled) == (1, (), 1)
    with pytest.raises(UsageError, match="isn't a source"):
        load(make({"README.md": ""}), [Path("README.md")])


BAD = {
    "rules/b_raises.py": ("x = 1\nraise ValueError('no')\n", 2, "ValueError: no"),
    "rules/c_exits.py": ("import sys\nsys.exit()\n", 2, "ends the program with SystemExit(None)"),
    "rules/d_syntax.py": ("x = 1\nif x\n", 2, "syntax error: expected ':'"),
    "rules/e_prints.py": ("\n\nprint('x')\n", 3, "prints; "),
    "rules/f_writes.py": ("import os\nos.write(1, b'x')\n", None, "writes to standard output"),
    "rules/g_shell.py": ("import os\nos.system('echo hello')\n", None, "writes to standard output"),
    "rules/h_path.py": ("import sys\nsys.path.insert(0, '.')\n", 2, "changes sys.path"),
    "rules/i_missing.py": ("import no_such_module\n", 1, "there is no module 'no_such_module'"),
    "rules/j_dies.py": ("import os\n\nos._exit(3)\n", 3, "ends its own process (exit status 3)"),
    "rules/k_killed.py": ("import os\nos.kill(os.getpid(), 9)\n", 2, "kills its own process (SIGKILL)"),
    "rules/l_crashes.py": (
        "import ctypes\nx = 1\nctypes.string_at(0)\n",
        3,
        "kills its own process (SIGSEGV)",
    ),
    "rules/m_bytes.py": (b"x = 1\ny = '\xff'\n", 2, "isn't UTF-8"),
    "rules/n_null.py": (b"x = 1\n\0\n", 2, "isn't Python: it holds a null byte"),
    "rules/o_variable.py": (
        "from provision.author import env\nx = env['gone']\n",
        2,
        "variable 'gone' isn't set",
    ),
    "rules/p_deep.py": ("def f(): return f()\nf()\n", 1, "RecursionError: maximum recursion depth exceeded"),
    "rules/q_input.py": ("input()\n", 1, "EOFError"),
    "rules/s_floods.py": ("import os\nwhile True:\n    os.write(2, b'x' * 9999)\n", 3, "BlockingIOError"),
}


def test_each_source_fails_for_itself_and_all_problems_come_together(make: Make, capfd: Any) -> None:
    project = make(
        {
            "rules/a_good.py": GOOD,
            **{path: text for path, (text, _, _) in BAD.items()},
            "rules/z_good.py": GOOD,
        }
    )
    loaded = load(project, workers=2)
    assert [one.key for one in loaded.definitions] == ["a_good.yml/g", "z_good.yml/g"]
    found = {problem.path: problem for problem in reversed(loaded.problems)}
    assert list(reversed(found)) == sorted(BAD)
    for path, (text, line, message) in BAD.items():
        problem = found[path]
        assert problem.line == line, problem
        assert problem.message.startswith(message), problem
        assert "provision/compile" not in str(problem)
        if line is not None and isinstance(text, str):
            assert problem.code == text.splitlines()[line - 1].strip()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\nwhile True:\n    x += 1\n", (2, 3)),
        ("import time\ntime.sleep(1000)\n", (2,)),
        ("import threading\nthreading.Event().wait()\n", (2,)),
        ("sum(range(10 ** 12))\n", (1,)),
        ("import subprocess\nsubprocess.run(['sleep', '1000'])\n", (2,)),
    ],
)
def test_a_source_that_never_ends_is_told_at_the_line_where_it_is(
    make: Make, text: str, line: tuple[int, ...]
) -> None:
    loaded = load(make({"rules/a.py": text, "rules/b.py": GOOD}, limit=1), workers=1)
    (problem,) = loaded.problems
    assert problem.path == "rules/a.py"
    assert problem.line in line
    assert problem.message == (
        "is still running after 1 s; make it faster, or raise time_limit_seconds in [tool.provision]"
    )
    assert len(loaded.definitions) == 1


def test_an_endless_loop_in_an_imported_file_names_that_file(make: Make) -> None:
    loaded = load(make({"rules/a.py": "import _loop\n", "rules/_loop.py": "\nwhile 1: pass\n"}, limit=1))
    (problem,) = loaded.problems
    assert (problem.path, problem.line, problem.code) == ("rules/_loop.py", 2, "while 1: pass")
    assert problem.message.endswith("(imported by rules/a.py)")


def test_a_source_that_switches_its_time_limit_off_is_killed_from_outside(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_GRACE_SECONDS", 0.2)
    text = "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass\n"
    loaded = load(make({"rules/a.py": text, "rules/b.py": GOOD}, limit=1), workers=1)
    (problem,) = loaded.problems
    assert (problem.path, problem.line) == ("rules/a.py", None)
    assert problem.message.startswith("is still running after 1 s")
    assert len(loaded.definitions) == 1


def test_a_forked_child_that_lives_on_gives_no_second_answer(make: Make) -> None:
    text = GOOD + "import os\nif os.fork() == 0:\n    raise SystemExit\n"
    loaded = load(make({"rules/a.py": text, "rules/b.py": GOOD}), workers=1)
    assert lines(loaded) == []
    assert len(loaded.definitions) == 2


def test_sources_see_no_credentials(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "secret")
    monkeypatch.setenv("PROMETHEUS_PASSWORD", "secret")
    text = "import os\nfrom provision.author import Group\ng = Group(' '.join(sorted(os.environ)), [])\n"
    loaded = load(make({"rules/a.py": text}))
    seen = set(decode(loaded.definitions[0].body)["group"]["name"].split())
    assert seen <= {*pool.ALLOWED, "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    assert "PATH" in seen


def test_variables_of_every_toml_type_arrive_as_they_are(make: Make) -> None:
    variables = {
        "n": 2**80,
        "f": float("inf"),
        "d": date(2026, 1, 2),
        "b": True,
        "l": [1, "x"],
        "t": {"k": 1.5},
    }
    text = (
        "from provision.author import Group, env\n"
        "import datetime\n"
        "assert env['n'] == 2**80 and env['f'] == float('inf') and env['d'] == datetime.date(2026, 1, 2)\n"
        "assert env['b'] is True and env['l'] == [1, 'x'] and env['t'] == {'k': 1.5}\n"
        "g = Group(env.name, [])\n"
    )
    loaded = load(make({"rules/a.py": text}, variables=variables, environment="production"))
    assert lines(loaded) == []
    assert loaded.definitions[0].key == "a.yml/production"


def test_progress_counts_every_source(make: Make) -> None:
    seen: list[tuple[int, int]] = []
    project = make({f"rules/{n}.py": GOOD for n in range(3)})
    load(project, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    seen.clear()
    load(project, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 3)]


def test_an_interrupt_leaves_no_process(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    popen = pool.subprocess.Popen

    def noted(*args: Any, **options: Any) -> Any:
        process = popen(*args, **options)
        started.append(process.pid)
        return process

    def interrupt(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr(pool.subprocess, "Popen", noted)
    with pytest.raises(KeyboardInterrupt):
        load(make({f"rules/{n}.py": GOOD for n in range(4)}), workers=2, progress=interrupt)
    assert len(started) == 2
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_a_worker_whose_loader_was_killed_ends_by_itself(make: Make) -> None:
    project = make({"rules/a.py": "import os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: pass\n"})
    text = (
        "from pathlib import Path\n"
        "from provision.compile.load import load\n"
        "from provision.project import Project\n"
        f"load(Project(Path({str(project.root)!r}), 'test', settings={{'time_limit_seconds': 1}}))\n"
    )
    loader = subprocess.Popen(
        [sys.executable, "-c", text], env={**os.environ, "PYTHONPATH": str(Path(TOOLKIT).parent)}
    )
    file = project.root / "pid"
    wait_until(lambda: file.exists() and file.read_text() != "")
    loader.kill()
    loader.wait()
    wait_until(lambda: has_ended(int(file.read_text())))


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def has_ended(pid: int) -> bool:
    """Whether the process has gone, or is only waiting for somebody to ask for its exit code."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


def test_a_worker_that_cannot_be_started(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make({"rules/a.py": GOOD})
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ProvisionError, match=r"a worker can't be started: No such file or directory"):
        load(project)
    monkeypatch.undo()
    monkeypatch.setattr(pool, "environment", lambda: {"PYTHONPATH": "/nowhere", "PYTHONHOME": "/nowhere"})
    with pytest.raises(ProvisionError, match="a worker can't be started: "):
        load(project)


def test_a_worker_that_never_begins(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexec sleep 1000\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    monkeypatch.setattr(pool, "_START_SECONDS", 0.2)
    with pytest.raises(ProvisionError, match=r"it didn't begin within 0.2 s"):
        load(make({"rules/a.py": GOOD}))


def test_a_worker_that_ends_at_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(ProvisionError, match="it ended with status 0"):
        load(make({"rules/a.py": GOOD}))


def test_a_bug_of_the_worker_is_told_as_such(make: Make) -> None:
    text = (
        "import provision.compile.load.worker as w\nimport sys\nsys.modules['__main__'].run_source = None\n"
    )
    loaded = load(make({"rules/a.py": text, "rules/b.py": GOOD}), workers=1)
    (problem,) = loaded.problems
    assert problem == Problem(
        "rules/b.py",
        None,
        "can't be compiled because of a bug in provision: TypeError: 'NoneType' object is not callable",
    )


@pytest.mark.parametrize("limit", [0, -1])
def test_a_time_limit_that_is_none(make: Make, limit: float) -> None:
    with pytest.raises(UsageError, match="time_limit_seconds must be more than 0"):
        load(make({}, limit=limit))


def test_a_number_of_workers_that_is_none(make: Make) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        load(make({}), workers=0)


def test_the_environment_of_an_installed_toolkit_has_no_python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PYTHONPATH" in pool.environment()
    monkeypatch.setattr(pool, "TOOLKIT", "/usr/lib/python3/site-packages/provision")
    assert "PYTHONPATH" not in pool.environment()


sources = st.dictionaries(
    st.sampled_from([f"rules/{directory}{name}.py" for directory in ("", "b/", "a-b/") for name in "abcXY"]),
    st.sampled_from(
        [
            GOOD,
            "from provision.author import Group\nb = Group('b', [])\na = Group('a', [])\n",
            "from provision.author import Group\nnames = {'x', 'y', 'z', 'w'}\nall = [Group(n, []) for n in names]\n",
            "from _shared import NAME\nfrom provision.author import Group\ng = Group(NAME, [])\n",
            "1 / 0\n",
            "print(1)\n",
            "",
        ]
    ),
    max_size=8,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=sources, workers=st.integers(2, 4))
def test_the_number_of_workers_changes_nothing(
    make: Make, tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], workers: int
) -> None:
    root = tmp_path_factory.mktemp("any")
    project = make({**files, "rules/_shared.py": "NAME = 'shared'\n"}, root=root)
    one = load(project, workers=1, use_cache=False)
    many = load(project, workers=workers, use_cache=False)
    assert whole(many) == whole(one)
    assert many == one
    assert [definition.place.path for definition in one.definitions] == sorted(
        definition.place.path for definition in one.definitions
    )
    # And from the cache comes the same as from the sources.
    load(project)
    again = load(project)
    assert whole(again) == whole(one)
    assert again.problems == one.problems
    assert again.cached == len(files) - len({problem.path for problem in one.problems})


def test_definitions_are_frozen_values(make: Make) -> None:
    (definition,) = load(make({"rules/a.py": GOOD})).definitions
    assert isinstance(definition, Definition)
    assert isinstance(definition.body, bytes)


def test_very_many_definitions_are_the_same_kept_compressed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make({"rules/a.py": GOOD, "rules/b.py": GOOD})
    plain = load(project)
    monkeypatch.setattr(loading, "_PLAIN_BYTES", 0)
    packed = load(project)
    assert packed.cached == 2
    assert whole(packed) == whole(plain)
    assert packed.definitions == plain.definitions
    assert all(b"a:b:c" not in repr(vars(each)["body"]).encode() for each in packed.definitions)
