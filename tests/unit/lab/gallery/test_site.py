import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from provision.lab.gallery import collection as collection_module
from provision.lab.gallery.collection import Collection
from provision.lab.gallery.images import gradient
from provision.lab.gallery.parts import Parts, assembled
from provision.lab.gallery.site import application
from provision.lab.gallery.storage import Folder
from provision.lab.gallery.visits import InMemory

TOKEN = {"Authorization": "Bearer the-token"}
JSON = {"Accept": "application/json"}
PNG = gradient(8, 8, (200, 0, 0))


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    parts = assembled("app-2", Collection(Folder(tmp_path / "storage")), InMemory(), "the-token")
    parts.upkeep.look()
    return parts


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    return application(parts).test_client()


def made(client: FlaskClient, title: str = "Sea") -> str:
    """The path of a new album."""
    answer = client.post("/album", data={"title": title}, headers=JSON)
    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json["url"]
    return str(answer.json["url"])


def added(client: FlaskClient, album: str, content: bytes = PNG, title: str = "Wave") -> Any:
    sent = {"picture": (io.BytesIO(content), "../../etc/passwd"), "title": title}
    return client.post(f"{album}/picture", data=sent, headers=JSON)


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/", 200, "Album 12</a> (12)"),
        ("GET", "/album/1", 200, "replica app-2"),
        ("GET", "/album/12", 200, "Picture 12"),
        ("GET", "/album/13", 404, "no such album"),
        ("GET", "/album/..", 404, "no such album"),
        ("GET", "/album/%2e%2e%2f1", 404, "Not Found"),
        ("GET", "/missing", 404, "not found"),
        ("GET", "/picture/1-02", 404, "no such picture"),
        ("GET", "/picture/..-..", 404, "no such picture"),
        ("GET", "/error", 500, "as asked"),
        ("GET", "/slow", 200, "Slow"),
        ("GET", "/static/style.css", 200, "footer"),
        ("GET", "/static/../site.py", 404, "not found"),
        ("PUT", "/album", 405, "not allowed"),
        ("POST", "/album", 400, "1 to 80 printable characters"),
        ("POST", "/album/1/picture", 400, "a file named picture is needed"),
        ("POST", "/album/0/delete", 404, "no such album"),
        ("POST", "/picture/1-02/delete", 404, "no such picture"),
    ],
)
def test_pages(client: FlaskClient, method: str, path: str, status: int, text: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, text in answer.text) == (status, True), answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_from_an_empty_album_to_none(client: FlaskClient) -> None:
    album = made(client)
    assert "No pictures yet" in client.get(album).text
    answer = added(client, album)
    assert answer.status_code == 201
    picture = client.get(answer.json["url"])
    assert (picture.data, picture.content_type) == (PNG, "image/png")
    assert answer.json["url"] in client.get(album).text
    assert client.post(f"{answer.json['url']}/delete", headers=JSON).status_code == 204
    assert client.get(answer.json["url"]).status_code == 404
    assert client.post(f"{album}/delete", headers=JSON).status_code == 204
    assert client.get(album).status_code == 404


def test_a_browser_is_led_to_what_it_made(client: FlaskClient) -> None:
    answer = client.post("/album", data={"title": "Sea"}, follow_redirects=True)
    assert "<h2>Sea</h2>" in answer.text
    sent = {"picture": (io.BytesIO(PNG), "a.png"), "title": "Wave"}
    page = client.post(f"{answer.request.path}/picture", data=sent, follow_redirects=True)
    assert (page.request.path, page.status_code, "Wave" in page.text) == (answer.request.path, 200, True)
    gone = re.search(r'action="(/picture/[^"]+/delete)"', page.text)
    assert gone is not None
    assert client.post(gone[1]).headers["Location"] == answer.request.path
    assert client.post(f"{answer.request.path}/delete").headers["Location"] == "/"


