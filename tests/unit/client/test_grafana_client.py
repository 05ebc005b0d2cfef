"""grafana-client over our session: its traps are none any more."""

from __future__ import annotations

import subprocess
import sys

import pytest

from provision.client.grafana import open_client
from provision.client.grafana_resource import Api
from provision.client.session import Credentials, Endpoint
from provision.errors import NotAllowed, ServerRefused, Unreachable
from support.grafana_standin import Fault


def test_importing_it_costs_nothing():
    code = "import sys, provision.client.grafana; sys.exit(bool({'grafana_client', 'niquests'} & sys.modules.keys()))"
    path = ":".join(part for part in sys.path if part)
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}, check=False).returncode == 0


def test_connection_refused_is_our_error():
    client = open_client(Endpoint("http://127.0.0.1:1"))
    with pytest.raises(Unreachable, match="nothing listens there"):
        client.datasources()


def test_a_login_page_is_no_success(state, client):
    state.faults = [Fault("GET", "/api/datasources", status=200, body="<html>Log in</html>")]
    with pytest.raises(Unreachable, match="a login page answered instead of the API"):
        client.datasources()


def test_bad_json_is_our_error(state, client):
    state.faults = [Fault("GET", "/api/datasources", status=200, body=None)]
    with pytest.raises(Unreachable, match="an answer was empty where JSON is wanted"):
        client.datasources()


@pytest.mark.parametrize("tail", ["/sub", "/sub/"])
def test_a_sub_path_with_and_without_a_slash(state, tail):
    client = open_client(Endpoint(state.url + tail, Credentials(user="admin", password="admin")))
    with pytest.raises(ServerRefused):
        client.datasources()
    assert state.requests == [("GET", "/sub/api/datasources")]


def test_what_isnt_there_is_none_and_other_errors_are_errors(state, client):
    assert client.dashboards.get("nope") is None
    assert client.folders.get("nope") is None
    assert client.datasource("nope") is None
    state.faults = [Fault("GET", "/api/", times=9, status=500, body={"message": "broken"})]
    for ask in (client.dashboards.get, client.folders.get, client.datasource):
        with pytest.raises(ServerRefused, match="500: broken"):
            ask("nope")


def test_the_organisation_is_asked_for_by_header(state):
    endpoint = Endpoint(
        state.url, Credentials(user="admin", password="admin"), headers={"X-Grafana-Org-Id": "77"}
    )
    with pytest.raises(NotAllowed, match="orgs:read"):
        open_client(endpoint).organisation()


def test_secrets_of_a_data_source_stay_out_of_messages(state, client):
    state.faults = [Fault("PUT", "/api/datasources", status=400, body={"message": "what is opensesame?"})]
    with pytest.raises(ServerRefused) as caught:
        client.update_datasource("p", {"secureJsonData": {"basicAuthPassword": "opensesame"}})
    assert str(caught.value).endswith("400: what is ***?")


ODD = "an answer isn't of the shape that Grafana gives"
API = Api("dashboard.grafana.app", "v0alpha1", "dashboards", "Dashboard")


@pytest.mark.parametrize("body", [[], 7, {}, {"datasource": []}, {"datasource": {"uid": "p"}}, [None]])
@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.organisation(),
        lambda client: client.create_datasource({"name": "p"}),
        lambda client: client.update_datasource("p", {"name": "p"}),
        lambda client: client.datasource("p"),
        lambda client: client.dashboards.save({"dashboard": {}}),
        lambda client: client.dashboards.get("d"),
        lambda client: client.folders.get("f"),
        lambda client: client.resources.get(API, "d"),
        lambda client: list(client.resources.pages(API)),
    ],
)
def test_an_answer_of_another_shape_is_our_error(state, client, ask, body):
    state.faults = [Fault("*", ".", times=9, status=200, body=body)]
    with pytest.raises(Unreachable, match=ODD):
        ask(client)


@pytest.mark.parametrize("body", [{}, 7, [7], [{}]])
@pytest.mark.parametrize(
    "ask", [lambda client: client.datasources(), lambda client: list(client.search("dash-db"))]
)
def test_a_list_of_another_shape_is_our_error(state, client, ask, body):
    state.faults = [Fault("GET", ".", times=9, status=200, body=body)]
    with pytest.raises(Unreachable, match=ODD):
        ask(client)


@pytest.mark.parametrize(
    ("ask", "body"),
    [
        (lambda client: client.settings(), []),
        (lambda client: client.permissions(), []),
        (lambda client: client.groups(), []),
        (lambda client: client.groups(), {"groups": [{"name": "x"}]}),
        (lambda client: client.groups(), {"groups": 7}),
        (lambda client: client.verbs("g", "v", "dashboards"), []),
        (lambda client: client.dashboards.messages("d", 1), {}),
        (lambda client: client.dashboards.messages("d", 1), [7]),
        (lambda client: list(client.resources.pages(API)), {"items": []}),
        (lambda client: list(client.resources.pages(API)), {"items": [{"spec": {}}], "metadata": {}}),
        (lambda client: client.resources.get(API, "d"), {"spec": [], "metadata": {"name": "d"}}),
    ],
)
def test_another_shape_of_what_it_says_of_itself(state, client, ask, body):
    state.faults = [Fault("GET", ".", times=9, status=200, body=body)]
    with pytest.raises(Unreachable, match=ODD):
        ask(client)
