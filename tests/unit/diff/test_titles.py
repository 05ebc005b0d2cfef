import pytest

from provision.compile import kinds
from provision.diff import title_of
from provision.model import encode

TITLES = [
    ("folder", "traefik", {"title": "Traefik"}, 'folder "Traefik"'),
    ("datasource", "p", {"name": "Prometheus"}, 'data source "Prometheus"'),
    ("dashboard", "uid", {"spec": {"title": "Traefik / SLA"}}, 'dashboard "Traefik / SLA"'),
    ("dashboard", "uid", {"spec": {"title": ""}}, 'dashboard "uid"'),
    ("dashboard", "uid", {"spec": []}, 'dashboard "uid"'),
    ("rule-group", "x.yml/a", {"file": "x.yml", "group": {"name": "a"}}, 'rule group "a" in x.yml'),
    ("rule-group", "x.yml/a", {}, "rule group x.yml/a"),
    ("prometheus", "global", {}, "Prometheus settings"),
    ("scrape-config", "node", {"job_name": "node"}, 'scrape job "node"'),
    ("alertmanager", "global", {}, "Alertmanager settings"),
    ("time-interval", "nights", {"name": "nights"}, 'time interval "nights"'),
    ("receiver", "ops", {"name": "ops"}, 'receiver "ops"'),
    ("route", "root", {"receiver": "ops"}, "root route"),
    ("route", "a#0", {"match": {"a": "b"}, "match_re": {"c": "d|e"}}, 'route {a="b", c=~"d|e"}'),
    (
        "inhibit",
        "a#0",
        {"source_match": {"a": "b"}, "target_matchers": ["c=d"]},
        'inhibition of {c=d} by {a="b"}',
    ),
    ("rule-file", "x.yml", {"groups": []}, "rule file x.yml"),
    ("alertmanager-config", "root", {}, "Alertmanager configuration"),
    ("prometheus-config", "root", {}, "Prometheus configuration"),
    ("library-panel", "x", {"name": "Load"}, 'library panel "Load"'),
    ("template", "short", {"name": "short"}, 'message template "short"'),
    ("mute-timing", "nights", {"name": "nights"}, 'mute timing "nights"'),
    ("contact-point", "ops", {"name": "ops"}, 'contact point "ops"'),
    ("policy", "root", {"routes": []}, "notification policies"),
    ("grafana-rule-group", "alerts/traefik", {"title": "traefik"}, 'rule group "traefik"'),
    ("of-tomorrow", "x", {}, "of-tomorrow x"),
    ("receiver", "ops", [], 'receiver "ops"'),
]


@pytest.mark.parametrize(("kind", "key", "body", "title"), TITLES)
def test_title(kind, key, body, title):
    assert title_of(kind, key, encode(body)) == title


def test_a_file_is_called_by_its_path_and_never_decoded():
    assert title_of("file", "grafana/a.json", b"\xff not JSON") == "file grafana/a.json"


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_without_a_body_the_key_is_the_name(kind):
    assert title_of(kind, "the-key", None)
