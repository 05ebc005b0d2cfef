from provision.lab import contained

WEBHOOK = "http://127.0.0.1:3003/alerts"


def test_prometheus_tells_the_labs_alertmanager_only_and_keeps_its_samples() -> None:
    config = {
        "global": {"scrape_interval": "1s"},
        "rule_files": ["/etc/prometheus/rules/*.yml"],
        "scrape_configs": [{"job_name": "traefik"}],
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
        "scrape_configs": [{"job_name": "traefik"}],
        "alerting": {
            "alert_relabel_configs": [{"action": "labeldrop", "regex": "x"}],
            "alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:3002"]}]}],
        },
    }


def test_prometheus_without_alertmanagers_gets_the_labs() -> None:
    config = contained.prometheus({}, "127.0.0.1:3002")
    assert config["alerting"] == {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:3002"]}]}]}


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
