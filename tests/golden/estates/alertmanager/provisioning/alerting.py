from provision.author import AlertmanagerGlobal, Email, Inhibit, Receiver, Route, TimeInterval, Webhook

settings = AlertmanagerGlobal(
    resolve_timeout="5m",
    smtp_smarthost="mail.example.org:587",
    smtp_from="alerts@example.org",
    extra={
        "slack_api_url_file": "/etc/alertmanager/secrets/slack",
        "pagerduty_url": "https://events.pagerduty.com/v2/enqueue",
        "opsgenie_api_key_file": "/etc/alertmanager/secrets/opsgenie",
        "smtp_auth_username": "alerts",
        "smtp_auth_password_file": "/etc/alertmanager/secrets/smtp",
    },
    templates=["templates/*.tmpl"],
)

slack = Receiver(
    "slack-platform",
    configs={
        "slack_configs": [
            {
                "channel": "#platform",
                "send_resolved": True,
                "title": "{{ .CommonLabels.alertname }} ({{ .Alerts.Firing | len }})",
                "text": "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
                "actions": [
                    {
                        "type": "button",
                        "text": "Runbook",
                        "url": "{{ (index .Alerts 0).Annotations.runbook_url }}",
                    }
                ],
                "fields": [{"title": "Severity", "value": "{{ .CommonLabels.severity }}", "short": True}],
            }
        ]
    },
)
pager = Receiver(
    "pager",
    configs={
        "pagerduty_configs": [
            {
                "routing_key_file": "/etc/alertmanager/secrets/pagerduty",
                "severity": '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
                "details": {
                    "firing": '{{ template "pagerduty.default.instances" .Alerts.Firing }}',
                    "num": "{{ .Alerts | len }}",
                },
            }
        ],
        "opsgenie_configs": [
            {
                "message": "{{ .CommonLabels.alertname }}",
                "priority": "P1",
                "tags": "a,b",
                "responders": [{"name": "ops", "type": "team"}],
            }
        ],
        "victorops_configs": [{"api_key_file": "/etc/vo", "routing_key": "team"}],
    },
    webhooks=[
        Webhook(
            "http://127.0.0.1:5001/",
            extra={
                "max_alerts": 10,
                "http_config": {"basic_auth": {"username": "u", "password_file": "/etc/p"}},
            },
        )
    ],
    emails=[Email("ops@example.org", extra={"headers": {"Subject": "{{ .CommonLabels.alertname }}"}})],
)
null = Receiver("null")

root = Route(
    receiver="slack-platform",
    group_by=["alertname", "cluster"],
    group_wait="30s",
    group_interval="5m",
    repeat_interval="4h",
    routes=[
        Route(receiver="null", matchers=['alertname=~"Watchdog|InfoInhibitor"']),
        Route(
            receiver="pager",
            matchers=['severity="page"'],
            continue_=True,
            routes=[Route(matchers=['team="db"'], group_by=["..."], mute_time_intervals=["weekends"])],
        ),
    ],
)
night = Route(receiver="pager", matchers=['severity="night"'], active_time_intervals=["out of hours"])

inhibit = Inhibit(
    source=['severity="page"'], target=['severity=~"warning|info"'], equal=["alertname", "cluster"]
)
weekends = TimeInterval("weekends", [{"weekdays": ["saturday", "sunday"], "location": "Europe/Berlin"}])
nights = TimeInterval(
    "out of hours",
    [
        {
            "times": [
                {"start_time": "18:00", "end_time": "24:00"},
                {"start_time": "00:00", "end_time": "08:00"},
            ],
            "weekdays": ["monday:friday"],
            "days_of_month": ["1:5", "-3:-1"],
            "months": ["january:march"],
            "years": ["2026:2030"],
        }
    ],
)
