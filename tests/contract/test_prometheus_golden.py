"""The golden YAML files, read by the programs they are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.tools import amtool, promtool
from support.servers import require

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "yaml"

pytestmark = pytest.mark.server


def test_promtool_accepts_the_rules():
    assert promtool.check_rules(require("promtool"), {"rules.yml": (FOLDER / "rules.yml").read_bytes()}) == ()


def test_promtool_accepts_the_configuration():
    assert promtool.check_config(require("promtool"), (FOLDER / "prometheus.yml").read_bytes()) == ()


@pytest.mark.parametrize(
    ("severity", "receivers"), [("page", ("pager",)), ("ticket", ("team",)), ("other", ("team",))]
)
def test_amtool_accepts_the_routes_and_sends_alerts_along_them(severity, receivers):
    text = (FOLDER / "alertmanager.yml").read_bytes()
    assert amtool.check_config(require("amtool"), text) == ()
    assert amtool.routes_test(require("amtool"), text, {"severity": severity}) == receivers
