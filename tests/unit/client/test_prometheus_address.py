"""Where the API of Prometheus is."""

from __future__ import annotations

import pytest

from provision.client.prometheus_address import TENANT, connected
from provision.client.session import Endpoint
from provision.errors import NotAllowed, ServerRefused, Unreachable
from support.prometheus_standin import Canned, serving

VECTOR = {
    "status": "success",
    "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "1"]}]},
}


def called(prefix: str = "", build: object = None, **answers: object) -> tuple[str, str]:
    canned = Canned({f"{prefix}/api/v1/query": (200, VECTOR), **answers})  # type: ignore[arg-type]
    if build is not None:
        canned.answers[f"{prefix}/api/v1/status/buildinfo"] = (200, build)
    with serving(canned) as url, connected(Endpoint(url)) as found:
        return found.client.url.removeprefix(url), found.called


@pytest.mark.parametrize("prefix", ["", "/prometheus", "/api/prom", "/select/0/prometheus"])
def test_below_the_path_that_a_server_has(prefix):
    assert called(prefix) == (prefix, "")


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ({"status": "success", "data": {"version": "3.14.0"}}, "Prometheus 3.14.0"),
        (
            {"status": "success", "data": {"application": "Grafana Mimir", "version": "2.17"}},
            "Grafana Mimir 2.17",
        ),
        ({"status": "success", "data": {}}, ""),
        ({"status": "success"}, ""),
        ([], ""),
        ("text", ""),
    ],
)
def test_what_it_says_it_is(build, said):
    assert called(build=build) == ("", said)


def failure(status: int, said: object, **headers: str) -> Exception:
    paths = ("/api/v1/query", "/prometheus/api/v1/query")
    with serving(Canned(dict.fromkeys(paths, (status, said)))) as url:
        with pytest.raises((Unreachable, ServerRefused)) as error, connected(Endpoint(url, headers=headers)):
            pass
    return error.value


def test_who_wants_a_tenant():
    error = failure(401, "no org id")
    assert isinstance(error, NotAllowed)
    assert str(error).endswith(
        "it wants to know which tenant is meant; give --tenant NAME, or set MIMIR_TENANT_ID"
    )
    assert "it wants credentials: no org id" in str(failure(401, "no org id", **{TENANT: "a"}))


@pytest.mark.parametrize("status", [401, 403])
def test_an_address_that_is_guarded_but_for_the_api(status):
    refused = {"/api/v1/query": (status, {"message": "not here"})}
    assert called("/prometheus", **refused) == ("/prometheus", "")


def test_credentials_that_are_refused_wherever_it_may_be():
    error = failure(403, {"message": "go away"})
    assert isinstance(error, NotAllowed)
    assert "go away" in str(error)
    with serving(Canned({"/prometheus/api/v1/query": (401, "who are you?")})) as url:
        with pytest.raises(NotAllowed) as wanted, connected(Endpoint(url)):
            pass
    assert "who are you?" in str(wanted.value)


def test_what_is_no_prometheus():
    assert "isn't a Prometheus" in str(failure(200, {"database": "ok"}))
    assert str(failure(404, "page not found")).endswith(
        "was answered with 404: page not found; check the URL: it isn't that of a Prometheus, nor is one below "
        "/prometheus or /api/prom or /select/0/prometheus"
    )
    assert "500" in str(failure(500, "broken"))
