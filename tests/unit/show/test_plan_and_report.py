import json

import click
import pytest

from provision.model import Action, Live, Outcome, Place, Plan, Resource, Verb, encode
from provision.show.plan import plan_json, plan_summary, plan_text, plans_json
from provision.show.report import (
    report_json,
    report_summary,
    report_text,
    reports_json,
    took_text,
    what_to_do,
)


def dashboard(refresh, folder="traefik"):
    return encode({"folderUid": folder, "spec": {"title": "SLA", "refresh": refresh}})


def resource(kind, key, body):
    return Resource(kind, key, body, (Place("dashboards/traefik/sla.py", 4),))


def action(verb, kind="dashboard", key="sla", desired=None, live=None, reason=""):
    return Action(
        verb, kind, key, None if desired is None else resource(kind, key, desired),
        None if live is None else Live(kind, key, live), reason,
    )  # fmt: skip


FOLDER = action(Verb.CREATE, "folder", "traefik", encode({"title": "Traefik", "parentUid": ""}))
CREATE = action(Verb.CREATE, desired=dashboard("1m"))
UPDATE = action(Verb.UPDATE, desired=dashboard("1m"), live=dashboard("30s"))
KEEP = action(Verb.KEEP, desired=dashboard("1m"), live=dashboard("1m"))
DELETE = action(Verb.DELETE, live=dashboard("1m", folder=""))
ADOPT = action(Verb.ADOPT, desired=dashboard("1m"), live=dashboard("1m"))
CONFLICT = action(
    Verb.CONFLICT,
    desired=dashboard("1m"),
    live=dashboard("5s"),
    reason="it was changed on the server since the last push",
)
FOREIGN = action(Verb.FOREIGN, desired=dashboard("1m"), live=dashboard("5s"), reason="it belongs to 'other'")
SECRET = action(
    Verb.UPDATE, "datasource", "p",
    encode({"name": "P", "url": "http://u:t0psecret@p", "secure": {"password": {"source": "env", "name": "PW"}}}),
    encode({"name": "P", "url": "http://u:0ther@p", "password": "t0psecret"}),
)  # fmt: skip


def plan(*actions):
    return Plan("grafana http://127.0.0.1:3000", "reference", actions)


def text(*actions):
    return click.unstyle(plan_text(plan(*actions))).split("\n")


def test_a_plan_as_text():
    assert text(FOLDER, UPDATE, KEEP, DELETE) == [
        "grafana http://127.0.0.1:3000",
        '  + folder "Traefik"  dashboards/traefik/sla.py:4',
        '  ~ dashboard "SLA" in folder "Traefik"  dashboards/traefik/sla.py:4',
        "      ~ refresh: 30s → 1m",
        '  − dashboard "SLA"',
        "Plan: 1 to create, 1 to update, 1 to delete, 1 unchanged",
    ]


def test_a_folder_that_the_plan_does_not_hold():
    assert text(CREATE)[1] == '  + dashboard "SLA" in folder traefik  dashboards/traefik/sla.py:4'


def test_what_is_kept_is_only_counted():
    assert text(KEEP, KEEP) == ["grafana http://127.0.0.1:3000", "Plan: nothing to do, 2 unchanged"]


@pytest.mark.parametrize(
    ("stop", "remedy"),
    [
        (CONFLICT, "take the edit into the sources with provision pull sla"),
        (FOREIGN, "give yours another uid or name"),
    ],
)
def test_what_stops_shows_both_sides_and_what_to_do(stop, remedy):
    lines = text(stop)
    assert lines[1].startswith(f'  ! dashboard "SLA" in folder traefik: {stop.reason}')
    assert lines[2:4] == ["      on the server → in the sources", "      ~ refresh: 5s → 1m"]
    assert lines[4].startswith(f"      What to do: {remedy}")
    assert "--overwrite" in lines[4]


def test_what_is_taken_over():
    assert text(ADOPT)[1:] == [
        '  + dashboard "SLA" in folder traefik  dashboards/traefik/sla.py:4',
        "Plan: 1 to take over, 0 unchanged",
    ]


def test_the_summary():
    every = plan(FOLDER, CREATE, UPDATE, DELETE, ADOPT, CONFLICT, FOREIGN, KEEP)
    assert plan_summary(every) == (
        "2 to create, 1 to update, 1 to delete, 1 to take over, 1 in conflict, 1 not ours, 1 unchanged"
    )


@pytest.mark.parametrize("render", [plan_text, plan_json])
def test_no_secret_is_in_a_plan(render):
    told = render(plan(SECRET, CONFLICT))
    assert "t0psecret" not in told
    assert "0ther" not in told
    assert "(secret)" in told


