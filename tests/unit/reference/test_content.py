"""What holds for every dashboard, alert and record of the reference project, whatever it is about."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.compile.dialect import files
from provision.compile.load import Loaded
from provision.model import decode
from provision.project import open_project
from support.servers import require

ROOT = Path(__file__).resolve().parents[3]
RUNBOOKS = ROOT / "docs" / "runbooks"
Compiled = Callable[..., Loaded]
Groups = Callable[..., list[dict[str, Any]]]

DASHBOARDS = {
    "traefik-sla",
    "traefik-traffic",
    "gallery-pages",
    "platform-containers",
    "platform-prometheus",
    "platform-alertmanager",
    "platform-targets",
}
OLD_NAMES = re.compile(
    r"traefik_(backend_\w+|requests_total|request_duration\w*|config_reloads_failure_total|config_last_reload_failure"
    r"|(entrypoint|service|router)_open_connections)"
)


def specs(loaded: Loaded) -> dict[str, dict[str, Any]]:
    return {
        found.key: decode(found.body)["spec"] for found in loaded.definitions if found.kind == "dashboard"
    }


def panels(loaded: Loaded) -> Iterator[tuple[str, dict[str, Any]]]:
    for uid, spec in specs(loaded).items():
        for panel in spec["panels"]:
            yield f"{uid}: {panel['title']}", panel


def queries(loaded: Loaded) -> Iterator[tuple[str, str]]:
    for where, panel in panels(loaded):
        for target in panel.get("targets", []):
            yield where, target["expr"]
    for uid, spec in specs(loaded).items():
        for mark in spec["annotations"]["list"]:
            if "expr" in mark:
                yield f"{uid}: {mark['name']}", mark["expr"]


def rules_of(groups: Groups, kind: str, **variables: Any) -> list[dict[str, Any]]:
    return [rule for group in groups(**variables) for rule in group["rules"] if kind in rule]


def as_promql(expr: str) -> str:
    """Grafana's variables replaced by what they could stand for."""
    for variable, value in (("$__rate_interval", "1m"), ("$__range", "1h")):
        expr = expr.replace(variable, value)
    return re.sub(r"\$(job|entrypoint|service|instance)\b", ".*", expr)


class TestDashboards:
    def test_there_are_these(self, compiled: Compiled) -> None:
        assert set(specs(compiled())) == DASHBOARDS

    def test_every_panel_has_a_title_a_description_and_a_unit(self, compiled: Compiled) -> None:
        for where, panel in panels(compiled()):
            if panel["type"] == "row":
                continue
            assert panel["title"], where
            assert panel["description"].endswith("."), where
            if panel["type"] != "text":
                assert panel["fieldConfig"]["defaults"]["unit"], where
                assert all(
                    target["legendFormat"] for target in panel["targets"] if target.get("format") != "table"
                ), where

    def test_panels_fill_the_grid_without_gaps_or_overlaps(self, compiled: Compiled) -> None:
        for uid, spec in specs(compiled()).items():
            lines: dict[int, list[dict[str, int]]] = {}
            for panel in spec["panels"]:
                lines.setdefault(panel["gridPos"]["y"], []).append(panel["gridPos"])
            for (y, line), (below, _) in pairwise([*sorted(lines.items()), (10**6, [])]):
                assert [at["x"] for at in line] == [
                    sum(at["w"] for at in line[:n]) for n in range(len(line))
                ], uid
                assert sum(at["w"] for at in line) == 24, (uid, y)
                assert len({at["h"] for at in line}) == 1, (uid, y)
                assert below in (y + line[0]["h"], 10**6), (uid, y)

    def test_titles_within_a_dashboard_differ(self, compiled: Compiled) -> None:
        for uid, spec in specs(compiled()).items():
            titles = [panel["title"] for panel in spec["panels"]]
            assert len(set(titles)) == len(titles), uid

    def test_variables_that_are_used_exist_and_the_other_way_round(self, compiled: Compiled) -> None:
        for uid, spec in specs(compiled()).items():
            text = str([spec["panels"], spec["annotations"], spec["templating"]])
            used = set(re.findall(r"\$\{?([a-z]+)\b", text)) - {"__rate_interval", "__range", "__all"}
            assert used == {variable["name"] for variable in spec["templating"]["list"]}, uid

    def test_all_jobs_are_those_of_the_dashboard(self, compiled: Compiled) -> None:
        """With `.*` for All, the page of Prometheus would show the memory of everything that is scraped."""
        for uid, spec in specs(compiled()).items():
            (job,) = (variable for variable in spec["templating"]["list"] if variable["name"] == "job")
            assert job["current"]["value"] == "$__all", uid
            assert not job.get("allValue"), uid

    def test_everything_comes_from_the_chosen_data_source(self, compiled: Compiled) -> None:
        for where, panel in panels(compiled()):
            for target in panel.get("targets", []):
                assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, where

    def test_they_lead_to_each_other_and_to_the_runbooks(self, compiled: Compiled) -> None:
        for uid, spec in specs(compiled()).items():
            (*others, runbooks) = spec["links"]
            assert {re.split("[/?]", link["url"])[2] for link in others} == DASHBOARDS, uid
            for link in others:
                assert link["includeVars"] != ("datasource:queryparam" in link["url"]), uid
            assert runbooks["url"].endswith("/docs/runbooks"), uid

    def test_no_name_of_an_older_traefik(self, compiled: Compiled, groups: Groups) -> None:
        written = [expr for _, expr in queries(compiled())] + [
            rule["expr"] for rule in rules_of(groups, "expr")
        ]
        assert [expr for expr in written if OLD_NAMES.search(expr)] == []
        page = (ROOT / "docs" / "traefik-metrics.md").read_text()
        now = page.split("## Names of Traefik 3")[1]
        names = {name for expr in written for name in re.findall(r"(?<![\w:])traefik_[a-z_]+", expr)}
        assert [name for name in names if re.sub("_(bucket|sum|count)$", "", name) not in now] == []

    def test_promtool_takes_every_query(self, compiled: Compiled, tmp_path: Path) -> None:
        rules = [
            {"record": f"query:number{number}", "expr": as_promql(expr), "labels": {"panel": where}}
            for number, (where, expr) in enumerate(queries(compiled()))
        ]
        file = tmp_path / "queries.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
        _passes(require("promtool"), "check", "rules", file)


