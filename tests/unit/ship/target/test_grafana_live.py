"""What is read of a Grafana that fails, or changes, meanwhile."""

from __future__ import annotations

import pytest

from provision.errors import ServerRefused, Unreachable
from provision.ship.plan import make_plan
from support.grafana_pushed import OWNER, connect, dashboard, datasource, push
from support.grafana_standin import Fault

pytestmark = pytest.mark.usefixtures("impatient")


def test_half_a_list_page_is_an_error_and_no_plan(modern):
    target = connect(modern)
    push(target, dashboard())
    modern.faults = [Fault("GET", r"/dashboards\?", times=9, status=200, body=None)]
    with pytest.raises(Unreachable, match="an answer was empty where JSON is wanted"):
        make_plan([dashboard()], target, OWNER)


@pytest.mark.parametrize("status", [500, 403])
def test_what_cant_be_read_is_an_error_and_no_plan(state, status):
    target = connect(state)
    state.faults = [Fault("GET", "dashboards|search", times=9, status=status, body={"message": "no"})]
    with pytest.raises(ServerRefused):
        make_plan([dashboard()], target, OWNER)


def test_what_goes_while_it_is_read_is_left_out(state):
    target = connect(state)
    push(target, datasource(), dashboard())

    def vanish():
        state.datasources.clear()
        state.dashboards.pop("d", None)

    state.faults = [Fault("GET", "/api/datasources/uid/p", then=vanish)]
    assert [found.key for found in target.read(frozenset({("datasource", "p")}))] == []