def test_a_plan_as_json():
    document = json.loads(plans_json([plan(FOLDER, UPDATE, KEEP), plan(CONFLICT)]))
    assert document["format"] == "provision.plan/1"
    first, second = document["plans"]
    assert (first["target"], first["owner"]) == ("grafana http://127.0.0.1:3000", "reference")
    assert first["summary"] == {
        "keep": 1, "create": 1, "update": 1, "delete": 0, "adopt": 0, "conflict": 0, "foreign": 0
    }  # fmt: skip
    machines = (
        "needs",
        "before",
        "after",
        "concealed",
        "digest",
        "live",
        "applied",
        "edits",
    )  # see test_planfile
    assert {name: value for name, value in first["actions"][1].items() if name not in machines} == {
        "verb": "update",
        "kind": "dashboard",
        "key": "sla",
        "title": 'dashboard "SLA"',
        "folder": 'folder "Traefik"',
        "places": ["dashboards/traefik/sla.py:4"],
        "reason": None,
        "remedy": None,
        "changes": [{"path": "refresh", "before": "30s", "after": "1m"}],
    }
    assert first["actions"][0]["changes"] == []
    assert [found["verb"] for found in first["actions"]] == ["create", "update"]
    assert second["actions"][0]["reason"] == CONFLICT.reason
    assert "--overwrite" in second["actions"][0]["remedy"]


# ── reports ──────────────────────────────────────────────────────────────────
URL = "http://127.0.0.1:3000/d/sla"


def report(*outcomes, kept=()):
    made = plan(*(outcome.action for outcome in outcomes), *kept)
    return click.unstyle(report_text(made, outcomes)).split("\n")


def test_a_report_as_text():
    outcomes = (Outcome(FOLDER, "done", seconds=0.021), Outcome(UPDATE, "done", url=URL, seconds=0.123))
    assert report(*outcomes, kept=[KEEP]) == [
        "grafana http://127.0.0.1:3000",
        '  ✓ created folder "Traefik" 0.02 s',
        '  ✓ updated dashboard "SLA" in folder "Traefik" 0.12 s',
        f"      {URL}",
        "Done: 1 created, 1 updated, 1 unchanged",
    ]


def test_what_failed_says_why_and_what_to_do():
    outcomes = (
        Outcome(DELETE, "failed", "the server answered 500"),
        Outcome(UPDATE, "skipped", "it needs folder x"),
    )
    assert report(*outcomes) == [
        "grafana http://127.0.0.1:3000",
        '  ✗ failed dashboard "SLA": the server answered 500',
        "      What to do: mend what the message names, then push again",
        '  · skipped dashboard "SLA" in folder traefik: it needs folder x',
        "Not all was done: 1 failed, 1 skipped, 0 unchanged",
        "What to do: mend what failed and push again.",
    ]


def test_what_was_done_is_not_written_a_second_time():
    lines = report(Outcome(UPDATE, "done"), Outcome(DELETE, "failed", "the server answered 500"))
    assert (
        lines[-1] == "What to do: mend what failed and push again; what is done is not written a second time."
    )


def test_many_that_were_skipped_for_one_reason_are_counted():
    why = "interrupted before it was begun"
    lines = report(Outcome(UPDATE, "done"), *[Outcome(UPDATE, "skipped", why)] * 10)
    assert [line for line in lines if why in line] == [
        f'  · skipped dashboard "SLA" in folder traefik: {why}'
    ] * 10
    lines = report(
        Outcome(UPDATE, "done"), *[Outcome(UPDATE, "skipped", why)] * 11, Outcome(DELETE, "skipped", "x")
    )
    assert lines[2:] == [
        *[f'  · skipped dashboard "SLA" in folder traefik: {why}'] * 3,
        f"  · skipped 8 more: {why}",
        '  · skipped dashboard "SLA": x',
        "Not all was done: 1 updated, 12 skipped, 0 unchanged",
        "What to do: push again when nothing stands in the way; what is done is not written a second time.",
    ]


def test_each_that_stopped_is_told_of():
    lines = report(*[Outcome(FOREIGN, "skipped", FOREIGN.reason)] * 12)
    assert len([line for line in lines if "belongs to 'other'" in line]) == 12


def test_what_stopped_says_what_to_do():
    lines = report(Outcome(FOREIGN, "skipped", FOREIGN.reason))
    assert lines[1] == "  · skipped dashboard \"SLA\" in folder traefik: it belongs to 'other'"
    assert lines[2].startswith("      What to do: give yours another uid or name")
    assert lines[3:] == ["Not all was done: 1 skipped, 0 unchanged"]


