import socket
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from provision.lab import redis
from provision.tools import servers
from support.servers import free_port, require


def test_its_files_are_for_this_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    redis.prepare(folder, 4001)
    password = (folder / "password").read_text()
    lines = set((folder / "redis.conf").read_text().splitlines())
    assert {"bind 127.0.0.1", "port 4001", f"requirepass {password}", 'save ""', "appendonly no"} <= lines
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@pytest.mark.server
def test_a_real_one_keeps_to_the_folder_and_wants_its_password(tmp_path: Path) -> None:
    program = require("redis-server")
    folder, port = tmp_path / 'a "quoted" name, \\x41 and ümlaut' / "redis", free_port()
    folder.parent.mkdir()
    redis.prepare(folder, port)
    url = f"redis://127.0.0.1:{port}"
    assert not redis.answers(url)
    process = subprocess.Popen(
        [program, folder / "redis.conf"],
        cwd=tmp_path,
        env=servers.environment(program),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _await(process, url)
        assert said(port, "GET key") == "-NOAUTH Authentication required."
        password = (folder / "password").read_text()
        assert said(port, f"AUTH {password}\r\nCONFIG GET dir").splitlines() == [
            "+OK", "*2", "$3", "dir", f"${len(str(folder).encode())}", str(folder),
        ]  # fmt: skip
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=10)
    assert password not in output
    assert sorted(path.name for path in folder.iterdir()) == ["password", "redis.conf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.parent.name]


def _await(process: subprocess.Popen[str], url: str) -> None:
    for _ in range(1000):
        if redis.answers(url):
            return
        try:
            code = process.wait(0.01)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"it ended with {code}")
    pytest.fail("it doesn't answer")


def said(port: int, commands: str) -> str:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(f"{commands}\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode().strip()


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"+PONG\r\n", True),
        (b"-NOAUTH Authentication required.\r\n", True),
        (b"-LOADING Redis is loading the dataset in memory\r\n", False),
        (b"HTTP/1.1 400 Bad Request\r\n", False),
        (b"", False),
    ],
)
def test_what_counts_as_an_answer(answer: bytes, ready: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(64)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert redis.answers(f"redis://127.0.0.1:{server.getsockname()[1]}") is ready
        thread.join()
