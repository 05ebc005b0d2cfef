"""The outside world over HTTP: one API a module, all over one session.

Doors: `session` (`endpoint_from`, `open_session`, `Session.request`, `Session.expect`) for every server, and a
module a server on top of it. Failures are those of `provision.errors`, one sentence each, and hold no secret.
"""