def test_titles_are_text_and_never_markup(client: FlaskClient) -> None:
    album = made(client, "<script>alert(1)</script>")
    added(client, album, title='"><script>')
    for path in ("/", album):
        page = client.get(path)
        assert "<script>" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "&lt;script&gt;alert(1)" in client.get("/").text


@pytest.mark.parametrize("title", ["", "  ", "x" * 81, "a\nb", "a\0b"])
def test_a_title_that_is_none_is_refused(client: FlaskClient, title: str) -> None:
    answer = client.post("/album", data={"title": title}, headers=JSON)
    assert (answer.status_code, answer.json) == (
        400,
        {"error": "a title of 1 to 80 printable characters is needed"},
    )


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload='alert(1)'>", b"\x7fELF", b"\x89PNG\r\n\x1a\n", b"RIFF0000WAVE"]
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(client: FlaskClient, content: bytes) -> None:
    album = made(client)
    answer = added(client, album, content)
    assert (answer.status_code, "that is no picture" in answer.json["error"]) == (415, True)
    assert "No pictures yet" in client.get(album).text


def test_what_is_too_large_is_refused(client: FlaskClient) -> None:
    assert added(client, made(client), PNG + bytes(2_000_000)).status_code == 413


def test_a_gallery_and_an_album_have_an_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection_module, "MOST_ALBUMS", 13)
    monkeypatch.setattr(collection_module, "MOST_PICTURES", 1)
    album = made(client)
    assert client.post("/album", data={"title": "One more"}).status_code == 409
    assert added(client, album).status_code == 201
    assert added(client, album).status_code == 409


