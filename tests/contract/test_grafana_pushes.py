"""Random sequences of pushes by two projects, of what people do on Grafana's pages, and of failures on the way.

After each step the promises of the design hold: a plan only reads; a second push writes nothing; only what is the
project's own is deleted; what somebody changed is overwritten only on request; what is others' stays as it is; the report
is what the server holds; and the mark is the digest of what was sent.
"""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from support.fault_proxy import SAFE

pytest.register_assert_rewrite("contract.grafana_rig")

from contract.grafana_rig import (  # noqa: E402  # its asserts are to be rewritten
    KINDS,
    STAGES,
    check_agreement,
    check_code,
    check_words,
    rig,
)  # fmt: skip
from provision.compile.dialect.grafana import canonical  # noqa: E402
from provision.compile.kinds import (  # noqa: E402
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)  # fmt: skip
from provision.model import Place, Resource, Verb, digest  # noqa: E402

EXAMPLES = int(os.environ.get("PUSH_EXAMPLES", "4"))
STEPS = 14
AT = "/api/v1/provisioning"
ALERTING = (LIBRARY_PANEL, TEMPLATE, MUTE_TIMING, CONTACT_POINT, POLICY, GRAFANA_RULE_GROUP)
UNIVERSE = [(FOLDER, "a"), (FOLDER, "b"), (DATASOURCE, "a"), *((DASHBOARD, name) for name in "abc")] + [
    (kind, "a") for kind in ALERTING
]
FAILURES = [
    "reset before", "reset after", "half an answer", "502 before", "502 after", "503 with Retry-After after",
    "database is locked after", "a login page before", "429 with Retry-After", "a redirect to log in",
]  # fmt: skip

versions = st.integers(1, 3)
places = st.sampled_from(["", "a", "b"])
changes = st.dictionaries(st.sampled_from(UNIVERSE), st.none() | st.tuples(versions, places), max_size=5)
"""What authors change before a push: a new version and place, or None for what they take out."""

failures = st.none() | st.tuples(
    st.sampled_from(FAILURES), st.integers(1, 8), st.sampled_from(["WRITE", "WRITE", "*"])
)


