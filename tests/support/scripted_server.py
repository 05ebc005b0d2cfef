"""A server that answers what a test has written down, one answer after the other, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Script:
    """What a server answers, one after the other; the last one for ever. An answer is (status, body, headers),
    or `cut`, or `hang`."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.release = threading.Event()

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.script.requests.append((self.command, self.path, dict(self.headers), body))
        said = self.script.next()
        if said in ("cut", "half"):
            if said == "half":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
                self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if said == "hang":
            self.script.release.wait(20)
            self.close_connection = True
            return
        status, content, *headers = said
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers[0] if headers else {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = handle_one


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


@contextmanager
def serving(*answers, context=None, host="127.0.0.1"):
    script = Script(*answers)
    server = Quiet((host, 0), type("One", (Handler,), {"script": script}))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    script.url = f"http{'s' if context else ''}://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
