import re
from typing import Any

from provision.lab import contained
from provision.model import Definition, Place, decode, encode

WEBHOOK = "http://127.0.0.1:3003/alerts"


def test_prometheus_tells_the_labs_alertmanager_only_and_keeps_its_samples() -> None:
    config = {
        "global": {"scrape_interval": "1s"},
        "rule_files": ["/etc/prometheus/rules/*.yml"],
        "scrape_configs": [{"job_name": "traefik", "static_configs": [{"targets": ["127.0.0.1:3001"]}]}],
        "scrape_config_files": ["more/*.yml"],
        "alerting": {
            "alert_relabel_configs": [{"action": "labeldrop", "regex": "x"}],
            "alertmanagers": [{"static_configs": [{"targets": ["alertmanager.example.org"]}]}],
        },
        "remote_write": [{"url": "https://mimir.example.org"}],
        "remote_read": [{"url": "https://mimir.example.org"}],
        "tracing": {"endpoint": "tempo.example.org"},
    }
    assert contained.prometheus(config, "127.0.0.1:3002") == {
        "global": {"scrape_interval": "1s"},
        "rule_files": ["rules/*.yml"],
        "scrape_configs": [{"job_name": "traefik", "static_configs": [{"targets": ["127.0.0.1:3001"]}]}],
        "alerting": {
            "alert_relabel_configs": [{"action": "labeldrop", "regex": "x"}],
            "alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:3002"]}]}],
        },
    }


def test_prometheus_without_alertmanagers_gets_the_labs() -> None:
    config = contained.prometheus({}, "127.0.0.1:3002")
    assert config["alerting"] == {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:3002"]}]}]}


def test_nothing_but_this_machine_is_scraped() -> None:
    here = {"job_name": "here", "static_configs": [{"targets": ["localhost:1", "127.0.0.1:2", "[::1]:3"]}]}
    config = {
        "scrape_configs": [
            here,
            {
                "job_name": "shop",
                "static_configs": [{"targets": ["shop.example.org:8080", "10.0.0.1:80", "[::1"]}],
            },
            {"job_name": "swarm", "dns_sd_configs": [{"names": ["tasks.web"], "port": 80}]},
            {
                "job_name": "both",
                "http_sd_configs": [{"url": "http://sd.example.org"}],
                "proxy_url": "http://proxy.example.org",
                "oauth2": {"token_url": "http://login.example.org"},
                "relabel_configs": [
                    {"target_label": "__address__", "replacement": "blackbox.example.org:9115"}
                ],
                "static_configs": [
                    {"targets": ["127.0.0.1:4", "127.0.0.1.example.org:4"], "labels": {"team": "shop"}},
                    {"targets": ["shop.example.org:8080"]},
                ],
            },
        ]
    }
    kept = contained.prometheus(config, "127.0.0.1:3002")["scrape_configs"]
    assert kept[0] == here
    (both,) = kept[1:]
    (*_, last) = both.pop("relabel_configs")
    assert both == {
        "job_name": "both", "static_configs": [{"targets": ["127.0.0.1:4"], "labels": {"team": "shop"}}],
    }  # fmt: skip
    assert (last["source_labels"], last["action"]) == (["__address__"], "keep")
    for address, stays in (("127.0.0.1:4", True), ("[::1]:3", True), ("blackbox.example.org:9115", False)):
        assert (re.fullmatch(last["regex"], address) is not None) is stays  # Prometheus anchors it, too
    assert contained.jobs_elsewhere(config) == ("shop", "swarm", "both")


def test_receivers_deliver_to_the_labs_webhook_only() -> None:
    config = {
        "route": {"receiver": "pages"},
        "receivers": [
            {"name": "pages", "webhook_configs": [{"url": WEBHOOK, "send_resolved": True, "max_alerts": 5}]},
            {
                "name": "both",
                "webhook_configs": [{"url": "https://hook.example.org"}, {"url": WEBHOOK}],
                "email_configs": [{"to": "all@example.org"}],
            },
            {"name": "chat", "slack_configs": [{"channel": "#all"}]},
            {"name": "elsewhere", "webhook_configs": [{"url_file": "/secret"}]},
            {"name": "nobody"},
        ],
    }
    assert contained.alertmanager(config, WEBHOOK) == {
        "route": {"receiver": "pages"},
        "receivers": [
            {"name": "pages", "webhook_configs": [{"url": WEBHOOK, "send_resolved": True, "max_alerts": 5}]},
            {"name": "both", "webhook_configs": [{"url": WEBHOOK}]},
            {"name": "chat", "webhook_configs": [{"url": WEBHOOK, "send_resolved": True}]},
            {"name": "elsewhere", "webhook_configs": [{"url": WEBHOOK, "send_resolved": True}]},
            {"name": "nobody"},
        ],
    }


PROMETHEUS = "http://127.0.0.1:3001"


def definition(kind: str, key: str, **body: Any) -> Definition:
    return Definition(kind, key, encode(body), Place("provisioning/one.py", 1))


def test_a_grafana_gets_what_it_shows_and_data_sources_that_ask_the_lab() -> None:
    own = {
        "name": "Mimir", "uid": "mimir", "type": "prometheus", "url": "https://mimir.example.org", "access": "direct",
        "isDefault": True, "basicAuth": True, "basicAuthUser": "reader",
        "jsonData": {"timeInterval": "1s", "httpHeaderName1": "X-Scope-OrgID"},
        "secure": {"basicAuthPassword": {"source": "env", "name": "MIMIR_PASSWORD"}},
    }  # fmt: skip
    given = [
        definition("folder", "Shop", title="Shop"),
        definition("dashboard", "one", spec={}),
        definition("library-panel", "two", name="two"),
        definition("datasource", "mimir", **own),
        definition("datasource", "loki", name="Loki", type="loki"),
        *(
            definition(kind, "x")
            for kind in ("contact-point", "policy", "rule-group", "receiver", "template")
        ),
    ]
    found = list(contained.shown(given, PROMETHEUS))
    assert [(one.kind, one.key) for one in found] == [
        ("folder", "Shop"), ("dashboard", "one"), ("library-panel", "two"), ("datasource", "mimir"),
    ]  # fmt: skip
    assert found[-1].place == given[3].place
    assert decode(found[-1].body) == {
        "name": "Mimir", "uid": "mimir", "type": "prometheus", "url": PROMETHEUS, "access": "proxy", "isDefault": True,
        "basicAuth": False, "basicAuthUser": "", "jsonData": {"timeInterval": "1s"}, "secure": {},
    }  # fmt: skip
    assert contained.left_out(given) == ("Loki",)


def test_a_project_that_expects_a_data_source_to_be_there_gets_one() -> None:
    (found,) = contained.shown([], PROMETHEUS, "Thanos")
    body = decode(found.body)
    assert (found.key, body["name"], body["url"], body["isDefault"]) == (
        "prometheus",
        "Thanos",
        PROMETHEUS,
        True,
    )
    (unnamed,) = contained.shown([], PROMETHEUS)
    assert decode(unnamed.body)["name"] == "Prometheus"
