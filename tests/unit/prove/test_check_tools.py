"""promtool and amtool: when they decide, and what becomes of what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import UsageError
from provision.project import Project
from provision.prove.check.tools import Tools, available
from support.checking import dashboard, found, group, other, panel, told
from support.programs import fake
from support.servers import require


@pytest.fixture
def tools_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's `.tools/`; the PATH has none."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    for name in ("promtool", "amtool"):
        if (Path("/usr/bin") / name).exists():
            pytest.skip("this machine has its own tools in /usr/bin")
    return tmp_path / ".tools"


def project(folder: Path, **settings: str) -> Project:
    return Project(root=folder, name="test", settings=settings)


def test_without_tools_ours_decide(tools_dir: Path) -> None:
    assert available(project(tools_dir.parent)) == Tools(
        promql="the built-in parser (no promtool on the PATH or in .tools)",
        routing="the built-in checks (no amtool on the PATH or in .tools)",
    )


@pytest.mark.parametrize(
    ("version", "environment", "decides", "says"),
    [
        ("3.14.0", "", True, "promtool 3.14"),
        ("2.53.1", "2.53", True, "promtool 2.53.1"),
        ("2.42.0", "2.42.5", True, "promtool 2.42"),
        ("2.42.0+ds", "2.53", False, "the built-in parser (promtool 2.42 is older than Prometheus 2.53)"),
        ("2.42.0", "", False, "the built-in parser (promtool 2.42 is older than Prometheus 3.14)"),
        ("", "", True, "promtool of a version it doesn't tell"),
    ],
)
def test_a_tool_that_is_new_enough_decides(
    version: str, environment: str, decides: bool, says: str, tools_dir: Path
) -> None:
    tool = fake(tools_dir / "promtool", version=version)
    tools = available(project(tools_dir.parent, prometheus_version=environment))
    assert (tools.promtool, tools.promql) == (tool if decides else None, says)


def test_amtool_decides_in_the_same_way(tools_dir: Path) -> None:
    tool = fake(tools_dir / "amtool", version="0.25.0")
    assert available(project(tools_dir.parent)).routing == (
        "the built-in checks (amtool 0.25 is older than Alertmanager 0.33)"
    )
    assert available(project(tools_dir.parent, alertmanager_version="0.25")).amtool == tool


def test_a_tool_that_does_not_run_does_not_decide(tools_dir: Path) -> None:
    tools_dir.mkdir()
    (tools_dir / "promtool").write_text("#!/bin/sh\nexit 1\n")
    (tools_dir / "promtool").chmod(0o755)
    tools = available(project(tools_dir.parent))
    assert tools.promtool is None
    assert "isn't a promtool that runs" in tools.promql


def test_a_version_that_is_none_is_wrong_usage(tools_dir: Path) -> None:
    with pytest.raises(UsageError):
        available(project(tools_dir.parent, prometheus_version="new"))


RULES = (
    group(
        {"alert": "Good", "expr": "up", "annotations": {"summary": "{{ $labels.job }}"}},
        {"alert": "Bad", "expr": "up", "annotations": {"summary": "{{ $label.job }}"}},
    ),
    group({"record": "a", "expr": "rate(up)"}, name="other", index=1),
)


def promtool() -> Tools:
    return Tools(promtool=require("promtool"))


def test_promtool_sees_templates_and_is_not_heard_twice() -> None:
    said = told(*RULES, tools=promtool(), ids={"promql", "promtool", "alerts-template"})
    assert [(id_, subject) for id_, subject, _ in said] == [
        ("alerts-template", 'rule group "shop", alert "Bad"'),
        ("promql", 'rule group "other", record "a"'),
    ]


def test_promtool_says_nothing_more_of_a_file_that_has_no_form() -> None:
    assert {id_ for id_, _, _ in told(group({"record": "a", "exp": "up"}), tools=promtool())} == {"schema"}


def test_promtool_reads_any_character() -> None:
    texts = "".join(chr(code) for code in (*range(32, 0x250), 0xFEFF, 0xFFFE, 0x1F600, 0x2028))
    rule = {"alert": "A", "expr": "up", "annotations": {"summary": texts.replace("{", "")}}
    assert told(group(rule), tools=promtool()) == []


def test_promtool_checks_the_configuration() -> None:
    job = other("scrape-config", "shop", job_name="shop", static_configs=[{"targets": ["a"]}])
    assert told(job, tools=promtool()) == []
    wrong = other("scrape-config", "shop", job_name="shop", scrape_timeout="2h")
    ((id_, subject, message),) = told(wrong, tools=promtool())
    assert (id_, subject) == ("promtool", 'prometheus.yml, scrape job "shop"')
    assert "scrape timeout" in message


def test_promtool_names_what_it_can() -> None:
    settings = other("prometheus", "global", alerting={"alertmanagers": [{"api_version": "v9"}]})
    ((id_, subject, _),) = told(settings, tools=promtool())
    assert (id_, subject) == ("promtool", "prometheus.yml")


def test_our_findings_of_the_configuration_are_enough() -> None:
    wrong = other("scrape-config", "shop", job_name="shop", scrape_timeot="5s")
    assert [id_ for id_, _, _ in told(wrong, tools=promtool())] == ["schema"]


# ── a promtool that says what the test wants ─────────────────────────────────
def saying(folder: Path, text: str) -> Tools:
    return Tools(promtool=fake(folder / "promtool", stderr=text, code=1 if text else 0))


def test_what_promtool_accepts_is_accepted(tmp_path: Path) -> None:
    definition = dashboard(panel("from_the_future(up)", "up up"))
    message = '0.yml: 1:1: group "1", rule 1, "checked": could not parse expression: 1:4: parse error\n'
    said = found(definition, tools=saying(tmp_path, message))
    assert [(each.id, each.subject) for each in said] == [
        ("promql", 'dashboard "Shop", panel "Orders", query B')
    ]


def test_what_promtool_can_not_read_decides_nothing(tmp_path: Path) -> None:
    said = found(
        dashboard(panel("up up")), tools=saying(tmp_path, "0.yml: yaml: line 3: control characters\n")
    )
    assert [each.id for each in said] == ["promql"]


def test_a_complaint_about_a_line_is_told_of_the_rule(tmp_path: Path) -> None:
    rules = group({"record": "a", "expr": "up"}, {"record": "b", "expr": "up"})
    said = told(rules, tools=saying(tmp_path, "0.yml: yaml: unmarshal errors:\n  line 10: too clever\n"))
    assert said == [("promtool", 'rule group "shop", record "b"', "too clever")]


def test_a_complaint_about_a_group_or_the_whole_file(tmp_path: Path) -> None:
    rules = group({"record": "a", "expr": "up"})
    assert told(
        rules, tools=saying(tmp_path, "0.yml: yaml: unmarshal errors:\n  line 4: no such group\n")
    ) == [("promtool", 'rule group "shop"', "no such group")]
    assert told(rules, tools=saying(tmp_path, "0.yml: it is too long\n")) == [
        ("promtool", 'rule file "shop.yml"', "it is too long")
    ]
    assert told(rules, tools=saying(tmp_path, "0.yml: it is too long\n"), guests=["rules/shop.py"]) == [
        ("promtool", 'rule file "rules/shop.py"', "it is too long")
    ]
    assert told(rules, tools=saying(tmp_path, '0.yml: 3:3: group "shop", rule 9, "x": what\n'))[0][1] == (
        'rule group "shop"'
    )


def test_what_is_enabled_is_no_fault(tmp_path: Path) -> None:
    rules = group({"record": "a", "expr": "limitk(1, up)"})
    refused = saying(
        tmp_path, '0.yml: 1:1: group "shop", rule 1, "a": could not parse expression: not enabled\n'
    )
    assert told(rules, tools=refused, prometheus_features=["promql-experimental-functions"]) == []


# ── amtool ───────────────────────────────────────────────────────────────────
ROUTING = (
    other("route", "root", receiver="pages"),
    other("receiver", "pages", name="pages", slack_configs=[{"channel": "#x"}]),
)


def test_amtool_checks_the_configuration() -> None:
    tools = Tools(amtool=require("amtool"))
    ((id_, subject, message),) = told(*ROUTING, tools=tools, alertmanager_version="0.25")
    assert (id_, subject) == ("amtool", "alertmanager.yml")
    assert "slack" in message.lower()


def test_our_findings_of_the_routes_are_enough() -> None:
    tools = Tools(amtool=require("amtool"))
    lost = other("route", "a.py#1", receiver="nobody", matchers=['a="b"'])
    assert [id_ for id_, _, _ in told(*ROUTING, lost, tools=tools, alertmanager_version="0.25")] == [
        "unknown-receiver"
    ]


def test_amtool_is_not_asked_without_a_root(tmp_path: Path) -> None:
    tools = Tools(amtool=fake(tmp_path / "amtool", stdout="FAILED: no", code=1))
    assert [id_ for id_, _, _ in told(ROUTING[1], tools=tools)] == ["unknown-receiver"]