class Pushes(RuleBasedStateMachine):
    """One Grafana, two projects that want the same names, and people."""

    flavour = STAGES[0]

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.rig = self.stack.enter_context(rig(self.flavour))
        self.stage = self.rig.stage
        self.owners = (self.stage.owner, f"{self.stage.owner} of others")
        self.sources = {
            self.owners[0]: dict.fromkeys(UNIVERSE, (1, "a")),
            self.owners[1]: {(DASHBOARD, "c"): (2, ""), (TEMPLATE, "a"): (2, "")},
        }
        self.copies = {}
        self.count = 0

    def teardown(self):
        self.stack.close()

    @initialize()
    def one_that_nobody_manages(self):
        self.rig.somebody_elses()
        self.copies["theirs"] = self.stage.spec("theirs")

    # ── what projects do ─────────────────────────────────────────────────────

    @rule(
        number=st.sampled_from([0, 0, 0, 0, 0, 1]),
        changed=changes,
        prune=st.booleans(),
        how=st.sampled_from(["", "", "", "overwrite", "adopt"]),
        failure=failures,
    )
    def push(self, number, changed, prune, how, failure):
        owner = self.owners[number]
        self.sources[owner] |= changed
        desired = self.made({name: it for name, it in self.sources[owner].items() if it is not None})
        options = {"prune": prune, **({how: True} if how else {})}
        before, other = self.seen(owner), self.seen(self.owners[1 - number])
        self.rig.between.calm()
        if failure is not None:
            fault, nth, method = failure
            self.rig.between.trouble(method, ".", fault, nth=nth)
        run = self.rig.push(*desired, owner=owner, **options)
        sent = list(self.rig.between.requests)
        met = any(trouble.met for trouble in self.rig.between.troubles)
        after = self.seen(owner)
        check_words(run)
        check_agreement(run, before, after, owner)
        check_code(run, before, after)
        if run.error is None and not run.outcomes:
            assert [one for one in sent if one[0] not in SAFE] == []
        self.check_only_ours(before, after, run, owner, how, prune)
        self.check_others(other, self.seen(self.owners[1 - number]), run)
        if not met:
            left = [one for one in run.outcomes if one.status != "done" and not one.action.verb.stops]
            assert run.error is not None or not self.unexpected(left), run.said
        if how == "adopt":
            return  # what was taken over as it is, is a plain update now
        second = self.rig.push(*desired, owner=owner, **options)
        check_words(second)
        again = [one for one in second.outcomes if one.status != "done" and not one.action.verb.stops]
        assert second.error is not None or not self.unexpected(again), second.said
        self.rig.between.calm()
        third = self.rig.push(*desired, owner=owner, **options)
        assert str(third.error) == str(second.error)
        if third.error is None:
            assert not [one for one in third.outcomes if one.status == "done"], third.said
            if not again:
                assert self.rig.between.writes == [], third.said

    def unexpected(self, outcomes):
        """Those that failed for no reason that people on the server gave."""
        reasons = ("the folder still holds something", "still refers to it", "still sends to it", "shows it")
        return [
            one for one in outcomes
            if one.status != "skipped" and not any(reason in one.message for reason in reasons)
        ]  # fmt: skip

    def made(self, wanted):
        desk, found = self.rig.desk, []
        wanted = {name: it for name, it in wanted.items() if name[0] in self.rig.kinds}
        if (CONTACT_POINT, "a") not in wanted:
            wanted.pop((POLICY, "a"), None)
        for (kind, name), (version, place) in wanted.items():
            if kind == DASHBOARD:
                found.append(self.dashboard(name, version, place if (FOLDER, place) in wanted else ""))
            elif kind == POLICY:
                found.append(desk.policy(desk.route("a-contact", f"{version}")))
            else:
                found.append(KINDS[kind].make(desk, name, version))
            if kind == GRAFANA_RULE_GROUP:
                found.append(desk.folder("rules"))
        return found

    def dashboard(self, name, version, place):
        key, folder = self.stage.uid(f"{name}-dashboard"), place and self.stage.uid(f"{place}-folder")
        spec = {"uid": key, "title": f"{self.stage.prefix} {name} {version}", "panels": [], "schemaVersion": 42, "tags": []}  # fmt: skip
        body = canonical(DASHBOARD, {"folderUid": folder, "spec": spec})
        needs = ((FOLDER, folder),) if folder else ()
        return Resource(DASHBOARD, key, body, (Place(f"dashboards/{name}.py", 1),), needs)

    # ── what people do ───────────────────────────────────────────────────────

    @rule(what=st.integers(0, 9), name=st.sampled_from("abc"), place=places, number=st.integers(0, 3))
    def people(self, what, name, place, number):
        folder = "a" if name == "c" else name
        alerting = TEMPLATE in self.rig.kinds
        (
            lambda: self.edit_on_the_page(name),
            lambda: self.change_the_title_alone(name),
            lambda: self.save_over_the_classic_api(name, place),
            lambda: self.delete_a_dashboard(name),
            lambda: self.copy_a_dashboard(name),
            lambda: self.rename_a_folder(folder),
            lambda: self.point_the_data_source_elsewhere(7000 + number),
            self.delete_the_data_source,
            lambda: self.change_the_template(number == 0) if alerting else None,
            lambda: self.change_an_integration(f"x{number}") if alerting else None,
        )[what]()

    def edit_on_the_page(self, name):
        if self.there(name):
            self.stage.edit_in_ui(f"{name}-dashboard", self.title())

    def change_the_title_alone(self, name):
        if self.there(name):
            self.stage.save_title(f"{name}-dashboard", self.title())

    def save_over_the_classic_api(self, name, place):
        """Which drops the annotations, and moves it."""
        if self.there(name) and (not place or self.folder_there(place)):
            spec = self.stage.spec(f"{name}-dashboard") | {"title": self.title()}
            folder = place and self.stage.uid(f"{place}-folder")
            self.stage.ask("POST", "/api/dashboards/db", {"dashboard": spec, "folderUid": folder, "overwrite": True})  # fmt: skip

    def delete_a_dashboard(self, name):
        if self.there(name):
            self.stage.ask("DELETE", f"/api/dashboards/uid/{self.stage.uid(f'{name}-dashboard')}")

    def copy_a_dashboard(self, name):
        if self.there(name):
            self.count += 1
            key = f"copy{self.count}"
            spec = self.stage.spec(f"{name}-dashboard") | {"uid": self.stage.uid(key), "id": None, "title": self.title()}  # fmt: skip
            del spec["version"]
            self.stage.ask("POST", "/api/dashboards/db", {"dashboard": spec, "folderUid": ""})
            self.copies[key] = self.stage.spec(key)

    def rename_a_folder(self, name):
        if self.folder_there(name):
            self.stage.ask("PUT", f"/api/folders/{self.stage.uid(f'{name}-folder')}", {"title": self.title(), "overwrite": True})  # fmt: skip

    def point_the_data_source_elsewhere(self, port):
        path = f"/api/datasources/uid/{self.stage.uid('a-source')}"
        found = self.stage.ask("GET", path, expect=(200, 404))
        if "uid" in found:
            self.stage.ask("PUT", path, found | {"url": f"http://127.0.0.1:{port}"})

    def delete_the_data_source(self):
        path = f"/api/datasources/uid/{self.stage.uid('a-source')}"
        self.stage.ask("DELETE", path, expect=(200, 404))

    def change_the_template(self, gone):
        name = f"{self.stage.prefix} a-template"
        found = [one for one in self.stage.ask("GET", f"{AT}/templates") or () if one["name"] == name]
        path = f"{AT}/templates/{name}".replace(" ", "%20")
        if found and gone:
            self.stage.ask("DELETE", path, expect=(204,))
        elif found:
            text = f'{{{{ define "{name}" }}}}{self.title()}{{{{ end }}}}'
            self.stage.ask("PUT", path, {"template": text, "version": found[0]["version"]}, expect=(202,))

    def change_an_integration(self, path):
        name = f"{self.stage.prefix} a-contact"
        for one in self.stage.ask("GET", f"{AT}/contact-points"):
            if one["name"] == name and one["uid"].endswith("0"):
                one["settings"]["url"] = f"http://127.0.0.1:9/{path}"
                self.stage.ask("PUT", f"{AT}/contact-points/{one['uid']}", one, expect=(202,))

    # ── what is there, and what must hold ────────────────────────────────────

    def title(self):
        self.count += 1
        return f"{self.stage.prefix} by hand {self.count}"

    def there(self, name):
        path = f"/api/dashboards/uid/{self.stage.uid(f'{name}-dashboard')}"
        return "dashboard" in self.stage.ask("GET", path, expect=(200, 404))

    def folder_there(self, name):
        path = f"/api/folders/{self.stage.uid(f'{name}-folder')}"
        return "uid" in self.stage.ask("GET", path, expect=(200, 404))

    def seen(self, owner):
        """All that is there of the names that projects want, as this project sees it."""
        self.rig.between.calm()
        names = frozenset((one.kind, one.key) for one in self.made(dict.fromkeys(UNIVERSE, (1, ""))))
        found = self.rig.connect(owner=owner).read(names)
        return {(live.kind, live.key): live for live in found if (live.kind, live.key) in names}

    def check_only_ours(self, before, after, run, owner, how, prune):
        told = {(one.action.kind, one.action.key): one.action for one in run.outcomes}
        for name, was in before.items():
            now, action = after.get(name), told.get(name)
            ours = was.mark is not None and was.mark.owner == owner
            edited = ours and was.mark.base != digest(was.body)
            if now is None:
                assert ours, (name, was)
                assert prune
                assert not edited or how == "overwrite", (name, was)
                assert action is not None
                assert action.verb is Verb.DELETE
            elif now.body != was.body:
                assert (ours and not edited) or how == "overwrite", (name, was, now)
            elif now.mark != was.mark and not ours:
                assert how in ("overwrite", "adopt"), (name, was, now)

    def check_others(self, before, after, run):
        """What the other project sees is what it saw, but for what was said to be written."""
        told = {(one.action.kind, one.action.key) for one in run.outcomes if one.status != "skipped"}
        for name in before.keys() | after.keys():
            if name not in told or name[0] == POLICY:
                was, now = before.get(name), after.get(name)
                assert (was and was.body) == (now and now.body), (name, was, now)
        for key, spec in self.copies.items():
            assert self.stage.spec(key) == spec


class OnTheClassicApi(Pushes):
    flavour = STAGES[1]


class OnGrafana9(Pushes):
    flavour = STAGES[2]


# A sequence that fails is told as it was drawn: making it smaller would take minutes.
limits = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
for machine in (Pushes, OnTheClassicApi, OnGrafana9):
    machine.TestCase.settings = limits

TestPushes = Pushes.TestCase
TestPushesOnTheClassicApi = OnTheClassicApi.TestCase
TestPushesOnGrafana9 = OnGrafana9.TestCase
