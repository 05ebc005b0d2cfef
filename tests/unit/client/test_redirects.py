"""Where a request follows, and where it never goes."""

from __future__ import annotations

from support.scripted_server import serving
from support.sessions import failing, session, to


def test_a_get_follows_within_one_server():
    with serving(to("/grafana/api/x", 301), (200, {"at": "last"})) as script, session(script.url) as opened:
        assert opened.request("GET", "/api/x").json() == {"at": "last"}
    assert [path for _, path, _, _ in script.requests] == ["/api/x", "/grafana/api/x"]


def test_a_write_follows_only_where_it_stays_a_write():
    with serving(to("/b", 307), (200, {})) as script, session(script.url) as opened:
        opened.request("POST", "/a", json={"x": 1})
    assert [(method, path, body) for method, path, _, body in script.requests][1] == (
        "POST",
        "/b",
        b'{"x":1}',
    )
    with serving(to("/b", 301)) as script:
        assert f"POST /api/x is redirected to {script.url}/b" in str(failing(script.url, "POST"))
        assert len(script.requests) == 1


def test_nothing_is_sent_to_another_server():
    with serving((200, {})) as other, serving(to("http://127.0.0.1:1/x")) as script:
        script.answers = [to(f"{other.url}/x")]
        error = failing(script.url)
        assert other.requests == []
    assert f"it redirects to another server ({other.url}/x)" in str(error)


def test_a_redirect_to_a_login_page_is_told():
    with serving(to("/login?from=u:p")) as script:
        error = failing(script.url)
    assert "it asks to log in" in str(error)
    assert "set GRAFANA_TOKEN" in str(error)
    with serving(to("https://u:p@sso.example/oauth2/authorize?state=1")) as script:
        assert "asks to log in (redirects to https://sso.example/oauth2/authorize)" in str(
            failing(script.url)
        )


def test_a_redirect_to_https_is_told_and_not_followed():
    with serving((200, {})) as script:
        script.answers = [to(script.url.replace("http:", "https:"))]
        assert "it redirects to https; write the URL with https://" in str(failing(script.url))
        assert len(script.requests) == 1


def test_a_redirect_in_circles_or_to_nowhere():
    with serving(to("/api/x")) as script:
        assert "GET /api/x is redirected in circles" in str(failing(script.url))
    with serving((302, b"")) as script:
        assert "is redirected to" in str(failing(script.url))
