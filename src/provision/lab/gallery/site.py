"""The web application of one replica: what stands before each page, and what is said when one fails."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden, HTTPException

from provision.lab.gallery import admin, pages
from provision.lab.gallery.collection import Refused
from provision.lab.gallery.parts import Parts
from provision.lab.gallery.server import CLIENT_LEFT
from provision.lab.gallery.storage import StorageDown

LARGEST_BODY = 2_000_000
"""Of a request, in bytes: a picture, and what a form needs around it."""

RETRY_AFTER_SECONDS = 5
LEFT = 499
"""What Traefik and nginx call a request whose client left before its answer."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_SPARED = frozenset({"admin.metrics", "admin.faults"})
"""What answers whatever the faults are: how they are seen, and how they are taken away."""


def application(parts: Parts) -> Flask:
    """The WSGI application of a replica."""
    app = Flask("provision.lab.gallery")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = 10
    app.register_blueprint(pages.blueprint(parts))
    app.register_blueprint(admin.blueprint(parts))

    def begin() -> None:
        g.began = time.perf_counter()
        parts.metrics.began()

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        parts.metrics.answered(request.method, route, response.status_code, time.perf_counter() - g.began)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.before_request(begin)
    app.before_request(lambda: _fault(parts))
    app.before_request(_from_here)
    app.after_request(end)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StorageDown, _storage_down)
    return app


def _fault(parts: Parts) -> Response | None:
    """What the faults make of this request; None: nothing."""
    if request.endpoint in _SPARED:
        return None
    switches = parts.switches
    left = request.environ.get(CLIENT_LEFT, lambda: False)
    if not switches.hold(left):
        return Response("given up\n", LEFT if left() else 503, mimetype="text/plain")
    if request.endpoint == "admin.health":
        return None
    switches.delay()
    if switches.fails_now():
        return Response("told to fail\n", 500, mimetype="text/plain")
    return None


def _from_here() -> None:
    """Only our own pages change anything. Every browser of today says where a form was, in `Sec-Fetch-Site` (on
    loopback and over TLS) or `Origin`; what says neither is no browser, and carries nobody's cookies.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        ours = origin is None or origin.partition("://")[2] == request.host
    if not ours:
        raise Forbidden("a form of another site can't change anything here")


def _failed(error: HTTPException) -> Response:
    response = pages.message(error.code or 500, error.name, error.description or "")
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _refused(refused: Refused) -> Response:
    return pages.message(refused.status, "That can't be done", str(refused))


def _storage_down(_: StorageDown) -> Response:
    response = pages.message(503, "Not at the moment", "The albums can't be reached; try again in a moment.")
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
