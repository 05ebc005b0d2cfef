"""The stack's Redis as its command starts it: whatever the password is made of, it is the password and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from provision.compile.load import Loaded
from provision.model import decode
from support.servers import free_port
from support.waiting import wait_until

SHELLS = {"sh": ["sh", "-c"], "busybox": ["busybox", "sh", "-c"]}
AWKWARD = [
    "plain",
    "two words",
    "a \"double\" and a 'single' quote",
    r"back\slash \x41 \n",
    "x\nmaxclients 7",
    "$HOME `id` $(id) # %s",
    "Fahrvergnügen",
    "END",
]


@pytest.fixture
def script(compiled: Callable[..., Loaded]) -> str:
    (app,) = (
        decode(found.body)
        for found in compiled("provisioning").definitions
        if (found.kind, found.key) == ("stack", "app")
    )
    shell, option, text = app["services"]["redis"]["command"]
    assert (shell, option) == ("sh", "-c")
    return str(text)


@contextmanager
def started(shell: str, script: str, folder: Path, password: str) -> Iterator[Any]:
    redis = pytest.importorskip("redis")
    for program in ("redis-server", SHELLS[shell][0]):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} on the PATH")
    (folder / "password").write_text(password)
    data, port = folder / "data", free_port()
    data.mkdir()
    text = script.replace("/run/secrets/redis_password", str(folder / "password"))
    text = text.replace("dir /data\n", f"dir {data}\nport {port}\nbind 127.0.0.1\n")
    running = subprocess.Popen([*SHELLS[shell], text], stdout=subprocess.DEVNULL)
    try:
        given = redis.Redis(port=port, password=password.strip(), socket_timeout=5)

        def answers() -> bool:
            assert running.poll() is None
            try:
                return bool(given.ping())
            except redis.exceptions.AuthenticationError:
                raise
            except redis.exceptions.ConnectionError:
                return False

        wait_until(answers, "Redis answers")
        yield given
    finally:
        running.terminate()
        running.wait(30)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("password", AWKWARD)
def test_the_password_is_what_the_secret_says(script: str, tmp_path: Path, shell: str, password: str) -> None:
    with started(shell, script, tmp_path, password) as redis:
        assert redis.config_get("requirepass") == {"requirepass": password}
        assert redis.config_get("maxclients") != {"maxclients": "7"}
        assert redis.config_get("maxmemory") == {"maxmemory": str(48 * 2**20)}
        assert redis.info("server")["config_file"] == ""
    written = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert written
    assert not [file for file in written if password.encode() in file.read_bytes()]


def test_blanks_around_it_are_no_part_of_it(script: str, tmp_path: Path) -> None:
    """As the gallery reads it."""
    with started("sh", script, tmp_path, " \t word \n\n") as redis:
        assert redis.config_get("requirepass") == {"requirepass": "word"}


def test_without_a_password_it_does_not_start(script: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(" \n")
    text = script.replace("/run/secrets/redis_password", str(tmp_path / "password"))
    ended = subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode != 0
    assert "no byte in the secret redis_password" in ended.stderr


def test_where_the_image_has_a_start_script_that_starts_redis(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what goes over to the user `redis`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "docker-entrypoint.sh").write_text(f'#!/bin/sh\necho "$*" > {tmp_path}/asked\nexec "$@"\n')
    (folder / "docker-entrypoint.sh").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    with started("sh", script, tmp_path, "a b") as redis:
        assert redis.config_get("requirepass") == {"requirepass": "a b"}
    assert (tmp_path / "asked").read_text() == "redis-server -\n"
