"""What is said of the labels of results is what a real Prometheus returns, whatever the expression."""

from __future__ import annotations

import json
import random
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provision.promql.branches import Branch, branches
from provision.promql.facts import facts
from provision.promql.matching import is_matched, mismatch
from provision.promql.nodes import Operation
from provision.promql.written import written
from support import servers

LABELS = ("job", "instance", "code", "none")
METRICS = ("a_total", "b_total", "c", "d")
Result = list[dict[str, str]]
Ask = Callable[[str], Result | None]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a Prometheus that holds some series for the labels of an expression's result; None when it refuses."""
    folder = tmp_path_factory.mktemp("prometheus")
    now = int(time.time()) - 60
    (folder / "samples").write_text(samples(now))
    made = subprocess.run(
        [servers.require("promtool"), "tsdb", "create-blocks-from", "openmetrics", "samples", "data"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr

    with servers.prometheus(folder) as url:

        def labels(expr: str) -> Result | None:
            asked = urllib.parse.urlencode({"query": expr, "time": now})
            try:
                with urllib.request.urlopen(f"{url}/api/v1/query?{asked}", timeout=10) as answer:
                    data: dict[str, Any] = json.load(answer)["data"]
            except urllib.error.HTTPError as refused:
                if "parse error" in refused.read().decode():
                    raise
                return None
            found = [series["metric"] for series in data["result"]] if data["resultType"] == "vector" else []
            return [{name: value for name, value in each.items() if name != "__name__"} for each in found]

        assert labels("a_total")
        yield labels


def samples(until: int) -> str:
    """Ten minutes of some series with other labels each."""
    chosen = random.Random(3)
    lines = []
    for metric in METRICS:
        lines.append(f"# TYPE {metric.removesuffix('_total')} {'counter' if '_' in metric else 'gauge'}")
        for job, instance, code in (
            ("x", "1", "200"),
            ("x", "2", "500"),
            ("y", "1", "200"),
            ("y", "1", "500"),
        ):
            more = "" if metric == "d" else f',code="{code}"'
            if metric == "d" and code == "500":
                continue
            value = 0
            for at in range(until - 600, until + 1, 20):
                value = value + chosen.choice((0, 1, 3)) if "_" in metric else chosen.choice((0, 1, 2, 5))
                lines.append(f'{metric}{{job="{job}",instance="{instance}"{more}}} {value} {at}')
    return "\n".join((*lines, "# EOF", ""))


names = st.lists(st.sampled_from(LABELS), max_size=3, unique=True)
matchers = st.lists(
    st.tuples(
        st.sampled_from(LABELS),
        st.sampled_from(
            ('="x"', '="1"', '="200"', '=""', '!=""', '=~"x|1"', '=~".*"', '!="x"', '=~".+"', '!~"y|2"')
        ),
    ).map("".join),
    max_size=2,
)
selectors = st.tuples(st.sampled_from(METRICS), matchers).map(
    lambda each: f"{each[0]}{{{','.join(each[1])}}}"
)
leaves = st.one_of(
    selectors,
    st.tuples(
        st.sampled_from(("rate", "increase", "max_over_time", "count_over_time", "changes")), selectors
    ).map(lambda each: f"{each[0]}({each[1]}[5m])"),
    st.just("vector(1)"),
)


@st.composite
def operations(draw: st.DrawFn, operands: st.SearchStrategy[str]) -> str:
    left, right = draw(operands), draw(operands)
    operator = draw(st.sampled_from(("+", "/", "*", ">", "==", "and", "unless", "or")))
    matching = draw(st.sampled_from(("", "on", "ignoring")))
    if not matching:
        return f"({left}) {operator} ({right})"
    listed = draw(names)
    group = ""
    if operator not in ("and", "unless", "or") and draw(st.booleans()):
        included = [each for each in draw(names) if matching == "ignoring" or each not in listed][:1]
        group = f"{draw(st.sampled_from(('group_left', 'group_right')))} ({', '.join(included)})"
    return f"({left}) {operator} {matching} ({', '.join(listed)}) {group} ({right})"


def deeper(operands: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        operations(operands),
        st.tuples(
            st.sampled_from(("sum", "max", "avg", "count", "group")),
            st.sampled_from(("by", "without")),
            names,
            operands,
        ).map(lambda each: f"{each[0]} {each[1]} ({', '.join(each[2])}) ({each[3]})"),
        operands.map(lambda each: f"topk(2, {each})"),
        operands.map(lambda each: f"absent({each})"),
        operands.map(lambda each: f"-({each})"),
        operands.map(lambda each: f"max_over_time(({each})[2m:1m])"),
        st.tuples(operands, st.sampled_from(("+ 1", "> 1", "> bool 1", "* 0"))).map(
            lambda each: f"({each[0]}) {each[1]}"
        ),
        st.tuples(operands, *[st.sampled_from(LABELS)] * 2, st.sampled_from(("$1", "k", ""))).map(
            lambda each: f'label_replace({each[0]}, "{each[1]}", "{each[3]}", "{each[2]}", "(.*)")'
        ),
        st.tuples(st.sampled_from(LABELS), operands).map(
            lambda each: f'count_values("{each[0]}", {each[1]})'
        ),
    )


def fits(series: dict[str, str], branch: Branch) -> bool:
    labels = branch.labels
    return (
        labels.certain <= series.keys()
        and all(map(labels.may_have, series))
        and all(series.get(label) == value for label, value in labels.values.items())
    )


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(leaves, deeper, max_leaves=6))
@example('absent(a_total{instance!="",instance="x"})')
@example('absent(a_total{instance="x",instance!=""})')
@example('absent(a_total{instance="x",instance="x",job="y",code=""})')
def test_the_labels_of_results_are_those_that_a_prometheus_returns(ask: Ask, expr: str) -> None:
    found = facts(expr)
    assert found is not None
    result = ask(expr)
    if result is None:
        return  # it is PromQL, but several series match
    told = branches(found.root)
    assert [series for series in result if not any(fits(series, branch) for branch in told)] == []
    assert result or not any(branch.is_always for branch in told)
    for operation in found.operations:
        if is_matched(operation):
            never_matched(ask, operation)


def never_matched(ask: Ask, operation: Operation) -> None:
    found = mismatch(operation)
    if found is None or not found.is_certain or operation.operator == "or":
        return
    result = ask(written(operation))
    if operation.operator == "unless":
        kept = ask(written(operation.left))
        assert result is None or kept is None or len(result) == len(kept)
    else:
        assert not result
