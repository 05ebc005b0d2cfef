"""A replica as a process, as the lab starts it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.lab import faults
from provision.lab.gallery.switches import MOST_HELD
from support.servers import REPOSITORY, free_port, running


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def replica(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    token = faults.make_token(tmp_path)
    options = ["--name", "app-1", "--storage", tmp_path / "storage", "--admin-token-file", token]
    command = [sys.executable, "-m", "provision.lab.gallery", "--port", str(port), *options]
    with running(command, f"http://127.0.0.1:{port}/health", tmp_path / "log") as process:
        yield process


def set_faults(port: int, tmp_path: Path, **given: object) -> None:
    faults.set(f"http://127.0.0.1:{port}/admin/faults", faults.read_token(tmp_path), **given)


def wait_until_in_progress(port: int, count: int) -> None:
    """Until so many requests have no answer yet, the one that asks among them."""
    limit = time.monotonic() + 10
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        if f"gallery_http_requests_in_progress {count}.0" in text:
            return
        assert time.monotonic() < limit, text


def test_what_is_in_flight_is_answered_before_the_end(
    replica: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    set_faults(
        port, tmp_path, slow_seconds=60
    )  # until the end begins, which cuts it short; then 300 ms are left
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/slow")
    wait_until_in_progress(port, 2)
    replica.send_signal(signal.SIGTERM)
    answer = connection.getresponse()
    assert (answer.status, b"Slow" in answer.read()) == (200, True)
    assert replica.wait(10) == 0
    assert (tmp_path / "log").read_text() == "the storage works\nvisits are counted\n"


def test_a_client_that_leaves_frees_what_hangs(
    replica: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    set_faults(port, tmp_path, hang=True)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    wait_until_in_progress(port, 2)
    connection.close()
    wait_until_in_progress(port, 1)


def test_however_much_hangs_the_fault_can_be_taken_away(
    replica: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    set_faults(port, tmp_path, hang=True)
    asked = []
    for _ in range(MOST_HELD + 5):
        asked.append(http.client.HTTPConnection("127.0.0.1", port, timeout=30))
        asked[-1].request("GET", "/")
    wait_until_in_progress(port, MOST_HELD + 1)
    set_faults(port, tmp_path, hang=False)
    statuses = Counter(each.getresponse().status for each in asked)
    for each in asked:
        each.close()
    assert statuses == {200: MOST_HELD, 503: 5}


def test_the_end_does_not_wait_for_what_hangs(
    replica: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    set_faults(port, tmp_path, hang=True)
    answers: list[int] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        answers.append(connection.getresponse().status)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(5)]
    for thread in threads:
        thread.start()
    wait_until_in_progress(port, 6)
    replica.terminate()
    for thread in threads:
        thread.join(10)
    assert answers == [503] * 5
    assert replica.wait(10) == 0


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "provision.lab.gallery", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=REPOSITORY,
        env={"PYTHONPATH": "src"},
    )


def test_what_keeps_it_from_starting_is_one_sentence(
    replica: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    taken = run("--port", str(port))
    assert (taken.returncode, taken.stderr) == (
        1,
        f"gallery: 127.0.0.1:{port}: can't listen there: Address already in use\n",
    )
    (tmp_path / "file").write_text("")
    no_folder = run("--port", "0", "--storage", tmp_path / "file")
    assert (no_folder.returncode, "can't be used as a storage: File exists" in no_folder.stderr) == (1, True)
    no_token = run("--port", "0", "--admin-token-file", tmp_path / "file")
    assert (no_token.returncode, "file: is empty; write the secret into it" in no_token.stderr) == (1, True)
    for url in ("redis://:secret@127.0.0.1:1/0", "http://127.0.0.1:1"):
        refused = run("--port", "0", "--redis", url)
        assert (refused.returncode, "--redis: " in refused.stderr, "secret@" in refused.stderr) == (
            2,
            True,
            False,
        )


def test_replicas_share_what_is_in_their_storage(
    replica: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    other = free_port()
    options = ["--name", "app-2", "--storage", tmp_path / "storage"]
    command = [sys.executable, "-m", "provision.lab.gallery", "--port", str(other), *options]
    with running(command, f"http://127.0.0.1:{other}/health", tmp_path / "other-log"):
        first, second = (http.client.HTTPConnection("127.0.0.1", each, timeout=10) for each in (port, other))
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        first.request("POST", "/album", "title=Sea", form)
        made = json.loads(first.getresponse().read())
        second.request("GET", made["url"])
        page = second.getresponse()
        assert (page.status, b"replica app-2" in page.read()) == (200, True)
        second.request("POST", f"{made['url']}/delete", "", form)
        assert second.getresponse().status == 204
        first.request("GET", made["url"])
        assert first.getresponse().status == 404
