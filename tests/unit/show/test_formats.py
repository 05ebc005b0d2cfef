"""The JSON formats are stable: what the pages show has the fields that are printed, and no others."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.drill.comparing import Row
from provision.lab.drill.series import Findings
from provision.lab.drill.values_json import document
from provision.model import (
    Action,
    Change,
    Definition,
    Difference,
    Live,
    Mark,
    Outcome,
    Place,
    Plan,
    Resource,
    Verb,
    digest,
    encode,
)
from provision.ship.backup import backup_json
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.deploy import Deployed
from provision.ship.swarm.live import Task
from provision.ship.swarm.status import ServiceStatus
from provision.show.built import built_json
from provision.show.differences import differences_json
from provision.show.plan import plans_json
from provision.show.report import reports_json
from provision.show.stacks import deployed_json, status_json
from support.drilled import outcome

DOCS = Path(__file__).parents[3] / "docs"
BEFORE, AFTER = (
    encode({"folderUid": "sales", "spec": {"title": "Shop", "refresh": refresh}}) for refresh in ("30s", "1m")
)
UPDATE = Action(
    Verb.UPDATE, "dashboard", "shop", Resource("dashboard", "shop", AFTER, (Place("dashboards/sales/shop.py", 18),), (("folder", "sales"),)),
    Live("dashboard", "shop", BEFORE, Mark("shop", digest(BEFORE)), "1795647211937986"),
    base=BEFORE.replace(b"30s", b"10s"),
)  # fmt: skip
DELETE = Action(Verb.DELETE, "dashboard", "shop", None, Live("dashboard", "shop", BEFORE, title="Shop"))
FOLDER = encode({"title": "Sales", "parentUid": ""})
FILE = Action(Verb.CREATE, "file", "x", Resource("file", "x", b""), None)
BUILT = Plan("folder build", "shop", (FILE,))
KEEP = Action(
    Verb.KEEP,
    "folder",
    "sales",
    Resource("folder", "sales", FOLDER),
    Live("folder", "sales", FOLDER, Mark("shop", digest(FOLDER)), "7"),
)
LEFT = Live("dashboard", "old", encode({"folderUid": "", "spec": {"title": "Old"}}))
PLAN = Plan("grafana http://127.0.0.1:3000", "shop", (UPDATE, KEEP), (LEFT,), owned=16, asked=("overwrite",))
DIFFERENCE = Difference(
    "rule-group", "x", "update", "x", (Change("alert A: expr", "a", "b"),), Place("rules/x.py", 1)
)
DEFINITIONS = (
    Definition("folder", "sales", encode({"title": "Sales"}), Place("dashboards/sales")),
    Definition(
        "dashboard",
        "shop",
        encode({"folder": "sales", "spec": {"title": "Shop"}}),
        Place("dashboards/sales/shop.py", 18),
    ),
    Definition("rule-group", "x", encode({"group": {"rules": []}}), Place("rules/x.py", 1)),
)
TASK = Task("t1", "web", 1, "n1", "running", "running", "", "web:1", "2026-01-01T00:00:00Z")
SERVICE = ServiceState("web", 1, 1, True, True, "", "", (TASK,))
COMPARED = {"compare-clients": [Row("1 client", 450, 30, 0.01, 0.02, 0.3, 0.005, 0.005, True)]}
NOT_RUN = {"hang-replica": ProvisionError("a client has ended")}
PRINTED = {
    "provision.drill/1": encode(document(Findings([outcome()], COMPARED, NOT_RUN))).decode(),
    "provision.stack-deploy/1": deployed_json([Deployed("shop", (SERVICE,))]),
    "provision.stack-status/1": status_json(
        {"shop": [ServiceStatus("web", SERVICE, "web:1", ("manager-1",), (), ())]}
    ),
    "provision.diff/1": differences_json([("HEAD (86e3d3f0)", [DIFFERENCE])]),
    "provision.plan/1": plans_json([PLAN]),
    "provision.backup/1": (backup_json([replace(PLAN, actions=(DELETE, KEEP))]) or b"").decode(),
    "provision.report/1": reports_json([(PLAN, (Outcome(UPDATE, "done"),))]),
    "provision.build/1": built_json(BUILT, (Outcome(FILE, "done"),), DEFINITIONS, Path("/srv/config")),
}


def documented():
    texts = [(DOCS / name).read_text() for name in ("diff.md", "json.md")]
    found = [
        json.loads(block) for text in texts for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    ]
    return {document["format"]: document for document in found}


def fields(value):
    """The names of fields at every depth; of lists, those of the first item; of null, whatever."""
    if isinstance(value, dict):
        return {name: fields(item) for name, item in value.items()}
    if isinstance(value, list):
        return [fields(item) for item in value[:1]]
    return None


@pytest.mark.parametrize("name", PRINTED)
def test_a_page_shows_the_fields_that_are_printed(name):
    assert fields(documented()[name]) == fields(json.loads(PRINTED[name]))


def test_no_format_is_left_out():
    assert set(documented()) == set(PRINTED)
