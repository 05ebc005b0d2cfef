"""The command line of drills: which are run, what is printed and written, and the exit code."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.drill import comparing, objectives, picture, runner, staging
from provision.lab.drill.catalogue import DRILLS
from provision.lab.drill.comparing import Row
from provision.lab.drill.stage import Stage
from provision.lab.drill.swarm import placements
from provision.lab.drill.swarm import staging as swarm_staging
from provision.lab.drill.swarm.catalogue import DRILLS as ON_A_SWARM
from support.drilled import outcome


@pytest.fixture
def ran(monkeypatch):
    """Drills that hold unless their name is in `failing`; which were run, in which lab."""

    class Ran:
        def __init__(self):
            self.names, self.folders, self.swarms, self.failing = [], [], [], set()

    ran = Ran()

    @contextmanager
    def staged(_project, folder, _tell):
        ran.folders.append(folder)
        yield Stage(Path("lab"), ())

    def run(drill, _stage, tell):
        tell(f"{drill.name}: begun")
        ran.names.append(drill.name)
        return replace(outcome(holds=drill.name not in ran.failing), drill=drill)

    @contextmanager
    def a_swarm(_project, folder, managers, workers, _tell):
        ran.swarms.append((managers, workers))
        ran.folders.append(folder)
        yield None

    monkeypatch.setattr(staging, "staged", staged)
    monkeypatch.setattr(swarm_staging, "staged", a_swarm)
    monkeypatch.setattr(runner, "run", run)
    monkeypatch.setattr(Stage, "url", lambda *_: "http://127.0.0.1:1")
    monkeypatch.setattr(objectives, "objectives", lambda _: None)
    row = Row("1 client", 450, 30, 0.0123, 0.02, 0.31, 0.005, 0.0049, True)
    monkeypatch.setattr(comparing, "clients", lambda *_: [row])
    monkeypatch.setattr(placements, "compare", lambda *_: [row, row])
    return ran


def test_those_that_are_named_run_once_in_that_order(provision, shop, ran):
    shown = provision("drill", "hang-replica", "kill-replica", "hang-replica", "--state", "there")
    assert shown.code == 0
    assert ran.names == ["hang-replica", "kill-replica"]
    assert ran.folders == [Path("there")]
    assert "hang-replica: begun" in shown.err
    assert "✓ Down fires: after 4.0 s (at most 6.0 s after the break)" in shown.out
    assert shown.out.count("The hypothesis held.") == 2


def test_one_that_fails_is_exit_code_1_and_the_others_run(provision, shop, ran):
    ran.failing = {"hang-replica"}
    shown = provision("drill", "hang-replica", "kill-replica", "-q")
    assert (shown.code, shown.err) == (1, "")
    assert ran.names == ["hang-replica", "kill-replica"]


def test_all_of_them_with_a_page_pictures_and_json(provision, shop, ran):
    shown = provision(
        "drill", "--all", "--report", "out/report.html", "--pictures", "out", "--format", "json"
    )
    assert shown.code == 0
    assert ran.names == list(DRILLS)
    said = json.loads(shown.out)
    assert [each["name"] for each in said["drills"]] == list(DRILLS)
    assert said["compared"]["compare-clients"][0]["what"] == "1 client"
    assert "of 8 hypotheses 8 held" in (shop / "out" / "report.html").read_text()
    assert {path.stem for path in (shop / "out").glob("*.png")} == set(DRILLS)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ProvisionError("users still fail", where="the lab"), "the lab: users still fail"),
        (KeyError("x"), "KeyError: 'x'"),
    ],
)
def test_one_that_cant_be_run_keeps_none_of_the_others_from_it_and_is_told(
    provision, shop, ran, monkeypatch, error, said
):
    before = runner.run

    def run(drill, stage, tell):
        if drill.name in ("hang-replica", "halt-worker-1"):
            raise error
        return before(drill, stage, tell)

    monkeypatch.setattr(runner, "run", run)
    names = ("hang-replica", "kill-replica", "compare-clients", "halt-worker-1", "drain-worker")
    shown = provision("drill", *names, "--report", "report.html", "--format", "json")
    assert shown.code == 1
    assert f"hang-replica: not run to its end, halt-worker-1: not run to its end: {said}" in shown.err
    found = json.loads(shown.out)
    assert [each["name"] for each in found["drills"]] == ["kill-replica", "drain-worker"]
    assert list(found["compared"]) == ["compare-clients"]
    assert found["not_run"] == {"hang-replica": said, "halt-worker-1": said}
    page = (shop / "report.html").read_text()
    assert "of 4 hypotheses 2 held, 2 not run to the end." in page
    assert "✗ not run to its end" in page


def test_a_lab_that_cant_be_made_or_taken_away(provision, shop, ran, monkeypatch):
    @contextmanager
    def unmade(*_):
        raise ProvisionError("no port is free")
        yield

    @contextmanager
    def kept(*_):
        yield None
        raise ProvisionError("a process can't be ended")

    monkeypatch.setattr(staging, "staged", unmade)
    monkeypatch.setattr(swarm_staging, "staged", kept)
    shown = provision("drill", "kill-replica", "compare-clients", "drain-worker", "--report", "report.html")
    assert (shown.code, ran.names) == (1, ["drain-worker"])
    assert (
        "kill-replica: not run to its end, compare-clients: not run to its end: no port is free" in shown.err
    )
    assert "the end of the lab: not run to its end: a process can't be ended" in shown.err
    assert "of 2 hypotheses 1 held, 3 not run to the end." in (shop / "report.html").read_text()


def test_a_comparison_that_lost_clients_is_no_success(provision, shop, ran, monkeypatch):
    row = Row("1 client", 450, 30, 0.0123, 0.02, 0.31, 0.005, 0.0049, False, ("visitor 1 ended: KeyError()",))
    monkeypatch.setattr(comparing, "clients", lambda *_: [row])
    shown = provision("drill", "compare-clients", "--report", "report.html")
    assert shown.code == 1
    told = "1 client: 1 clients ended before their time, such as visitor 1 ended: KeyError()"
    assert told in shown.out
    assert told in (shop / "report.html").read_text()


def test_a_report_that_cant_be_written_is_told_before_anything_is_broken(provision, shop, ran):
    (shop / "report.html").mkdir()
    (shop / "file").write_text("")
    for option, path, said in (
        ("--report", "report.html", "report.html: --report is a file, and that is a folder"),
        ("--report", "file/report.html", "--report can't be written there: there is a file of that name"),
        ("--pictures", "file", "--pictures can't be written there: there is a file of that name"),
    ):
        shown = provision("drill", "kill-replica", option, path)
        assert (shown.code, said in shown.err) == (2, True), shown
    assert ran.names == []


def test_all_on_a_swarm_one_for_each_size(provision, shop, ran):
    shown = provision("drill", "--all", "--swarm", "-q")
    assert (shown.code, ran.swarms) == (0, [(1, 2), (3, 0)])
    assert sorted(ran.names) == sorted(ON_A_SWARM)
    assert ran.folders == [shop / ".provision" / "drill-swarm"] * 2


def test_placements_compared_on_a_swarm_of_three(provision, shop, ran):
    shown = provision("drill", "compare-placements", "-q", "--format", "json")
    assert (shown.code, ran.swarms) == (0, [(1, 2)])
    assert len(json.loads(shown.out)["compared"]["compare-placements"]) == 2


def test_both_kinds_at_once(provision, shop, ran):
    shown = provision("drill", "halt-worker-1", "kill-replica", "-q", "--state", "there")
    assert (shown.code, ran.names) == (0, ["kill-replica", "halt-worker-1"])


def test_the_comparison_alone(provision, shop, ran):
    shown = provision("drill", "compare-clients", "-q")
    assert (shown.code, ran.names) == (0, [])
    assert "1 client" in shown.out
    assert "kept" in shown.out


def test_which_there_are(provision, shop, ran):
    names = [*DRILLS, "compare-clients", *ON_A_SWARM, "compare-placements"]
    assert [line.split()[0] for line in provision("drill", "--list").out.splitlines()] == names
    listed = json.loads(provision("drill", "--list", "--format", "json").out)
    assert [each["name"] for each in listed] == names
    assert ran.folders == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name a drill, or give --all; --list says which there are"),
        (("--all", "kill-replica"), "name drills, or give --all, but not both"),
        (
            ("--swarm", "halt-worker-1"),
            "--swarm belongs to --all; a drill's name says by itself where it runs",
        ),
        (("kill-replicas",), "there is no drill 'kill-replicas'; did you mean 'kill-replica'?"),
        (("xyz",), "there is no drill 'xyz'; provision drill --list says which there are"),
    ],
)
def test_what_makes_no_sense(provision, shop, ran, arguments, sentence):
    shown = provision("drill", *arguments)
    assert (shown.code, sentence in shown.err) == (2, True)
    assert ran.folders == []


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("kill-replica", "drain-worker"), "drain-worker"),
        (("compare-placements",), "compare-placements"),
        (("--all", "--swarm"), "halt-worker-1"),
    ],
)
def test_another_environment_than_that_of_a_swarm_is_refused(provision, shop, ran, arguments, name):
    settings = (shop / "pyproject.toml").read_text()
    (shop / "pyproject.toml").write_text(
        f"{settings}\n[tool.provision.env.demo]\n[tool.provision.env.swarm]\n"
    )
    shown = provision("drill", *arguments, "--env", "demo")
    assert (shown.code, ran.folders) == (2, [])
    assert shown.sentence == (
        f"--env demo: {name} runs on a Swarm, which is of the environment 'swarm' and of no other; leave it out, or say "
        "--env swarm"
    )
    assert provision("drill", *arguments, "--env", "swarm").code == 0
    assert provision("drill", "kill-replica", "--env", "demo").code == 0


def test_pictures_that_cant_be_made_are_told_before_anything_is_broken(provision, shop, ran, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "vl_convert", None)
    shown = provision("drill", "kill-replica", "--report", "report.html")
    assert (shown.code, ran.folders) == (1, [])
    assert shown.sentence.startswith("pictures need vl-convert-python, which isn't installed")
    with pytest.raises(Exception, match="isn't installed"):
        picture.require()
