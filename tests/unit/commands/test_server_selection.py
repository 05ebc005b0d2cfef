"""Which servers a command talks to: flags, environment, settings, in that order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from provision.commands.options import Servers
from provision.commands.targets import destinations, open_targets
from provision.errors import UsageError
from provision.project import Project, open_project
from support.commands import ROUTES, write
from support.grafana_standin import standin
from support.prometheus_standin import AlertmanagerState, PrometheusState, serving

G, P, A = "http://g", "http://p", "http://a"


def of(root: Path, **settings: object) -> Project:
    return Project(root=root, name="shop", settings=settings)


@pytest.mark.parametrize(
    ("flags", "environ", "settings", "expected"),
    [
        (Servers(grafana=(G,)), {"GRAFANA_URL": "http://env"}, {"grafana": "http://set"}, ((G,), None, None)),
        (Servers(), {"GRAFANA_URL": "http://env"}, {"grafana": "http://set"}, (("http://env",), None, None)),
        (Servers(), {"GRAFANA_SERVER": "http://env"}, {}, (("http://env",), None, None)),
        (Servers(), {"GRAFANA_URL": ""}, {"grafana": "http://set"}, (("http://set",), None, None)),
        (Servers(), {}, {"grafana": [G, "http://h", G, ""]}, ((G, "http://h"), None, None)),
        (Servers(grafana=(G,)), {"PROMETHEUS_URL": P}, {"alertmanager": A}, ((G,), None, None)),
        (Servers(rules_dir=Path("r")), {"PROMETHEUS_URL": P}, {"prometheus": "http://set"}, ((), P, None)),
        (Servers(), {}, {"prometheus": P, "rules_dir": "r", "grafana": G}, ((G,), P, None)),
        (Servers(config_file=Path("c")), {"ALERTMANAGER_URL": A}, {}, ((), None, A)),
        (Servers(alertmanager=A), {}, {"config_file": "c", "grafana": G}, ((), None, A)),
        (Servers(), {"GRAFANA_URL": G}, {"prometheus": P, "rules_dir": "/r"}, ((G,), P, None)),
    ],
)  # fmt: skip
def test_flags_win_over_the_environment_and_that_over_settings(tmp_path, flags, environ, settings, expected):
    flags = replace(flags, rules_dir=flags.rules_dir or (Path("r") if expected[1] else None),
                    config_file=flags.config_file or (Path("c") if expected[2] else None))  # fmt: skip
    found = destinations(flags, (of(tmp_path, **settings),), environ)
    grafana, prometheus, alertmanager = expected
    assert [each.url for each in found] == [*grafana, *filter(None, (prometheus, alertmanager))]


def test_paths_of_flags_are_seen_from_here_and_those_of_settings_from_the_root(
    provision, shop, tmp_path, monkeypatch
):
    write(shop, {"provisioning/routes.py": ROUTES})
    (tmp_path / "r").mkdir()
    (shop / "r").mkdir()
    config = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
    write(tmp_path, {"c.yml": config})
    write(shop, {"c.yml": config})
    with (
        serving(PrometheusState(shop, ("r/*.yml",))) as prometheus,
        serving(AlertmanagerState(shop / "c.yml")) as alertmanager,
    ):
        (shop / "pyproject.toml").write_text(
            f'[tool.provision]\nname = "shop"\nprometheus = "{prometheus}"\nrules_dir = "r"\n'
            f'alertmanager = "{alertmanager}"\nconfig_file = "c.yml"\n'
        )
        monkeypatch.chdir(tmp_path)
        assert provision("push", "--project", "shop", "--overwrite").code == 0
    assert (shop / "r" / "shop.yml").exists()
    assert "on-call" in (shop / "c.yml").read_text()
    with (
        serving(PrometheusState(tmp_path, ("r/*.yml",))) as prometheus,
        serving(AlertmanagerState(tmp_path / "c.yml")) as alertmanager,
    ):
        named = ("--prometheus", prometheus, "--rules-dir", "r", "--alertmanager", alertmanager)
        assert (
            provision("push", "--project", "shop", *named, "--config-file", "c.yml", "--overwrite").code == 0
        )
    assert (tmp_path / "r" / "shop.yml").exists()
    assert "on-call" in (tmp_path / "c.yml").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "no server is named; add --grafana URL, --prometheus URL --rules-dir DIR or --alertmanager URL --config-file FILE"),
        (("--prometheus", P), "a Prometheus needs the folder that it reads its rule files from; "
         "add --rules-dir DIR, or rules_dir in [tool.provision]"),
        (("--alertmanager", A), "an Alertmanager needs the file that it reads its configuration from; "
         "add --config-file FILE, or config_file in [tool.provision]"),
        (("--grafana", G, "--rules-dir", "r"), "--rules-dir DIR belongs to --prometheus URL, and that isn't named"),
        (("--grafana", G, "--config-file", "c"), "--config-file FILE belongs to --alertmanager URL, and that isn't named"),
        (("--prometheus", P, "--rules-dir", "r", "--datasource", "x"),
         "--datasource NAME belongs to --grafana URL, and that isn't named"),
        (("--grafana", "prod"), "'prod' is neither a URL nor an instance of the settings; "
         "write http://HOST:PORT or https://HOST, or add it to the table [tool.provision.grafana]"),
        (("--grafana", "grafana:3000"), "'grafana:3000' isn't the URL of a server; write it as http://HOST:PORT or https://HOST"),
        (("--grafana", "http://me:hunter2@g:port"),
         "'g:port' has a port or address that isn't one; write it as http://HOST:PORT or https://HOST"),
        (("--grafana", "http://g/?orgId=1"),
         "http://g: a server's URL has no ? or # part; write it as http://HOST:PORT or https://HOST"),
        (("--grafana", G, "--ca-file", "nope.pem"), "nope.pem: there is no such file; name a certificate in PEM format"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["plan", "push"])
def test_wrong_usage_is_one_sentence(provision, shop, command, arguments, sentence):
    ran = provision(command, *arguments)
    assert (ran.code, ran.out, ran.sentence) == (2, "", sentence)


@pytest.mark.parametrize(
    ("option", "more"),
    [
        ("--grafana", ()), ("--prometheus", ()), ("--alertmanager", ()), ("--datasource", ("--grafana", G)),
        ("--rules-dir", ("--prometheus", P)), ("--config-file", ("--alertmanager", A)), ("--ca-file", ()),
        ("--project", ()), ("--env", ()),
    ],
)  # fmt: skip
def test_an_empty_value_is_a_variable_that_was_not_set(provision, shop, option, more, monkeypatch):
    monkeypatch.setenv("GRAFANA_URL", G)
    ran = provision("plan", option, "", *more)
    assert ran.code == 2
    assert f"Error: Invalid value for '{option}': it is empty; is a variable not set?" in ran.err


def test_wrong_usage_is_told_before_anything_is_compiled(provision, shop):
    write(shop, {"rules/broken.yml": "groups: ["})
    assert provision("plan").code == 2
    assert provision("plan", "--grafana", "http://127.0.0.1:1").code == 1


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("grafana = 3", "[tool.provision] grafana must be a string or list"),
        ('grafana = ["http://g", 3]', "[tool.provision] grafana must be a URL or a list of URLs"),
        ("prometheus = []", "[tool.provision] prometheus must be a string"),
        ('prometheus = "http://p"\nrules_dir = 3', "[tool.provision] rules_dir must be a string"),
        ('grafana = "http://g"\ndatasource = true', "[tool.provision] datasource must be a string"),
        ('alertmanager = "http://a"\nconfig_file = 3', "[tool.provision] config_file must be a string"),
    ],
)
def test_a_setting_of_the_wrong_kind(provision, shop, setting, sentence):
    (shop / "pyproject.toml").write_text(f'[tool.provision]\nname = "shop"\n{setting}\n')
    ran = provision("plan")
    assert (ran.code, ran.sentence) == (2, f"{shop / 'pyproject.toml'}: {sentence}")


def test_ui_edits_are_one_of_two(provision, shop, monkeypatch):
    (shop / "pyproject.toml").write_text('[tool.provision]\nname = "shop"\nui_edits = "never"\n')
    ran = provision("plan", "--grafana", "http://127.0.0.1:1")
    assert ran.code == 2
    assert ran.sentence == "[tool.provision] ui_edits must be one of locked, allowed, not 'never'"


def test_the_settings_name_the_servers(provision, shop, tmp_path, monkeypatch):
    rules = shop / "run" / "rules"
    rules.mkdir(parents=True)
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    write(shop, {"provisioning/routes.py": ROUTES})
    with (
        standin("12.4.0") as grafana,
        serving(PrometheusState(shop / "run")) as prometheus,
        serving(AlertmanagerState(config)) as alertmanager,
    ):
        (shop / "pyproject.toml").write_text(
            f'[tool.provision]\nname = "shop"\n[tool.provision.env.live]\ngrafana = ["{grafana.url}"]\n'
            f'prometheus = "{prometheus}"\nrules_dir = "run/rules"\n'
            f'alertmanager = "{alertmanager}"\nconfig_file = "{config}"\n'
        )
        assert provision("plan").code == 2
        monkeypatch.setenv("GRAFANA_TOKEN", "glsa_test")
        grafana.tokens["glsa_test"] = grafana.admin
        ran = provision("push", "--env", "live", "--overwrite", "--format", "json")
        assert ran.code == 0, ran
        reports = json.loads(ran.out)["reports"]
        assert [report["target"] for report in reports] == [
            f"grafana {grafana.url}", f"prometheus {prometheus}", f"alertmanager {alertmanager}",
        ]  # fmt: skip
        assert (rules / "shop.yml").exists()
        assert "on-call" in config.read_text()


def test_without_routes_nothing_is_asked_of_an_alertmanager(provision, shop, tmp_path):
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with serving(AlertmanagerState(config)) as url:
        ran = provision("plan", "--alertmanager", url, "--config-file", config)
    assert (ran.code, ran.out) == (0, f"alertmanager {url}\nPlan: nothing to do, 0 unchanged\n")


def test_one_grafana_named_twice_is_one_but_not_with_other_credentials(shop):
    with standin("12.4.0") as grafana:
        grafana.tokens["t"] = grafana.admin
        with_user = grafana.url.replace("http://", "http://admin:admin@")
        servers = Servers(grafana=(grafana.url, f"{grafana.url}/", with_user, grafana.url))
        aims = open_targets(servers, open_project(shop), (), {"GRAFANA_TOKEN": "t"})
        assert len(aims) == 2


def test_a_secret_in_a_file_is_found_from_the_projects_root(provision, shop, monkeypatch, tmp_path):
    write(
        shop,
        {
            "provisioning/sources.py": (
                "from provision.author import Datasource, Secret\n"
                'loki = Datasource("Loki", "loki", "http://loki", type="loki", basic_auth_user="me",\n'
                '                  secure={"basicAuthPassword": Secret.file("secrets/password")})\n'
            ),
            "secrets/password": "hunter2\n",
        },
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAFANA_USER", "admin")
    monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
    with standin("12.4.0") as grafana:
        ran = provision("push", "--project", shop, "--grafana", grafana.url, "-vv")
        assert ran.code == 0, ran
        assert grafana.datasources["loki"]["secrets"] == {"basicAuthPassword": "hunter2"}
        assert "hunter2" not in ran.out + ran.err


def test_a_missing_url_is_told(tmp_path):
    with pytest.raises(UsageError, match="no server is named"):
        destinations(Servers(), (of(tmp_path),), {})
