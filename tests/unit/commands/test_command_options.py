"""Options that all commands take, and where they look for the project."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from provision.commands.options import SOMEWHERE, absolute, here
from provision.errors import UsageError
from support.commands import project
from support.grafana_standin import standin


def test_no_project_here(provision, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in (("build",), ("plan", "--grafana", "http://g"), ("push",)):
        ran = provision(*command)
        assert ran.code == 2
        assert ran.sentence == (
            f"{tmp_path}: no project here: no pyproject.toml with a [tool.provision] table in this folder or above; "
            "add one, or name the project with --project DIR"
        )
    assert provision("build", "--project", "nowhere").sentence == (
        "nowhere: there is no such folder; name the folder that holds the project's pyproject.toml"
    )


def test_an_environment_that_is_not_there(provision, shop):
    ran = provision("build", "--env", "production")
    assert ran.code == 2
    assert ran.sentence == (
        f"{shop}/pyproject.toml: there is no environment 'production'; add [tool.provision.env.production]"
    )


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nowhere", "{shop}/nowhere: there is no such file or directory"),
        ("../outside", "{shop}/../outside: lies outside the project {shop}"),
        ("loop", "{shop}/loop: there is no such file or directory"),
        ("empty", "{shop}/empty: there is no source in this directory; sources are *.py under dashboards/"),
        ("pyproject.toml", "{shop}/pyproject.toml: isn't a source; sources are *.py under dashboards/"),
    ],
)
def test_paths_that_are_no_sources(provision, shop, path, sentence):
    (shop.parent / "outside").mkdir()
    (shop / "empty").mkdir()
    (shop / "loop").symlink_to("loop")
    ran = provision("build", path)
    assert ran.code == 2
    assert ran.sentence.startswith(sentence.format(shop=shop))
    assert not (shop / "build").exists()


def test_an_empty_path(provision, shop):
    ran = provision("build", "")
    assert ran.code == 2
    assert "it is empty; is a variable not set?" in ran.err


def test_a_working_directory_that_was_removed(provision, tmp_path, monkeypatch):
    root = project(tmp_path / "shop")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    sentence = "the working directory isn't there any more; cd to one that is"
    for arguments in (
        ("build",),
        ("build", "--project", root, "-o", "out"),
        ("build", "--project", root, "x"),
    ):
        ran = provision(*arguments)
        assert (ran.code, ran.sentence) == (2, sentence)
    assert provision("build", "--project", root).code == 0
    with pytest.raises(UsageError):
        here()
    assert absolute(Path("/x")) == Path("/x")


def test_a_project_that_is_reached_through_a_link(provision, tmp_path, monkeypatch):
    root = project(tmp_path / "mein Läden \N{SNOWMAN}")
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(tmp_path / "link" / "dashboards")
    assert provision("build", "sales").code == 0
    assert provision("build", tmp_path / "link" / "rules", root / "dashboards").code == 0
    assert (root / "build" / "prometheus" / "rules" / "shop.yml").exists()


def test_each_v_says_more_and_no_secret(provision, shop, monkeypatch):
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_hush")
    with standin("12.4.0") as grafana:
        grafana.tokens["glsa_hush"] = grafana.admin
        silent, some, all_ = (
            provision("plan", "--grafana", grafana.url, *v) for v in ((), ("-v",), ("-vv",))
        )
    assert silent.err == some.err == ""
    assert f"GET {grafana.url}/api/health → 200" in all_.err
    assert "glsa_hush" not in all_.err
    assert silent.out == some.out == all_.out


def test_a_log_that_cannot_be_written_says_nothing(provision, shop, monkeypatch):
    class Full:
        def write(self, _):
            raise OSError(28, "No space left on device")

        def flush(self):
            pass

    provision("build", "-vv")
    log = logging.getLogger("provision")
    log.handlers[0].setStream(Full())
    log.debug("to nowhere")


def test_a_path_completes_as_files_do():
    assert [item.type for item in SOMEWHERE.shell_complete(None, None, "x")] == ["file"]


def test_help_names_first_what_is_needed_first(provision):
    said = provision("push", "--help").out
    options = (
        "--grafana",
        "--prometheus",
        "--ca-file",
        "--dry-run",
        "--overwrite",
        "--format",
        "--env",
        "--help",
    )
    places = [said.index(f"  {option} ") for option in options if f"  {option} " in said]
    assert len(places) >= 7
    assert places == sorted(places)