def test_a_visitor_is_known_again_and_a_forged_one_is_a_new_one(client: FlaskClient, parts: Parts) -> None:
    assert "page 1 of your visit · 1 pages in all" in client.get("/").text
    assert "page 2 of your visit · 2 pages in all" in client.get("/album/1").text
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", False)
    other = application(parts).test_client()
    other.set_cookie("session", "../../x")
    assert "page 1 of your visit · 3 pages in all" in other.get("/").text
    assert "Secure" in other.get("/", headers={"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_forms_of_other_sites_change_nothing(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/album/3/delete", headers=headers).status_code == status
    assert client.get("/album/3").status_code == (404 if status == 303 else 200)


def test_without_its_storage_the_gallery_says_when_to_come_back(
    client: FlaskClient, parts: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "storage").rename(tmp_path / "elsewhere")
    parts.upkeep.look()
    for answer in (
        client.get("/"),
        client.get("/picture/1-01"),
        client.post("/album", data={"title": "Sea"}),
    ):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "try again in a moment" in answer.text
        assert str(tmp_path) not in answer.text
    health = client.get("/health")
    assert (health.status_code, health.json["storage"]) == (200, "fails")
    metrics = client.get("/metrics").text
    assert 'gallery_dependency_up{dependency="storage"} 0.0' in metrics
    assert "\ngallery_albums " not in metrics
    (tmp_path / "elsewhere").rename(tmp_path / "storage")
    parts.upkeep.look()
    assert client.get("/").status_code == 200
    assert client.get("/health").json["storage"] == "works"
    told = capsys.readouterr().err
    assert f"the storage fails: the folder {tmp_path / 'storage'} is gone\nthe storage works\n" in told


def test_health(client: FlaskClient, parts: Parts) -> None:
    parts.switches.change({"error_ratio": 1})
    assert client.get("/").status_code == 500
    answer = client.get("/health")
    assert answer.json == {"replica": "app-2", "sessions": "counted", "status": "well", "storage": "works"}
    parts.switches.change({"healthy": False})
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"]) == (503, "unwell")
    parts.switches.change({"healthy": True})
    parts.switches.close()
    assert client.get("/health").status_code == 503


def test_metrics_name_routes_and_never_paths(client: FlaskClient, parts: Parts) -> None:
    client.get("/album/1")
    client.get("/album/2")
    client.get("/nobody/knows")
    client.open("/", method="BREW")
    text = client.get("/metrics").text
    assert 'gallery_http_requests_total{code="200",method="GET",route="/album/<album>"} 2.0' in text
    assert 'gallery_http_requests_total{code="404",method="GET",route="none"} 1.0' in text
    assert 'gallery_http_requests_total{code="405",method="other"' in text
    assert (
        'gallery_http_request_duration_seconds_bucket{le="0.2",method="GET",route="/album/<album>"} 2.0'
        in text
    )
    assert "gallery_http_requests_in_progress 1.0" in text  # this one
    assert ("gallery_albums 12.0" in text, "gallery_pictures 78.0" in text) == (True, True)
    assert 'gallery_fault{switch="healthy"} 1.0' in text
    assert "_created" not in text


def test_what_hangs_and_whose_client_leaves_is_counted_as_such(client: FlaskClient, parts: Parts) -> None:
    parts.switches.change({"hang": True})
    left: dict[str, Callable[[], bool]] = {"waitress.client_disconnected": lambda: True}
    assert client.get("/", environ_overrides=left).status_code == 499
    assert client.get("/health", environ_overrides=left).status_code == 499
    assert 'code="499",method="GET",route="/health"} 1.0' in client.get("/metrics").text
    assert client.post("/admin/faults", json={"hang": False}, headers=TOKEN).json["hang"] is False
    assert client.get("/health").status_code == 200


def test_faults_are_seen_and_set_with_the_token(client: FlaskClient) -> None:
    answer = client.post("/admin/faults", json={"healthy": False, "error_ratio": 0.5}, headers=TOKEN)
    now = {"error_ratio": 0.5, "slow_seconds": 0.0, "hang": False, "healthy": False}
    assert answer.json == now
    assert client.get("/admin/faults", headers=TOKEN).json == now
    answer = client.post("/admin/faults", json={"error_ratio": 2}, headers={**TOKEN, **JSON})
    assert (answer.status_code, answer.json) == (400, {"error": "error_ratio must be a number from 0 to 1"})
    assert client.post("/admin/faults", data="{", headers=TOKEN).status_code == 400
    assert client.get("/admin/faults", headers=TOKEN).json == now


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer other", "Basic the-token", "Bearer the-token-and-more", "Bearer é"]
)
def test_without_the_token_nobody_gets_in(client: FlaskClient, given: str) -> None:
    answer = client.post(
        "/admin/faults", json={"hang": True}, headers={"Authorization": given.encode("latin-1")}
    )
    assert answer.status_code == 401
    assert "the-token" not in answer.text
    assert client.get("/admin/faults", headers=TOKEN).json["hang"] is False


@pytest.mark.parametrize("name", ["X-Forwarded-For", "x-forwarded-host", "Forwarded"])
def test_through_a_proxy_there_is_no_such_page(client: FlaskClient, name: str) -> None:
    assert client.get("/admin/faults", headers={**TOKEN, name: "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404


def test_a_gallery_without_a_token_lets_nobody_in(parts: Parts) -> None:
    closed = application(assembled("app-1", parts.collection, parts.visits)).test_client()
    assert closed.get("/admin/faults", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_full_storage_is_told_and_nothing_of_the_picture_is_kept(tmp_path: Path) -> None:
    storage = Folder(tmp_path / "full")
    client = application(assembled("app-2", Collection(storage, most_bytes=2000), InMemory())).test_client()
    album = made(client)
    before = storage.keys("albums/")
    answer = added(client, album, PNG + b"\0" * 3000)
    assert (answer.status_code, answer.json["error"]) == (
        507,
        "the gallery is full: its pictures may take 0.002 MB; delete some first",
    )
    assert storage.keys("albums/") == before
    page = client.post(f"{album}/picture", data={"picture": (io.BytesIO(PNG * 99), "a"), "title": "Wave"})
    assert (page.status_code, "the gallery is full" in page.text) == (507, True)
