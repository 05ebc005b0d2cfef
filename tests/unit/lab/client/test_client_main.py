import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.lab.client import __main__ as client
from provision.lab.serving import Reply, Server
from support.servers import REPOSITORY, free_port
from support.waiting import wait_until

pytestmark = pytest.mark.alone  # what it says of times it says of a machine that isn't busy


@pytest.fixture
def url() -> Iterator[str]:
    server = Server(0, lambda _: Reply(200, "answer"))
    server.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stop()


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "provision.lab.client", *map(str, arguments)]


def test_it_ends_by_itself_and_says_what_came_of_it(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "wait_for_end", lambda join: join())
    port = str(free_port())
    options = ["--url", url, "--rate", "500", "--requests", "50", "--log", str(tmp_path / "log")]
    assert client.main([*options, "--format", "json", "--metrics-port", port]) == 0
    sums = json.loads(capsys.readouterr().out)
    assert (sums["count"], sums["failed"]) == (50, 0)
    assert len((tmp_path / "log").read_text().splitlines()) == 50
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert b'gallery_client_requests_total{code="200",page="/album"}' in answer.read()
    assert client.main([*options, "--metrics-port", port]) == 1
    assert (
        capsys.readouterr().err == f"client: 127.0.0.1:{port}: can't listen there: Address already in use\n"
    )
    assert client.main(options) == 0
    assert capsys.readouterr().out.startswith("50 requests in ")


def test_it_ends_when_it_is_told_to(url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    running = subprocess.Popen(
        command("--url", url, "--rate", "200", "--log", log),
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(REPOSITORY / "src")},
    )
    wait_until(lambda: log.exists() and log.stat().st_size > 1000, "logging")
    assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert said.startswith(f"{len(log.read_text().splitlines())} requests in ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            (
                "--url",
                "http://127.0.0.1:1",
                "--rate",
                "1",
                "--tls-url",
                "https://127.0.0.1:1",
                "--certificate",
                "/no",
            ),
            1,
            "/no: can't be read",
        ),
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
def test_what_makes_no_sense_is_refused(
    arguments: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = client.main(arguments)
    except SystemExit as ended:
        found = ended.code  # type: ignore[assignment]
    assert (found, said in capsys.readouterr().err) == (code, True)


def test_a_log_that_can_not_be_written_to_the_end_is_told_and_the_sums_are_whole(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "wait_for_end", lambda join: join())
    assert client.main(["--url", url, "--rate", "500", "--requests", "5", "--log", "/dev/full"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("5 requests in ")
    assert said.err == (
        "client: /dev/full: not every line of it could be written: [Errno 28] No space left on device\n"
    )
