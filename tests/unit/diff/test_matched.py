import pytest

from provision.diff import diff_definitions, diff_resources
from provision.model import Definition, Live, Place, Resource, encode


def definition(kind, key, body, path="rules/x.py", line=1):
    return Definition(kind, key, encode(body), Place(path, line))


def group(name, index, expr="up == 0", file="x.yml"):
    body = {"file": file, "index": index, "group": {"name": name, "rules": [{"alert": "Down", "expr": expr}]}}
    return definition("rule-group", f"{file}/{name}", body)


def route(number, receiver, *matchers, path="provisioning/x.py"):
    return definition("route", f"{path}#{number}", {"receiver": receiver, "matchers": list(matchers)})


def told(differences):
    return [
        (found.verb, found.title, [(change.path, change.before, change.after) for change in found.changes])
        for found in differences
    ]


def test_what_comes_goes_and_changes():
    before = [
        definition("folder", "traefik", {"uid": "traefik", "title": "Traefik", "parent": ""}),
        definition("dashboard", "a", {"folder": "", "spec": {"title": "A", "refresh": "30s"}}, line=3),
        definition("dashboard", "b", {"folder": "", "spec": {"title": "B"}}, line=4),
    ]
    after = [
        definition("dashboard", "c", {"folder": "", "spec": {"title": "C"}}, line=5),
        definition("dashboard", "a", {"folder": "", "spec": {"title": "A", "refresh": "1m"}}, line=9),
        before[0],
    ]
    found = diff_definitions(before, after)
    assert told(found) == [
        ("update", 'dashboard "A"', [("refresh", "30s", "1m")]),
        ("delete", 'dashboard "B"', []),
        ("create", 'dashboard "C"', []),
    ]
    assert [str(difference.place) for difference in found] == ["rules/x.py:9", "rules/x.py:4", "rules/x.py:5"]


def test_where_it_was_written_is_no_difference():
    assert diff_definitions([group("a", 0)], [group("a", 0)]) == ()
    moved = definition("folder", "x", {"title": "X"}, path="dashboards/x/other.py")
    assert diff_definitions([definition("folder", "x", {"title": "X"})], [moved]) == ()


def test_kinds_come_in_the_order_in_which_they_are_shown():
    after = [
        definition("receiver", "ops", {"name": "ops"}),
        definition("something-new", "x", {}),
        group("a", 0),
        definition("folder", "f", {"title": "F"}),
    ]
    assert [found.kind for found in diff_definitions([], after)] == [
        "folder",
        "rule-group",
        "receiver",
        "something-new",
    ]


def test_a_group_that_is_inserted_says_nothing_of_the_later_ones():
    before = [group("a", 0), group("b", 1)]
    after = [group("new", 0), group("a", 1), group("b", 2)]
    assert told(diff_definitions(before, after)) == [("create", 'rule group "new" in x.yml', [])]
    assert told(diff_definitions(after, before)) == [("delete", 'rule group "new" in x.yml', [])]


def test_groups_that_change_places_say_so():
    found = diff_definitions([group("a", 0), group("b", 1)], [group("a", 1), group("b", 0)])
    assert told(found) == [
        ("update", 'rule group "a" in x.yml', [("position in its file", 0, 1)]),
        ("update", 'rule group "b" in x.yml', [("position in its file", 1, 0)]),
    ]


def test_a_rule_changed_within_a_group_that_moved_down():
    found = diff_definitions([group("a", 0)], [group("new", 0), group("a", 1, expr="up == 1")])
    assert told(found) == [
        ("update", 'rule group "a" in x.yml', [("alert Down: expr", "up == 0", "up == 1")]),
        ("create", 'rule group "new" in x.yml', []),
    ]


def test_a_route_that_is_inserted_says_nothing_of_the_later_ones():
    before = [route(0, "ops", 'severity="page"'), route(1, "desk", 'severity="ticket"')]
    after = [
        route(0, "quiet", 'alertname="Watchdog"'),
        route(1, "ops", 'severity="page"'),
        route(2, "desk", 'severity="ticket"'),
    ]
    assert told(diff_definitions(before, after)) == [("create", 'route {alertname="Watchdog"}', [])]


def test_a_route_with_other_matchers_is_the_same_route():
    before = [route(0, "ops", 'severity="page"'), route(1, "desk", 'severity="ticket"')]
    after = [route(0, "ops", 'severity=~"page|critical"'), before[1]]
    assert told(diff_definitions(before, after)) == [
        (
            "update",
            'route {severity=~"page|critical"}',
            [("matchers", ['severity="page"'], ['severity=~"page|critical"'])],
        )
    ]


def test_routes_that_change_places_say_so():
    page, ticket = 'severity="page"', 'severity="ticket"'
    ((verb, title, ((path, before, after),)),) = told(
        diff_definitions(
            [route(0, "ops", page), route(1, "desk", ticket)],
            [route(0, "desk", ticket), route(1, "ops", page)],
        )
    )
    assert (verb, title, path) == ("update", "the routes", "in another order")
    assert before["order"] == list(reversed(after["order"])) == [f"route {{{page}}}", f"route {{{ticket}}}"]


def test_the_root_route_is_matched_by_its_key():
    before = definition("route", "root", {"receiver": "ops", "group_wait": "30s"})
    after = definition("route", "root", {"receiver": "ops", "group_wait": "10s"})
    assert told(diff_definitions([before], [after])) == [
        ("update", "root route", [("group_wait", "30s", "10s")])
    ]


def test_inhibitions_are_matched_by_what_they_say():
    def inhibit(number, equal):
        body = {
            "source_matchers": ['severity="page"'],
            "target_matchers": ['severity="ticket"'],
            "equal": equal,
        }
        return definition("inhibit", f"provisioning/x.py#{number}", body)

    title = 'inhibition of {severity="ticket"} by {severity="page"}'
    found = diff_definitions([inhibit(0, ["job"])], [inhibit(3, ["job", "instance"])])
    assert told(found) == [("update", title, [("equal", ["job"], ["job", "instance"])])]


def test_resources_against_what_is_live():
    desired = [
        Resource("folder", "f", encode({"title": "F", "parentUid": ""}), (Place("dashboards/f", None),)),
        Resource("rule-file", "x.yml", encode({"groups": []})),
    ]
    live = [
        Live("folder", "f", encode({"title": "Old", "parentUid": ""})),
        Live("rule-file", "y.yml", encode({"groups": []})),
    ]
    found = diff_resources(live, desired)
    assert told(found) == [
        ("update", 'folder "F"', [("title", "Old", "F")]),
        ("create", "rule file x.yml", []),
        ("delete", "rule file y.yml", []),
    ]
    assert [difference.place for difference in found] == [Place("dashboards/f"), None, None]


@pytest.mark.parametrize("kind", ["route", "inhibit", "rule-group"])
def test_the_same_definitions_do_not_differ(kind):
    made = {
        "route": [route(0, "ops", "a=b"), route(1, "ops", "a=b"), route(2, "desk")],
        "inhibit": [definition("inhibit", f"x#{n}", {"source_matchers": ["a=b"]}) for n in range(3)],
        "rule-group": [group("a", 3), group("b", 5), group("a", 0, file="y.yml")],
    }[kind]
    assert diff_definitions(made, list(reversed(made))) == ()