class TestTheOneSetting:
    def test_the_latency_moves_alerts_thresholds_and_panels(self, compiled: Compiled, groups: Groups) -> None:
        for text in (str(specs(compiled())), str(groups())):
            assert re.search(r"\b0\.2\b", text)
        for text in (str(specs(compiled(sla_latency_seconds=0.7))), str(groups(sla_latency_seconds=0.7))):
            assert re.search(r"\b0\.7\b", text)
            assert "700 ms" in text
            assert not re.search(r"\b0\.2\b(?!,0\.3|,0\.7)", text), "a threshold that doesn't move"
            assert "200 ms" not in text

    def test_the_ratio_moves_alerts_thresholds_and_panels(self, compiled: Compiled, groups: Groups) -> None:
        for text in (str(specs(compiled(sla_error_ratio=0.03))), str(groups(sla_error_ratio=0.03))):
            assert re.search(r"\b0\.03\b", text)
            other = re.sub("More than 1 % of what|What 50, 95 and 99 %", "", text)
            assert not re.search(r"(?<![\d.])1 %|\b99 %", other), "a threshold that doesn't move"

    def test_panels_keep_their_ids(self, compiled: Compiled) -> None:
        before, after = (
            {where: panel["id"] for where, panel in panels(loaded)}
            for loaded in (compiled(), compiled(sla_latency_seconds=0.7, sla_error_ratio=0.03))
        )
        assert before == after

    def test_the_demonstration(self, groups: Groups) -> None:
        (alert,) = (
            rule
            for rule in rules_of(groups, "alert", environment="demo")
            if rule["alert"] == "average_response_time"
        )
        assert "> 0.0056 and" in alert["expr"]
        assert "5.6 ms" in alert["annotations"]["description"]

    def test_shorter_windows_shorten_all_of_them(self, groups: Groups) -> None:
        text = str(rules_of(groups, "expr", alert_window="10s", alert_for="2s"))
        windows = set(re.findall(r"\[(\w+)\]", text))
        assert windows == {"10s", "30s", "1m", "2m", "4m", "6m", "12m", "48m", "144m", "1d"}
        assert {rule["for"] for rule in rules_of(groups, "for", alert_window="10s", alert_for="2s")} == {
            "2s",
            "10s",
        }


