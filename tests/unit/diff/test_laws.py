"""What holds for every pair of bodies, whatever they hold."""

import copy
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from provision.diff import diff_bodies
from provision.model import encode

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 0.2, 2.5]) | st.sampled_from(
    ["", "a", "b", "A", "prometheus", "s", "null", "up == 0"]
)  # fmt: skip
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "id", "x.y", "name", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)


class Absent:
    """Stands for a field that an object doesn't have."""


def record(**fields):
    """An object in which any field may be missing, null, or something else altogether, but seldom is."""
    strategies = {
        name: st.integers(0, 19).flatmap(
            lambda chance, value=value: st.just(Absent) if chance == 0 else PLAIN if chance == 1 else value
        )
        for name, value in fields.items()
    }
    return st.fixed_dictionaries(strategies).map(
        lambda found: {name: value for name, value in found.items() if value is not Absent}
    )


def listed(item, most=4):
    return st.lists(item, min_size=1, max_size=most) | st.lists(item, max_size=most) | st.none()


TITLES = st.sampled_from(["Errors", "Latency", "Errors by service", ""])
QUERY = record(
    refId=st.sampled_from("ABC"), expr=st.sampled_from(["up", "rate(x[5m])", "sum(y)"]), hide=st.booleans()
)
STEP = record(color=st.sampled_from(["green", "red"]), value=st.none() | st.sampled_from([0, 1, 0.5]))
OVERRIDE = record(
    matcher=record(id=st.just("byName"), options=st.sampled_from(["5xx", "2xx"])),
    properties=listed(record(id=st.sampled_from(["unit", "color"]), value=PLAIN), 2),
)
DEFAULTS = record(
    unit=st.sampled_from(["s", "ms"]), custom=PLAIN, links=listed(record(title=TITLES, url=SCALARS), 2),
    thresholds=record(mode=st.just("absolute"), steps=listed(STEP)),
)  # fmt: skip
PLACE = record(
    x=st.sampled_from([0, 12]),
    y=st.integers(0, 3).map(lambda row: row * 8),
    w=st.just(12),
    h=st.sampled_from([8, 4]),
)
PANEL = record(
    id=st.integers(1, 4), title=TITLES, type=st.sampled_from(["timeseries", "stat", "row"]), gridPos=PLACE,
    targets=listed(QUERY, 3), fieldConfig=record(defaults=DEFAULTS, overrides=listed(OVERRIDE, 2)),
    transformations=listed(record(id=st.sampled_from(["organize", "merge"]), options=PLAIN), 2), options=PLAIN,
)  # fmt: skip
ROW = record(
    title=TITLES, type=st.just("row"), collapsed=st.booleans(), panels=listed(PANEL, 3), gridPos=PLACE
)
SPEC = record(
    title=TITLES, panels=listed(PANEL | ROW, 6), rows=listed(ROW, 2), tags=st.lists(st.sampled_from("ab"), max_size=2),
    templating=record(list=listed(record(name=st.sampled_from(["job", "service"]), query=SCALARS), 3)),
    annotations=record(list=listed(record(name=TITLES, expr=SCALARS), 2)), links=listed(record(title=TITLES, url=SCALARS), 2),
)  # fmt: skip
NAMES = st.dictionaries(st.sampled_from(["severity", "team"]), st.sampled_from(["page", "ticket"]))
RULE = record(
    alert=st.sampled_from(["Down", "Slow"]),
    expr=st.sampled_from(["up == 0", "x > 1"]),
    labels=NAMES,
    annotations=NAMES,
) | record(record=st.sampled_from(["job:x:rate5m"]), expr=st.sampled_from(["up == 0", "sum(x)"]))
GROUP = record(name=st.sampled_from(["a", "b"]), rules=listed(RULE), interval=st.just("30s"), labels=NAMES)
MATCHERS = st.lists(st.sampled_from(['severity="page"', 'team="a"']), max_size=2)
LEAF_ROUTE = record(receiver=st.sampled_from(["ops", "dev"]), matchers=MATCHERS, match=NAMES)
ROUTE = record(receiver=st.sampled_from(["ops", "dev"]), matchers=MATCHERS, routes=listed(LEAF_ROUTE, 3))
ALERTMANAGER = record(
    route=ROUTE, receivers=listed(record(name=st.sampled_from(["ops", "dev"]), email_configs=PLAIN), 3),
    inhibit_rules=listed(record(source_matchers=MATCHERS, target_matchers=MATCHERS, equal=PLAIN), 2),
    time_intervals=listed(record(name=st.sampled_from("ab"), time_intervals=PLAIN), 2),
)  # fmt: skip
PROMETHEUS = record(
    scrape_configs=listed(record(job_name=st.sampled_from("ab"), static_configs=PLAIN), 3), rule_files=PLAIN
)
SECURE = st.dictionaries(
    st.sampled_from("ab"), record(source=st.just("env"), name=st.sampled_from("XY")), max_size=2
)
BODIES = {
    "dashboard": record(folder=st.sampled_from(["", "traefik"]), spec=SPEC),
    "rule-group": record(file=st.just("a.yml"), index=st.integers(0, 2), group=GROUP),
    "rule-file": record(groups=listed(GROUP, 3)),
    "route": ROUTE,
    "alertmanager-config": ALERTMANAGER,
    "prometheus-config": PROMETHEUS,
    "datasource": record(name=st.just("p"), jsonData=PLAIN, secure=SECURE),
    "folder": record(title=TITLES, parentUid=st.sampled_from(["", "x"])),
    "something else": PLAIN,
}


