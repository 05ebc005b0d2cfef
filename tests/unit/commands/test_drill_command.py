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


def test_what_was_found_out_isnt_lost_with_what_comes_after_it(provision, shop, ran, monkeypatch):
    before = runner.run

    def run(drill, stage, tell):
        if drill.name == "hang-replica":
            raise ProvisionError("users' requests still fail after 120 s", where="the lab")
        return before(drill, stage, tell)

    monkeypatch.setattr(runner, "run", run)
    shown = provision("drill", "kill-replica", "hang-replica", "--report", "report.html", "--format", "json")
    assert shown.code == 1
    assert "the lab: users' requests still fail after 120 s" in shown.err
    assert [each["name"] for each in json.loads(shown.out)["drills"]] == ["kill-replica"]
    assert "of 1 hypotheses 1 held" in (shop / "report.html").read_text()


def test_a_report_that_cant_be_written_is_told_before_anything_is_broken(provision, shop, ran):
    (shop / "report.html").mkdir()
    (shop / "file").write_text("")
    for option, path, said in (
        ("--report", "report.html", "--report can't be written there: report.html is a folder"),
        ("--report", "file/report.html", "--report can't be written there: File exists"),
        ("--pictures", "file", "--pictures can't be written there: File exists"),
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
        (("--all", "kill-replica"), "name a drill, or give --all; --list says which there are"),
        (("--swarm", "halt-worker-1"), "--swarm belongs to --all"),
        (("kill-replicas",), "there is no drill 'kill-replicas'; did you mean 'kill-replica'?"),
        (("xyz",), "there is no drill 'xyz'; provision drill --list says which there are"),
    ],
)
def test_what_makes_no_sense(provision, shop, ran, arguments, sentence):
    shown = provision("drill", *arguments)
    assert (shown.code, sentence in shown.err) == (2, True)
    assert ran.folders == []


def test_pictures_that_cant_be_made_are_told_before_anything_is_broken(provision, shop, ran, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "vl_convert", None)
    shown = provision("drill", "kill-replica", "--report", "report.html")
    assert (shown.code, ran.folders) == (1, [])
    assert shown.sentence.startswith("pictures need vl-convert-python, which isn't installed")
    with pytest.raises(Exception, match="isn't installed"):
        picture.require()