class TestAlerts:
    def test_everyone_who_is_woken_is_told_what_and_where(self, groups: Groups) -> None:
        for rule in rules_of(groups, "alert"):
            name, texts = rule["alert"], rule["annotations"]
            severities = ("none",) if name == "Watchdog" else ("page", "ticket")
            assert rule["labels"]["severity"] in severities, name
            assert texts["summary"], name
            assert texts["description"].endswith("."), name
            assert texts["runbook_url"].endswith(f"/docs/runbooks/{name}.md"), name
            uid = re.fullmatch(r".*/d/([\w-]+)(\?.*)?", texts["dashboard_url"])
            assert uid is not None, name
            assert uid[1] in DASHBOARDS, name

    def test_each_has_a_runbook_and_each_runbook_an_alert(self, groups: Groups) -> None:
        assert {page.stem for page in RUNBOOKS.glob("*.md")} == {
            rule["alert"] for rule in rules_of(groups, "alert")
        }

    @pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
    def test_a_runbook_says_what_it_is_and_what_to_do(self, page: Path, groups: Groups) -> None:
        text = page.read_text()
        assert text.startswith(f"# {page.stem}\n")
        assert re.search(r"^## (Do|Look and do)$", text, re.MULTILINE)
        for rule in rules_of(groups, "alert"):
            if (
                rule["alert"] == page.stem
                and "burn" not in rule["labels"]
                and rule["alert"] != "PrometheusNoAlertmanager"
            ):
                assert rule["labels"]["severity"] in text.lower().replace("*", "")

    def test_the_reference_page_lists_them_all(self, groups: Groups) -> None:
        page = (ROOT / "docs" / "reference-dashboards.md").read_text()
        severities: dict[str, set[str]] = {}
        for rule in rules_of(groups, "alert"):
            severities.setdefault(rule["alert"], set()).add(rule["labels"]["severity"])
        listed = re.findall(r"^\| \[(\w+)\]\(runbooks/\1\.md\) \| ([a-z, ]+) \|", page, re.MULTILINE)
        assert {name: set(words.split(", ")) for name, words in listed} == severities

    def test_promtool_takes_every_query_of_the_runbooks(self, tmp_path: Path) -> None:
        blocks = [
            block
            for page in sorted(RUNBOOKS.glob("*.md"))
            for block in re.findall(r"^```promql\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
        ]
        assert len(blocks) > 15
        rules = [{"record": f"query:number{number}", "expr": block} for number, block in enumerate(blocks)]
        file = tmp_path / "queries.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
        _passes(require("promtool"), "check", "rules", file)


class TestRecords:
    def test_their_names_say_level_metric_and_operation(self, groups: Groups) -> None:
        for rule in rules_of(groups, "record"):
            assert re.fullmatch(
                r"job_entrypoint(_code)?:traefik_[a-z_]+:(increase|ratio|mean)\d+[smhd]", rule["record"]
            )

    def test_they_are_read_in_their_own_group_and_after_they_are_written(self, groups: Groups) -> None:
        for group in groups():
            written: set[str] = set()
            for rule in group["rules"]:
                read = set(re.findall(r"[a-z_]+:[a-z_]+:[a-z]+\d+[smhd]", rule["expr"]))
                assert read <= written, (group["name"], rule)
                written |= {rule.get("record", "")}

    def test_dashboards_read_what_is_recorded(self, compiled: Compiled, groups: Groups) -> None:
        written = {rule["record"] for rule in rules_of(groups, "record")}
        read = {
            name for _, expr in queries(compiled()) for name in re.findall(r"[a-z_]+:[a-z_]+:[a-z]+\w+", expr)
        }
        assert read
        assert read <= written


class TestProvisioning:
    @staticmethod
    def built(compiled: Compiled, folder: Path, **variables: Any) -> Path:
        for file in files.shape(compiled(**variables).definitions, open_project(ROOT)):
            path = folder / file.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.body)
        return folder

    LAB = {  # noqa: RUF012  # a constant of the tests
        "traefik_targets": ["127.0.0.1:8081"],
        "gallery_targets": ["127.0.0.1:8083", "127.0.0.1:8084"],
        "cadvisor_targets": ["127.0.0.1:8082"],
        "prometheus_targets": ["127.0.0.1:9090"],
        "alertmanager_targets": ["127.0.0.1:9093", "127.0.0.1:9094"],
    }

    @pytest.mark.parametrize("variables", [{}, LAB], ids=["swarm", "addresses"])
    def test_prometheus_takes_its_files(
        self, compiled: Compiled, tmp_path: Path, variables: dict[str, Any]
    ) -> None:
        built = self.built(compiled, tmp_path, **variables)
        _passes(require("promtool"), "check", "config", built / "prometheus" / "prometheus.yml")

    @pytest.mark.parametrize("variables", [{}, {"smtp_smarthost": "mail:25"}], ids=["webhook", "mail"])
    def test_alertmanager_takes_its_file(
        self, compiled: Compiled, tmp_path: Path, variables: dict[str, Any]
    ) -> None:
        built = self.built(compiled, tmp_path, **variables)
        _passes(require("amtool"), "check-config", built / "alertmanager" / "alertmanager.yml")

    @pytest.mark.parametrize(
        ("label", "receiver"),
        [
            ("severity=page", "pages"),
            ("severity=ticket", "tickets"),
            ("team=nobody", "pages"),
            ("alertname=Watchdog", "watchdog"),
        ],
    )
    def test_who_is_told(self, compiled: Compiled, tmp_path: Path, label: str, receiver: str) -> None:
        file = self.built(compiled, tmp_path) / "alertmanager" / "alertmanager.yml"
        printed = _passes(require("amtool"), "config", "routes", "test", f"--config.file={file}", label)
        assert printed.strip() == receiver

    def test_every_task_is_scraped_never_the_virtual_address(
        self, compiled: Compiled, tmp_path: Path
    ) -> None:
        config = yaml.safe_load(
            (self.built(compiled, tmp_path) / "prometheus" / "prometheus.yml").read_text()
        )
        for job in config["scrape_configs"]:
            (found,) = job["dockerswarm_sd_configs"]
            assert found["role"] == "tasks"
            kept = {
                rule["source_labels"][0]: rule["regex"] for rule in job["relabel_configs"] if "action" in rule
            }
            assert kept["__meta_dockerswarm_task_desired_state"] == "running"
            assert kept["__meta_dockerswarm_service_name"].endswith(f"_{job['job_name']}")
            instance = job["relabel_configs"][-2]
            assert instance["target_label"] == "instance"
            assert instance["source_labels"] == [
                "__meta_dockerswarm_node_hostname",
                "__meta_dockerswarm_task_slot",
            ]
        (alertmanagers,) = config["alerting"]["alertmanagers"]
        assert alertmanagers["dns_sd_configs"][0]["names"] == ["tasks.alertmanager"]

    def test_given_addresses_are_scraped_instead(self, compiled: Compiled, tmp_path: Path) -> None:
        built = self.built(compiled, tmp_path, **self.LAB)
        config = yaml.safe_load((built / "prometheus" / "prometheus.yml").read_text())
        given = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
        assert {f"{job}_targets": targets for job, targets in given.items()} == self.LAB
        (alertmanagers,) = config["alerting"]["alertmanagers"]
        assert alertmanagers["static_configs"][0]["targets"] == self.LAB["alertmanager_targets"]

    def test_every_job_that_is_scraped_is_missed_when_it_is_gone(
        self, compiled: Compiled, groups: Groups
    ) -> None:
        scraped = {found.key for found in compiled().definitions if found.kind == "scrape-config"}
        missed = {rule["labels"]["job"] for rule in rules_of(groups, "alert") if rule["alert"] == "JobDown"}
        assert scraped - missed == {"client"}  # there may be none
        assert missed < scraped

    def test_inhibitions_name_alerts_that_exist_and_no_ticket_silences_a_page(
        self, compiled: Compiled, groups: Groups
    ) -> None:
        severities: dict[str, set[str]] = {}
        for rule in rules_of(groups, "alert"):
            severities.setdefault(rule["alert"], set()).add(rule["labels"]["severity"])
        for found in compiled().definitions:
            if found.kind != "inhibit":
                continue
            body = decode(found.body)
            sources, targets = (
                _severities(body[f"{side}_matchers"], severities) for side in ("source", "target")
            )
            assert "page" in sources or targets == {"ticket"}, body


def _severities(matchers: list[str], known: dict[str, set[str]]) -> set[str]:
    names = [name for matcher in matchers for name in re.findall(r'alertname=~?"(.*)"', matcher)]
    named = {severity for name in names for part in name.split("|") for severity in known[part]}
    fixed = {word for matcher in matchers for word in re.findall(r'severity="(\w+)"', matcher)}
    return fixed or named


def _passes(program: Path, *arguments: str | Path) -> str:
    ended = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
