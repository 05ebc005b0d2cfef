"""What is there for those who run the gallery: its health, its metrics, its faults."""

from __future__ import annotations

import hmac
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, NotFound, Unauthorized

from provision.lab.gallery.parts import Parts


def blueprint(parts: Parts) -> Blueprint:
    """`/health`, `/metrics` and `/admin/faults` of that replica."""
    routes = Blueprint("admin", __name__)
    switches = parts.switches

    @routes.get("/health")
    def health() -> Response:
        """Well while the replica itself is: a storage that all replicas share is told here but takes none of them out
        of service, for then even the pages that need no storage would be gone."""
        well = switches.faults.healthy and not switches.closing
        state = parts.upkeep.state
        response = jsonify(
            status="well" if well else "unwell",
            replica=parts.replica,
            storage="fails" if state.storage else "works",
            sessions="not counted" if state.sessions else "counted",
        )
        response.status_code = 200 if well else 503
        return response

    @routes.get("/metrics")
    def metrics() -> Response:
        _must_come_straight()
        return Response(parts.metrics.exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    @routes.route("/admin/faults", methods=("GET", "POST"))
    def faults() -> Response:
        _allow(parts.token)
        if request.method == "POST":
            try:
                switches.change(request.get_json(force=True))
            except ValueError as error:
                raise BadRequest(str(error)) from None
        return jsonify(asdict(switches.faults))

    return routes


def _must_come_straight() -> None:
    """Through a proxy there is no such page: visitors come through one, and mustn't see it."""
    proxied = any(name.lower().startswith("x-forwarded-") for name, _ in request.headers)
    if proxied or "Forwarded" in request.headers:
        raise NotFound


def _allow(token: str) -> None:
    """Let those in who come straight to this replica and have the token; nobody has an empty one."""
    _must_come_straight()
    if not token:
        raise NotFound
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Unauthorized("the admin token is needed", www_authenticate=WWWAuthenticate("bearer"))
