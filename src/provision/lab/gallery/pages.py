"""The pages that visitors see, as HTML; what changes something answers clients that ask for JSON with JSON."""

from __future__ import annotations

import time
from typing import Any

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import BadRequest, InternalServerError, NotFound

from provision.lab.gallery.collection import LONGEST_TITLE
from provision.lab.gallery.images import KINDS
from provision.lab.gallery.parts import Parts
from provision.lab.gallery.visits import SESSION_SECONDS, session_of

ALBUMS_SHOWN = 50
SLOW_SECONDS = 0.3
_COOKIE = "session"


def blueprint(parts: Parts) -> Blueprint:
    """The pages of that replica."""
    routes = Blueprint("pages", __name__)
    collection = parts.collection

    @routes.get("/")
    def albums() -> Response:
        found = collection.albums()
        left = max(0, len(found) - ALBUMS_SHOWN)
        time.sleep(parts.work_seconds)
        return _page(parts, "albums.html", albums=found[:ALBUMS_SHOWN], left=left)

    @routes.get("/album/<album>")
    def album(album: str) -> Response:
        found = collection.album(album)
        if found is None:
            raise NotFound("there is no such album")
        time.sleep(parts.work_seconds * (1 + len(found[1]) / 6))
        return _page(parts, "album.html", album=found[0], pictures=found[1])

    @routes.post("/album")
    def create() -> Response:
        made = collection.create(request.form.get("title", ""))
        return _made(url_for("pages.album", album=made.id), made.id)

    @routes.post("/album/<album>/delete")
    def delete_album(album: str) -> Response:
        if not collection.delete_album(album):
            raise NotFound("there is no such album")
        return _gone(url_for("pages.albums"))

    @routes.post("/album/<album>/picture")
    def add(album: str) -> Response:
        sent = request.files.get("picture")
        if sent is None:
            raise BadRequest("a file named picture is needed")
        made = collection.add(album, request.form.get("title", ""), sent.read())
        address = url_for("pages.picture", album=album, picture=made.id)
        return _made(address, made.id, url_for("pages.album", album=album))

    @routes.get("/picture/<album>-<picture>")
    def picture(album: str, picture: str) -> Response:
        found = collection.picture(album, picture)
        if found is None:
            raise NotFound("there is no such picture")
        response = Response(found[1], mimetype=KINDS[found[0].kind])
        response.headers["Cache-Control"] = "private, max-age=60"
        return response

    @routes.post("/picture/<album>-<picture>/delete")
    def delete_picture(album: str, picture: str) -> Response:
        if not collection.delete_picture(album, picture):
            raise NotFound("there is no such picture")
        return _gone(url_for("pages.album", album=album))

    @routes.get("/slow")
    def slow() -> Response:
        time.sleep(SLOW_SECONDS)
        return _page(parts, "message.html", heading="Slow", message="As asked.")

    @routes.get("/error")
    def error() -> Response:
        raise InternalServerError("an error, as asked")

    return routes


def message(status: int, heading: str, text: str) -> Response:
    """A page, or a JSON object, that says what is wrong."""
    if _wants_json():
        response = jsonify(error=text or heading)
    else:
        response = make_response(render_template("message.html", heading=heading, message=text))
    response.status_code = status
    return response


def _page(parts: Parts, template: str, **values: Any) -> Response:
    """A page, counted as seen by its visitor."""
    session = session_of(request.cookies.get(_COOKIE))
    visit = parts.visits.count(session)
    text = render_template(
        template,
        replica=parts.replica,
        visit=visit,
        counted=True,
        longest_title=LONGEST_TITLE,
        kinds=",".join(KINDS.values()),
        **values,
    )
    response = make_response(text)
    secure = request.headers.get("X-Forwarded-Proto") == "https"
    response.set_cookie(
        _COOKIE, session, max_age=SESSION_SECONDS, secure=secure, httponly=True, samesite="Lax"
    )
    return response


def _made(address: str, made: str, page: str = "") -> Response:
    """What was made is at `address`, and seen on `page`, if that is another."""
    if not _wants_json():
        return _see(page or address)
    response = jsonify(id=made, url=address)
    response.status_code = 201
    response.headers["Location"] = address
    return response


def _gone(page: str) -> Response:
    return Response(status=204) if _wants_json() else _see(page)


def _see(page: str) -> Response:
    response = redirect(page, 303)
    assert isinstance(response, Response)
    return response


def _wants_json() -> bool:
    kinds = request.accept_mimetypes
    return kinds.best_match(["text/html", "application/json"]) == "application/json"