def edited(value, random):
    """A copy with a few random edits: leaves, fields and items changed, dropped, doubled or put elsewhere."""
    if isinstance(value, dict):
        kept = {key: edited(item, random) for key, item in value.items() if random.random() > 0.02}
        return {**kept, "new": 1} if random.random() < 0.01 else kept
    if isinstance(value, list):
        kept = [edited(item, random) for item in value if random.random() > 0.1]
        if kept and random.random() < 0.2:
            kept.insert(random.randrange(len(kept) + 1), edited(random.choice(kept), random))
        if random.random() < 0.1:
            random.shuffle(kept)
        return kept
    return random.choice([value] * 12 + ["edited", None, 7, {}, [], 1.0])


@st.composite
def pairs(draw):
    kind = draw(st.sampled_from(sorted(BODIES)))
    before = draw(BODIES[kind])
    if draw(st.booleans()):
        return kind, before, draw(BODIES[kind])
    return kind, before, edited(before, draw(st.randoms(use_true_random=False)))


KIND_AND_PAIR = pairs()
LAW = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@LAW
@given(KIND_AND_PAIR)
def test_no_change_is_lost_and_none_is_made_up(pair):
    kind, before, after = pair[0], encode(pair[1]), encode(pair[2])
    changes = diff_bodies(kind, before, after)
    assert bool(changes) == (before != after)
    for found in changes:
        assert found.path
        assert encode(found.before) != encode(found.after)
    assert diff_bodies(kind, before, before) == ()


def pairs_of(changes):
    """The single values that changed, without the names they have: what must be the same both ways."""
    found = Counter()

    def walk(before, after):
        if isinstance(before, dict) and isinstance(after, dict):
            for key in before.keys() | after.keys():
                walk(before.get(key), after.get(key))
        elif (
            isinstance(before, dict | list)
            or isinstance(after, dict | list)
            or encode(before) != encode(after)
        ):
            found[encode(before), encode(after)] += 1

    for change in changes:
        walk(change.before, change.after)
    return found


def sound(value):
    """Whether panels are lists of objects and their ids are numbers, as in any dashboard that Grafana shows. In a
    damaged one two panels may be equally like a third, and which of them is paired may depend on the direction;
    that no change is lost holds there too."""
    if isinstance(value, list):
        return all(map(sound, value))
    if not isinstance(value, dict):
        return True
    lists = all(
        isinstance(value.get(key, []), list) and all(isinstance(item, dict) for item in value.get(key, []))
        for key in ("panels", "rows", "targets")
    )
    titled = all(
        isinstance(item.get("title", ""), str) and isinstance(item.get("id", 0), int) and "new" not in item
        for key in ("panels", "rows")
        for item in (value.get(key) or [] if lists else [])
    )
    return lists and titled and all(map(sound, value.values()))


@LAW
@given(KIND_AND_PAIR)
def test_the_other_way_round_is_the_mirror_image(pair):
    assume(sound(pair[1]) and sound(pair[2]))
    kind, before, after = pair[0], encode(pair[1]), encode(pair[2])
    there, back = diff_bodies(kind, before, after), diff_bodies(kind, after, before)
    assert len(there) == len(back)
    assert pairs_of(there) == Counter({(new, old): count for (old, new), count in pairs_of(back).items()})


def leaf_pointers(value, pointer=()):
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in leaf_pointers(item, (*pointer, key))]
    if isinstance(value, list):
        return [found for key, item in enumerate(value) for found in leaf_pointers(item, (*pointer, key))]
    return [pointer]


def put(value, pointer, leaf):
    *way, last = pointer
    for key in way:
        value = value[key]
    value[last] = leaf


EDITS = st.lists(st.integers(0, 10_000), min_size=1, max_size=12, unique=True)


@LAW
@given(
    st.sampled_from(sorted(set(BODIES) - {"something else"})).flatmap(
        lambda kind: st.tuples(st.just(kind), BODIES[kind])
    ),
    EDITS,
)
def test_every_leaf_that_is_edited_shows_up(pair, edits):
    kind, before = pair
    pointers = leaf_pointers(before)
    if not pointers or pointers == [()]:
        return
    after = copy.deepcopy(before)
    edited = {pointers[edit % len(pointers)] for edit in edits}
    for number, pointer in enumerate(sorted(edited, key=repr)):
        put(after, pointer, f"edited {number} was here")
    told = json.dumps(
        [[found.path, found.after] for found in diff_bodies(kind, encode(before), encode(after))]
    )
    for number in range(len(edited)):
        assert f"edited {number} was here" in told


@pytest.mark.parametrize("value", [{"a": None}, {"a": 1}, [], [None], 1, 1.0, "", None, {"a": {}}])
@pytest.mark.parametrize("other", [{}, {"a": 1.0}, [[]], [0], True, 0, "1", False, {"a": []}])
def test_what_python_takes_for_the_same_is_told_apart(value, other):
    assert diff_bodies("x", encode(value), encode(other))
    assert diff_bodies("dashboard", encode({"spec": {"x": value}}), encode({"spec": {"x": other}}))


@LAW
@given(
    st.lists(st.sampled_from(["a\n", "b\n", "c", "\n", "password: x\n"])),
    st.lists(st.sampled_from(["a\n", "b\n", "c\n", "x\r\n"])),
)
def test_files(before, after):
    left, right = "".join(before).encode(), "".join(after).encode()
    there, back = diff_bodies("file", left, right), diff_bodies("file", right, left)
    assert bool(there) == (left != right)
    assert [(found.after, found.before) for found in there] == [(found.before, found.after) for found in back]