def test_what_was_undone_and_what_was_taken_over():
    lines = report(Outcome(UPDATE, "undone", "put back"), Outcome(ADOPT, "done"), Outcome(DELETE, "done"))
    assert '  · undone dashboard "SLA" in folder traefik: put back' in lines
    assert '  ✓ taken over dashboard "SLA" in folder traefik' in lines
    assert '  ✓ deleted dashboard "SLA"' in lines


def test_nothing_to_do():
    assert report_summary([(plan(KEEP), ())]) == "nothing to do, 1 unchanged"


def test_a_report_as_json():
    outcomes = (Outcome(UPDATE, "done", url=URL, seconds=0.12345), Outcome(DELETE, "failed", "no"))
    made = plan(UPDATE, DELETE, KEEP)
    document = json.loads(report_json(made, outcomes))
    assert document == json.loads(reports_json([(made, outcomes)]))
    assert document["format"] == "provision.report/1"
    (found,) = document["reports"]
    assert found["summary"] == {"done": 1, "failed": 1, "skipped": 0, "undone": 0, "kept": 1}
    assert found["outcomes"][0] == {
        "verb": "update", "kind": "dashboard", "key": "sla", "title": 'dashboard "SLA"', "folder": "folder traefik",
        "places": ["dashboards/traefik/sla.py:4"], "reason": None, "status": "done", "message": None, "remedy": None, "url": URL,
        "seconds": 0.123,
    }  # fmt: skip
    assert found["outcomes"][1]["message"] == "no"
    assert found["outcomes"][1]["remedy"] == "mend what the message names, then push again"
    assert json.loads(reports_json([(made, outcomes)], 3.14159))["seconds"] == 3.142


@pytest.mark.parametrize(
    ("outcome", "remedy"),
    [
        (Outcome(UPDATE, "done"), ""),
        (Outcome(UPDATE, "failed", "its name is taken; rename it", remedy="rename it"), "rename it"),
        (Outcome(UPDATE, "failed", "lost", left_behind=True), "look at it on the server, then plan again"),
        (Outcome(UPDATE, "skipped", "interrupted"), "push again when what kept it is mended"),
        (Outcome(UPDATE, "undone", "put back"), "push again when what failed is mended"),
    ],
)
def test_what_can_be_done_about_an_outcome(outcome, remedy):
    assert what_to_do(outcome) == remedy
    text = "\n".join(report(outcome))
    assert text.count(remedy or "What to do") == (1 if remedy and outcome.status == "failed" else 0)


def test_how_long_it_took_is_said_to_those_who_had_to_wait():
    assert took_text(0.99) == ""
    assert took_text(61.26) == "It took 61.3 s."


def test_what_the_sources_no_longer_define_is_named_and_left():
    left = Live("dashboard", "old", encode({"folderUid": "", "spec": {"title": "Old"}}))
    plan = Plan("grafana http://g", "shop", (), (left,))
    assert click.unstyle(plan_text(plan)).splitlines() == [
        "grafana http://g",
        '  · dashboard "Old": no longer in the sources; it is left as it is, --prune deletes it',
        "Plan: nothing to do, 0 unchanged",
    ]
    assert json.loads(plans_json([plan]))["plans"][0]["left"] == [
        {"kind": "dashboard", "key": "old", "title": 'dashboard "Old"'}
    ]


def test_titles_that_several_have_get_their_keys():
    twin = action(Verb.CREATE, key="sla-2", desired=dashboard("1m", folder=""))
    gone = Live("dashboard", "sla-old", dashboard("1m"))
    shown = Plan("grafana http://127.0.0.1:3000", "reference", (FOLDER, CREATE, twin, KEEP), (gone,))
    assert [
        line.partition("  dashboards/")[0] for line in click.unstyle(plan_text(shown)).split("\n")[1:5]
    ] == [
        '  + folder "Traefik"',
        '  + dashboard "SLA" (sla) in folder "Traefik"',
        '  + dashboard "SLA" (sla-2)',
        '  · dashboard "SLA" (sla-old): no longer in the sources; it is left as it is, --prune deletes it',
    ]
    told = report_text(shown, [Outcome(CREATE, "done"), Outcome(twin, "failed", "no")])
    assert click.unstyle(told).split("\n")[1:3] == [
        '  ✓ created dashboard "SLA" (sla) in folder "Traefik"',
        '  ✗ failed dashboard "SLA" (sla-2): no',
    ]
    assert json.loads(plan_json(shown))["plans"][0]["actions"][1]["title"] == 'dashboard "SLA"'
