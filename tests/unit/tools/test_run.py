from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import find_tool, run
from support.programs import fake


def python(code):
    return [sys.executable, "-c", code]


def gone(pid):
    """Whether the process ended; an orphan that ended may wait for its new parent, and counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition):
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_the_answer_is_what_it_wrote_and_its_code():
    answer = run(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"))
    assert (answer.code, answer.stdout, answer.stderr) == (3, b"out\n", b"err\n")
    assert answer.text == "out\nerr"


def test_much_output_on_both_does_not_block():
    answer = run(
        python("import sys\nfor n in range(20000): print('x' * 50); print('y' * 50, file=sys.stderr)")
    )
    assert len(answer.stdout) == len(answer.stderr) == 20000 * 51


def test_there_is_no_input_and_no_credential(monkeypatch):
    monkeypatch.setenv("GRAFANA_TOKEN", "secret")
    answer = run(
        python(
            "import os, sys; print(repr(sys.stdin.read()), os.environ.get('GRAFANA_TOKEN'), os.environ['ADDED'])"
        ),
        env={"ADDED": "yes"},
    )
    assert answer.stdout == b"'' None yes\n"


def test_a_signal_is_a_negative_code():
    assert run(python("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")).code == -signal.SIGTERM


def test_what_takes_too_long_is_killed_with_its_children(tmp_path):
    pids = tmp_path / "pids"
    code = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open({str(pids)!r} + ".new", "w") as file: file.write(f"{{os.getpid()}} {{child.pid}}")
os.rename({str(pids)!r} + ".new", {str(pids)!r})
time.sleep(600)
"""
    with pytest.raises(ProvisionError, match=r"took longer than 3 s and was stopped"):
        run(python(code), time_limit_seconds=3)
    for pid in pids.read_text().split():
        until(lambda pid=pid: gone(int(pid)))


def test_a_program_that_closed_its_output_is_still_limited():
    code = "import os, time; os.close(1); os.close(2); time.sleep(600)"
    with pytest.raises(ProvisionError, match="took longer than"):
        run(python(code), time_limit_seconds=0.5)


def test_what_writes_too_much_is_stopped():
    with pytest.raises(ProvisionError, match="wrote more than 1,000,000 bytes"):
        run(python("while True: print('x' * 1000)"), output_limit_bytes=1_000_000)


def test_children_left_behind_are_killed(tmp_path):
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid)"
    pid = int(run(python(code)).stdout)
    until(lambda: gone(pid))


def test_a_program_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(MissingTool, match="there is no such program"):
        run([tmp_path / "nothing"])


def test_a_program_that_cannot_be_run_is_missing(tmp_path):
    file = tmp_path / "broken"
    file.write_bytes(b"\x7fELF nonsense")
    file.chmod(0o755)
    with pytest.raises(MissingTool, match="can't be run"):
        run([file])


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ProvisionError, match="there is no such folder"):
        run(python(""), cwd=tmp_path / "nowhere")


def test_a_tool_is_found_on_the_path_then_in_the_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    tools = tmp_path / ".tools"
    assert find_tool("thing", [tools]) is None
    debian = fake(tools / "root" / "usr" / "bin" / "thing")
    assert find_tool("thing", [tmp_path / "none", tools]) == debian
    direct = fake(tools / "thing")
    assert find_tool("thing", [tools]) == direct
    on_path = fake(tmp_path / "path" / "thing")
    assert find_tool("thing", [tools]) == on_path
    assert find_tool("thing") == on_path


def test_what_is_no_program_is_not_found(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    (tmp_path / "thing").mkdir()
    assert find_tool("thing", [tmp_path]) is None
    (tmp_path / "other").write_text("")
    if os.geteuid() != 0 or not os.access(tmp_path / "other", os.X_OK):
        assert find_tool("other", [tmp_path]) is None
