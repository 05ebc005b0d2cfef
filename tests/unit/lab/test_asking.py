import socket
import threading

import pytest

from provision.lab.asking import ask
from provision.lab.serving import Reply, Server


def test_an_answer_is_read_whatever_its_status_and_past_every_proxy(monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server = Server(
        0, lambda request: Reply(404, f"{request.method} {request.body.decode()} {request.headers['A']}")
    )
    server.start()
    url = f"http://127.0.0.1:{server.server_port}"
    got, posted = ask(f"{url}/page?a=b"), ask(url, "body", {"A": "b"})
    server.stop()
    assert (got.status, got.reason, got.body) == (404, "Not Found", b"GET  None")
    assert posted.body == b"POST body b"


def test_what_is_no_answer_is_an_error_of_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def serve() -> None:
            with other.accept()[0] as peer:
                peer.recv(4096)
                peer.sendall(b"SSH-2.0-x\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(ConnectionError, match="no answer in HTTP: SSH-2.0-x"):
            ask(url)
        thread.join(10)
        with pytest.raises(TimeoutError):
            ask(url, timeout_seconds=0.05)
    with pytest.raises(ConnectionRefusedError):
        ask(url)
