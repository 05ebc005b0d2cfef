"""Whatever a client sends, the gallery answers, and never with a failure of its own."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.lab.gallery.collection import Collection
from provision.lab.gallery.images import gradient
from provision.lab.gallery.parts import assembled
from provision.lab.gallery.site import application
from provision.lab.gallery.storage import Folder
from provision.lab.gallery.visits import InMemory

WORDS = st.sampled_from(
    [
        "",
        "/",
        "album",
        "picture",
        "delete",
        "1",
        "01",
        "12-01",
        "-",
        "..",
        "%2e%2e",
        "%00",
        "%ff",
        "é",
        "admin",
        "faults",
        "health",
    ]
)
PATHS = st.lists(WORDS | st.text(max_size=8), max_size=5).map(
    lambda words: "/" + "/".join(words).lstrip("/\\")  # two slashes would begin a host
)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
HEADERS = st.dictionaries(
    st.sampled_from(["Accept", "Cookie", "Content-Type", "Authorization", "Origin", "Sec-Fetch-Site", "X-Forwarded-Proto"]),
    st.sampled_from(
        [
            "", "*/*", "application/json", "text/html;q=x", "session=../../x", "session=", "multipart/form-data",
            "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=nope", "Bearer", "Bearer \xe9", "null", "cross-site",
        ]
    ),
    max_size=3,
)  # fmt: skip
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
BODIES = (
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda title: f"title={title}".encode("utf-8", "surrogatepass"))
    | st.builds(
        lambda name, more, content: PART % (name, more, content) + b"--x--\r\n",
        st.sampled_from([b"title", b"picture", b"", b"\xff"]),
        st.sampled_from(
            [b"", b'; filename="a.png"', b'; filename="../../a"', b'; filename="\xff"', b"; filename"]
        ),
        st.binary(max_size=50) | st.just(gradient(2, 2, (1, 2, 3))),
    )
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    root = tmp_path_factory.mktemp("fuzz")
    parts = assembled("app-1", Collection(Folder(root / "storage")), InMemory(), "the-token")
    parts.upkeep.look()
    return application(parts).test_client()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=METHODS, path=PATHS, headers=HEADERS, body=BODIES)
def test_whatever_is_asked_is_answered(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    answer = client.open(path, method=method, headers=headers, data=body)
    assert answer.status_code < 500 or path.rstrip("/") == "/error", answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=90), content=st.binary(max_size=40))
def test_nothing_is_written_outside_and_titles_stay_text(
    client: FlaskClient, title: str, content: bytes
) -> None:
    made = client.post("/album", data={"title": title}, headers={"Accept": "application/json"})
    if made.status_code == 201:
        page = client.get(made.json["url"]).text
        assert set(re.findall(r"<(\w+)", page)) <= {
            "html", "meta", "title", "link", "h1", "h2", "a", "form", "label", "input", "button", "p", "footer",
        }  # fmt: skip
        assert client.post(f"{made.json['url']}/delete").status_code == 303
    else:
        assert made.status_code == 400
