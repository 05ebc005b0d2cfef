"""The scenarios of the Grafana target on the stand-in, as 12.4.0 and as 9.0, and on a real Grafana when
`GRAFANA_URL` is set (with `GRAFANA_USER` and `GRAFANA_PASSWORD` of an administrator)."""

from __future__ import annotations

import os

import pytest

from support.grafana_standin import standin

pytest.register_assert_rewrite(
    "contract.scenarios_grafana",
    "contract.scenarios_adopt",
    "contract.scenarios_grafana_alerting",
    "contract.scenarios_pulled",
)

from contract import scenarios_adopt, scenarios_pulled  # noqa: E402  # its asserts are to be rewritten
from contract import scenarios_grafana as TABLE  # noqa: E402  # its asserts are to be rewritten
from contract import scenarios_grafana_alerting as ALERTING  # noqa: E402

assert scenarios_adopt, "it adds to the table"
assert scenarios_pulled, "it adds to the table"

REAL = os.environ.get("GRAFANA_URL")

STAGES = ["stand-in 12.4.0", "stand-in 12.4.0, classic API", "stand-in 9.0", "real", "real, classic API"]


@pytest.fixture(params=STAGES)
def stage(request):
    if request.param.startswith("real"):
        if not REAL:
            pytest.skip("GRAFANA_URL names no Grafana to run against")
        user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
        made = TABLE.Stage(REAL.rstrip("/"), user, password, classic="classic" in request.param)
        yield made
        made.clean()
        return
    with standin("9.0" if "9.0" in request.param else "12.4.0") as state:
        made = TABLE.Stage(state.url, "admin", "admin", classic="classic" in request.param, state=state)
        yield made
        for target in made.targets:
            target.close()


@pytest.mark.parametrize("name", TABLE.SCENARIOS)
def test_scenario(name, stage):
    TABLE.SCENARIOS[name](stage)


@pytest.mark.parametrize("name", ALERTING.SCENARIOS)
def test_alerting_scenario(name, stage):
    ALERTING.SCENARIOS[name](stage)
