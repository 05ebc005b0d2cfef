"""Visitors with a real Chromium in a real gallery."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provision.lab.client import browsers, browsing
from provision.lab.gallery.collection import Collection
from provision.lab.gallery.parts import Parts, assembled
from provision.lab.gallery.server import Server
from provision.lab.gallery.site import LARGEST_BODY, application
from provision.lab.gallery.storage import Folder
from provision.lab.gallery.visits import InMemory
from support.servers import REPOSITORY, free_port, require_chromium
from support.waiting import wait_until

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser"), pytest.mark.alone]

TIME_LIMIT_SECONDS = 120
STEPS = ["/", "/album", "/", "POST /album", "POST /picture", "/picture", "/album", "POST /delete"]


@pytest.fixture
def gallery(tmp_path: Path) -> Parts:
    parts = assembled("app-1", Collection(Folder(tmp_path / "storage")), InMemory())
    parts.upkeep.look()
    return parts


@pytest.fixture
def url(gallery: Parts) -> Iterator[str]:
    server = Server(application(gallery), "127.0.0.1", 0, LARGEST_BODY)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    gallery.switches.close()
    server.stop()


def command(folder: Path, *arguments: str | Path) -> list[str]:
    log, shots = folder / "log", folder / "shots"
    options = ["--log", log, "--screenshots", shots, "--think", "0.01", "--format", "json", *arguments]
    return [sys.executable, "-m", "provision.lab.client.browsers", *map(str, options)]


def environment(folder: Path) -> dict[str, str]:
    (folder / "tmp").mkdir(exist_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**own, "PYTHONPATH": str(REPOSITORY / "src"), "TMPDIR": str(folder / "tmp")}


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run it in this process; afterwards nothing is left of any profile."""
    monkeypatch.setattr(browsers, "wait_for_end", lambda join: join())

    def run(*arguments: str | Path) -> Ran:
        for name, value in environment(tmp_path).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(tempfile, "tempdir", None)
        capsys.readouterr()
        code = browsers.main(command(tmp_path, *arguments)[3:])
        assert list((tmp_path / "tmp").iterdir()) == []
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_visitors_look_around_add_a_picture_and_leave_nothing(
    url: str, gallery: Parts, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    require_chromium()
    ran = run("--url", url, "--clients", "2", "--rounds", "2")
    assert (ran.code, ran.err) == (0, "")
    sums = json.loads(ran.out)
    assert (sums["count"], sums["failed"], sums["statuses"]) == (32, 0, {"200": 32})
    for client in (1, 2):
        assert [each["page"] for each in logged(tmp_path) if each["client"] == client] == STEPS * 2
    assert gallery.collection.counts() == (12, 78)
    assert list((tmp_path / "shots").iterdir()) == []
    text = gallery.metrics.exposition().decode()
    assert 'gallery_http_requests_total{code="303",method="POST",route="/album/<album>/picture"} 4.0' in text
    assert 'route="/static/<path:filename>"' in text


def test_failures_are_told_by_their_kind_with_a_picture_of_each(
    url: str, gallery: Parts, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    require_chromium()
    gallery.switches.change({"error_ratio": 1})
    run("--url", url)
    gallery.switches.change({"error_ratio": 0, "hang": True})
    run("--url", url, "--timeout", "1")
    gallery.switches.change({"hang": False})
    run("--url", f"http://127.0.0.1:{free_port()}")
    found = logged(tmp_path)
    assert [(each["page"], each["status"], each["failure"]) for each in found] == [
        ("/", 500, "5xx"),
        ("/", None, "timeout"),
        ("/", None, "refused"),
    ]
    for each in found:
        assert (tmp_path / "shots" / each["screenshot"]).read_bytes().startswith(b"\x89PNG")


def test_a_page_whose_pictures_fail_has_failed(url: str, tmp_path: Path, run: Callable[..., Ran]) -> None:
    require_chromium()
    (tmp_path / "storage" / "albums" / "2" / "01.image").unlink()
    (tmp_path / "storage" / "albums" / "2" / "01.image").mkdir()
    ran = run("--url", url)
    assert json.loads(ran.out)["failures"] == {"5xx": 1}
    last = logged(tmp_path)[-1]
    assert (last["path"], last["status"], last["failure"]) == ("/album/2", 200, "5xx")


def test_a_signal_to_the_whole_group_is_an_end_and_no_failure(url: str, tmp_path: Path) -> None:
    require_chromium()
    running = subprocess.Popen(
        command(tmp_path, "--url", url, "--seconds", "600"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
        start_new_session=True,
    )
    wait_until(lambda: (tmp_path / "log").exists() and len(logged(tmp_path)) > 9, "logging")
    assert running.poll() is None
    os.killpg(running.pid, signal.SIGTERM)
    said, errors = running.communicate(timeout=TIME_LIMIT_SECONDS)
    assert (running.returncode, errors) == (0, "")
    assert json.loads(said)["failed"] == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_is_missing_is_one_sentence(tmp_path: Path, run: Callable[..., Ran]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    ran = run("--url", url, "--chromium", "/bin/false")
    assert (ran.code, ran.err) == (
        1,
        "browsers: Chromium: /bin/false: it doesn't run: exit code 1; install Debian's chromium or "
        "chromium-headless-shell, or name another with --chromium\n",
    )
    code = (
        "import sys; sys.modules['playwright'] = None\n"
        "from provision.lab.client.browsers import main\n"
        f"sys.exit(main(['--url', {url!r}]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment(tmp_path)
    )
    assert told.returncode == 1
    assert "browsers: Python's playwright.sync_api can't be imported; install it with: " in told.stderr
    ran = run("--url", "http://example.org")
    assert (ran.code, "example.org isn't this machine" in ran.err) == (2, True)
    with pytest.raises(SystemExit) as caught:
        run("--url", url, "--clients", "11")
    assert caught.value.code == 2
    (tmp_path / "log").unlink()
    (tmp_path / "log").mkdir()
    ran = run("--url", url)
    assert (ran.code, "log: can't be written: Is a directory" in ran.err) == (1, True)


def test_a_browser_that_does_not_come_up_is_told(tmp_path: Path, run: Callable[..., Ran]) -> None:
    fake = tmp_path / "chromium"
    fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Chromium 1.0" || exit 3\n')
    fake.chmod(0o755)
    ran = run("--url", f"http://127.0.0.1:{free_port()}", "--chromium", fake)
    assert ran.code == 1
    assert ran.err.startswith("browsers: the browser of visitor 1: BrowserType.launch: ")
    assert json.loads(ran.out)["count"] == 0


def test_a_browser_that_the_system_refuses_is_told(
    tmp_path: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(browsing, "sync_playwright", refused)
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\necho Chromium 1.0\n")
    fake.chmod(0o755)
    ran = run("--url", f"http://127.0.0.1:{free_port()}", "--chromium", fake, "--clients", "2")
    assert ran.code == 1
    told = "browsers: visitor {} ended: PermissionError(13, 'Permission denied')"
    assert sorted(ran.err.splitlines()) == [told.format(1), told.format(2)]
    assert json.loads(ran.out)["count"] == 0


def test_pictures_that_can_not_be_written_are_told_once_and_visitors_go_on(
    url: str, gallery: Parts, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    require_chromium()
    (tmp_path / "shots").symlink_to("/proc/self")
    gallery.switches.change({"error_ratio": 1})
    ran = run("--url", url, "--rounds", "3")
    assert ran.code == 1
    assert ran.err == (
        f"browsers: {tmp_path}/shots: pictures of failures can't be written: No such file or directory\n"
    )
    assert json.loads(ran.out)["failures"] == {"5xx": 3}
    assert "screenshot" not in logged(tmp_path)[-1]
