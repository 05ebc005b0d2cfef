import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.lab.serving import Reply, Server
from support.servers import REPOSITORY

pytestmark = pytest.mark.alone  # what it says of times it says of a machine that isn't busy


@pytest.fixture
def url() -> Iterator[str]:
    server = Server(0, lambda _: Reply(200, "answer"))
    server.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stop()


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "provision.lab.client", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(REPOSITORY / "src")},
    )


@pytest.mark.parametrize("count", ["0", "-1", "10000001", "1.5"])
def test_a_count_that_isnt_one_is_refused(count: str) -> None:
    ran = run("--url", "http://127.0.0.1:1", "--rate", "1", "--requests", count)
    assert ran.returncode == 2
    assert f"argument --requests: invalid whole number from 1 to 10,000,000 value: '{count}'" in ran.stderr


def test_it_ends_by_itself_and_says_what_came_of_it(url: str, tmp_path: Path) -> None:
    ran = run(
        "--url", url, "--rate", "500", "--requests", "50", "--log", tmp_path / "log", "--format", "json"
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    sums = json.loads(ran.stdout)
    assert (sums["count"], sums["failed"]) == (50, 0)
    assert len((tmp_path / "log").read_text().splitlines()) == 50


def test_it_ends_when_it_is_told_to(url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    running = subprocess.Popen(
        command("--url", url, "--rate", "200", "--log", log),
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(REPOSITORY / "src")},
    )
    while not (log.exists() and log.stat().st_size > 1000):
        assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert said.startswith(f"{len(log.read_text().splitlines())} requests in ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--url", "http://example.org", "--rate", "1"), 2, "example.org isn't this machine"),
        (("--url", "http://127.0.0.1:1", "--rate", "0"), 2, "number above 0 and up to 1000"),
        (("--url", "http://127.0.0.1:1", "--rate", "1", "--visitors", "201"), 2, "--visitors"),
        (
            ("--url", "http://127.0.0.1:1", "--rate", "1", "--log", "/no/such/folder/log"),
            1,
            "can't be written",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = run(*arguments)
    assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr
    assert "Traceback" not in ran.stderr
