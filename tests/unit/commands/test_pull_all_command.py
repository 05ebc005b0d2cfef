"""`provision pull --all`: a whole Grafana as sources, and a push of them that writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import niquests
import pytest

from support.grafana_standin import standin

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "dashboards"


class Somebody:
    """Whoever else works on a Grafana, over its API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, method: str, path: str, body: object = None) -> object:
        response = niquests.request(
            method, self.url + path, auth=("admin", "admin"), json=body, headers={"X-Test": "yes"}
        )
        assert response.status_code < 300, (method, path, response.status_code, response.text)
        return response.json()

    def dashboard(self, spec: dict[str, object], folder: str = "") -> None:
        self("POST", "/api/dashboards/db", {"dashboard": spec, "folderUid": folder, "overwrite": True})

    def folder(self, uid: str, title: str, parent: str = "") -> None:
        self("POST", "/api/folders", {"uid": uid, "title": title} | ({"parentUid": parent} if parent else {}))

    def datasource(self, uid: str, name: str, **more: object) -> None:
        body = {
            "uid": uid,
            "name": name,
            "type": "prometheus",
            "url": "http://p:9090",
            "access": "proxy",
            **more,
        }
        self("POST", "/api/datasources", body)


@pytest.fixture(params=["12.4.0", "9.0"])
def grafana(request, provision, monkeypatch):
    with standin(request.param) as state:
        monkeypatch.setenv("GRAFANA_URL", state.url)
        monkeypatch.setenv("GRAFANA_USER", "admin")
        monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
        yield state


def pushed_without_a_write(provision, grafana, root):
    grafana.requests.clear()
    ran = provision("push", "--project", root, "--yes")
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert "nothing to do" in ran.out
    assert grafana.writes == []


def test_a_push_of_what_was_pulled_writes_nothing(provision, tmp_path, grafana):
    by = Somebody(grafana.url)
    by.folder("team", "Team: a/b")
    if grafana.modern:
        by.folder("inner", "../../etc", "team")
    by.datasource("prom", "Prometheus", isDefault=True, secureJsonData={"httpHeaderValue1": "hush-hush"})
    panel = {"id": 1, "type": "timeseries", "title": "Up", "datasource": "Prometheus", "targets": []}
    by.dashboard({"uid": "by-name", "title": "By name", "panels": [panel], "schemaVersion": 30}, "team")
    for uid, title in (
        ("a", "Läden ☃"),
        ("b", "läden-"),
        ("c", "LÄDEN ☃"),
        ("d", "x" * 300),
        ("e", "☃"),
        ("con", "con"),
    ):
        by.dashboard({"uid": uid, "title": title, "panels": [{"type": "text", "title": "no id"}]})
    root = tmp_path / "pulled"
    ran = provision("pull", "--all", root)
    assert ran.code == 0, ran.err
    assert (
        ran.err == 'Left out: dashboard "Provisioned one": Grafana reads it from a file on its own machine\n'
    )
    names = sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())
    assert "dashboards/Team-a-b/By-name.json" in names
    assert len(names) == len({name.casefold() for name in names}) == (12 if grafana.modern else 10)
    assert all(len(part.encode()) < 200 for name in names for part in name.split("/"))
    assert not any("hush-hush" in (root / name).read_text() for name in names)
    assert (root / "pyproject.toml").read_text() == '[tool.provision]\nname = "pulled"\n'
    pushed_without_a_write(provision, grafana, root)
    again = provision("pull", "--all", root)
    assert again.out.endswith(f": 0 written, {len(names) - 1} as they were, 1 left out\n")


def test_nothing_is_written_over_and_nothing_outside(provision, tmp_path, grafana):
    by = Somebody(grafana.url)
    by.dashboard({"uid": "a", "title": "A", "panels": []})
    root = tmp_path / "pulled"
    provision("pull", "--all", root)
    (root / "dashboards/A.json").write_text("{}")
    ran = provision("pull", "--all", root)
    assert ran.code == 1
    assert ran.sentence == (
        f"{root}: dashboards/A.json: there already with another content, so nothing was written; "
        "pull into another folder, or write over them with --overwrite"
    )
    assert provision("pull", "--all", root, "--overwrite").code == 0
    assert json.loads((root / "dashboards/A.json").read_text())["title"] == "A"
    linked = tmp_path / "linked"
    linked.mkdir()
    (tmp_path / "outside").mkdir()
    (linked / "dashboards").symlink_to(tmp_path / "outside")
    ran = provision("pull", "--all", linked)
    assert ran.code == 1
    assert f"a link leads out of {linked}, so nothing was written" in ran.sentence
    assert list((tmp_path / "outside").iterdir()) == []
    assert not (linked / "pyproject.toml").exists()


