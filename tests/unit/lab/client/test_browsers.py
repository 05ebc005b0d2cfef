"""Visitors with a real Chromium in a real gallery."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provision.lab.gallery.collection import Collection
from provision.lab.gallery.parts import Parts, assembled
from provision.lab.gallery.server import Server
from provision.lab.gallery.site import LARGEST_BODY, application
from provision.lab.gallery.storage import Folder
from provision.lab.gallery.visits import InMemory
from support.servers import REPOSITORY, free_port, require_chromium

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


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        command(folder, *arguments),
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_SECONDS,
        check=False,
        env=environment(folder),
    )
    assert list((folder / "tmp").iterdir()) == []
    return ran


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_visitors_look_around_add_a_picture_and_leave_nothing(
    url: str, gallery: Parts, tmp_path: Path
) -> None:
    require_chromium()
    ran = run(tmp_path, "--url", url, "--clients", "2", "--rounds", "2")
    assert (ran.returncode, ran.stderr) == (0, "")
    sums = json.loads(ran.stdout)
    assert (sums["count"], sums["failed"], sums["statuses"]) == (32, 0, {"200": 32})
    for client in (1, 2):
        assert [each["page"] for each in logged(tmp_path) if each["client"] == client] == STEPS * 2
    assert gallery.collection.counts() == (12, 78)
    assert list((tmp_path / "shots").iterdir()) == []
    text = gallery.metrics.exposition().decode()
    assert 'gallery_http_requests_total{code="303",method="POST",route="/album/<album>/picture"} 4.0' in text
    assert 'route="/static/<path:filename>"' in text


def test_failures_are_told_by_their_kind_with_a_picture_of_each(
    url: str, gallery: Parts, tmp_path: Path
) -> None:
    require_chromium()
    gallery.switches.change({"error_ratio": 1})
    run(tmp_path, "--url", url)
    gallery.switches.change({"error_ratio": 0, "hang": True})
    run(tmp_path, "--url", url, "--timeout", "1")
    gallery.switches.change({"hang": False})
    run(tmp_path, "--url", f"http://127.0.0.1:{free_port()}")
    found = logged(tmp_path)
    assert [(each["page"], each["status"], each["failure"]) for each in found] == [
        ("/", 500, "5xx"),
        ("/", None, "timeout"),
        ("/", None, "refused"),
    ]
    for each in found:
        assert (tmp_path / "shots" / each["screenshot"]).read_bytes().startswith(b"\x89PNG")


def test_a_page_whose_pictures_fail_has_failed(url: str, gallery: Parts, tmp_path: Path) -> None:
    require_chromium()
    (tmp_path / "storage" / "albums" / "2" / "01.image").unlink()
    (tmp_path / "storage" / "albums" / "2" / "01.image").mkdir()
    ran = run(tmp_path, "--url", url)
    assert json.loads(ran.stdout)["failures"] == {"5xx": 1}
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
    while not ((tmp_path / "log").exists() and len(logged(tmp_path)) > 9):
        assert running.poll() is None
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGTERM)
    said, errors = running.communicate(timeout=TIME_LIMIT_SECONDS)
    assert (running.returncode, errors) == (0, "")
    assert json.loads(said)["failed"] == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_is_missing_is_one_sentence(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    ran = run(tmp_path, "--url", url, "--chromium", "/bin/false")
    assert (ran.returncode, ran.stderr) == (
        1,
        "browsers: Chromium: /bin/false: it doesn't run: exit code 1; install Debian's chromium or "
        "chromium-headless-shell, or name another with --chromium\n",
    )
    code = (
        "import sys; sys.modules['playwright'] = None\n"
        "from provision.lab.client.browsers import main\n"
        f"sys.exit(main(['--url', {url!r}]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment(tmp_path)
    )
    assert ran.returncode == 1
    assert "browsers: Python's playwright.sync_api can't be imported; install it with: " in ran.stderr
    ran = run(tmp_path, "--url", "http://example.org")
    assert (ran.returncode, "example.org isn't this machine" in ran.stderr) == (2, True)
    ran = run(tmp_path, "--url", url, "--clients", "11")
    assert (ran.returncode, "--clients" in ran.stderr) == (2, True)


def test_a_browser_that_does_not_come_up_is_told(tmp_path: Path) -> None:
    fake = tmp_path / "chromium"
    fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Chromium 1.0" || exit 3\n')
    fake.chmod(0o755)
    ran = run(tmp_path, "--url", f"http://127.0.0.1:{free_port()}", "--chromium", fake)
    assert ran.returncode == 1
    assert ran.stderr.startswith("browsers: the browser of visitor 1: BrowserType.launch: ")
    assert json.loads(ran.stdout)["count"] == 0