def test_policies_and_addresses_that_are_secrets(provision, tmp_path, grafana):
    if not grafana.modern:
        pytest.skip("its alerting is off, as it was recorded")
    by, at = Somebody(grafana.url), "/api/v1/provisioning"
    hook = {"uid": "hook", "name": "hooks", "type": "webhook", "disableResolveMessage": False}
    settings = {"url": "http://h/x?hush-hush", "headers": {"X-Auth": "hush-too", "X-Team": "a"}}
    by("POST", f"{at}/contact-points", {**hook, "settings": settings})
    routes = [{"receiver": "hooks", "object_matchers": [["team", "=", name]]} for name in "ab"]
    tree = {"receiver": "hooks", "group_by": ["alertname"], "routes": routes}
    by("PUT", f"{at}/policies", tree)
    root = tmp_path / "pulled"
    ran = provision("pull", "--all", root)
    assert (ran.code, ran.err.count("Left out")) == (0, 1), ran.err
    texts = {file.relative_to(root).as_posix(): file.read_text() for file in root.rglob("*.json")}
    assert not any("hush" in text for text in texts.values())
    (found,) = json.loads(texts["provisioning/grafana/contact-point/hooks.json"])["spec"]["integrations"]
    on_server = {"source": "server", "name": ""}
    assert (found["settings"], found["secure"]) == (
        {"headers": {"X-Team": "a"}},
        {"headers.X-Auth": on_server, "url": on_server},
    )
    source = root / "provisioning/grafana/policy/root.json"
    assert json.loads(source.read_text())["spec"] == {
        "root": {"receiver": "hooks", "group_by": ["alertname"]},
        "routes": routes,
    }
    pushed_without_a_write(provision, grafana, root)
    kept = tmp_path / "plan.json"
    assert provision("plan", "--project", root, "-o", kept).code == 0
    assert "hush" not in kept.read_text()
    grafana.requests.clear()
    assert provision("push", "--project", root, "--plan", kept, "--yes").code == 0
    by("PUT", f"{at}/policies", {**tree, "routes": routes[:1]})
    ran = provision("push", "--project", root, "--plan", kept, "--yes")
    assert (ran.code, "notification policies: it was changed since" in ran.sentence) == (1, True)
    by("PUT", f"{at}/policies", tree)
    assert provision("push", "--project", root, "--adopt", "--yes").code == 0
    pushed_without_a_write(provision, grafana, root)
    source.write_text(source.read_text().replace('"b"', '"c"'))
    grafana.requests.clear()
    ran = provision("push", "--project", root, "--yes")
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert [path for _, path in grafana.writes if "ledger" not in path] == [f"{at}/policies"]
    held = grafana.alerting["policies"]["routes"]
    assert [route["object_matchers"][0][2] for route in held] == ["a", "c"]
    pushed_without_a_write(provision, grafana, root)


def test_what_holds_a_secret_in_plain_text_is_left_out(provision, tmp_path, grafana):
    by = Somebody(grafana.url)
    by.datasource("prom", "Prometheus", jsonData={"customQueryParameters": "token=hush-hush"})
    ran = provision("pull", "--all", tmp_path / "pulled")
    assert 'Left out: data source "Prometheus": it holds what looks like a secret, in plain text' in ran.err
    assert not any(
        "hush-hush" in file.read_text() for file in (tmp_path / "pulled").rglob("*.*") if file.is_file()
    )


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the dashboards of other people aren't here")
def test_other_peoples_dashboards(provision, tmp_path, grafana):
    if not grafana.modern:
        pytest.skip("it wants every title once in a folder")
    by = Somebody(grafana.url)
    by.datasource("prom", "Prometheus", isDefault=True)
    by.folder("f", "Folder")
    files = sorted(CORPUS.rglob("*.json"))
    taken = 0
    for number, file in enumerate(files):
        spec = json.loads(file.read_text())
        spec = spec.get("dashboard", spec)
        if "elements" in spec or not spec.get("title"):
            continue
        by.dashboard({**spec, "id": None, "uid": f"u{number}"}, "f" if number % 2 else "")
        taken += 1
    assert taken > 100
    ran = provision("pull", "--all", tmp_path / "pulled")
    assert (ran.code, ran.err.count("Left out")) == (0, 1), ran.err
    pushed_without_a_write(provision, grafana, tmp_path / "pulled")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--all", "a", "b"), "--all writes into one folder"),
        ((), "nothing is named"),
        (("uid", "--overwrite"), "--overwrite belongs to --all"),
        (("--all", "x", "--env", "prod"), "there is no project yet, and so no environment 'prod'"),
        (("--all", "x", "--grafana", "http://127.0.0.1:1", "--grafana", "http://127.0.0.1:2"), ""),
    ],
)
def test_wrong_usage(provision, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    ran = provision("pull", *arguments)
    assert ran.code in (1, 2)
    assert said in ran.sentence
