import json
import subprocess
from pathlib import Path

import pytest

from provision.cli import run
from provision.commands import diff as module
from provision.commands.targets import Destination
from provision.model import Live, Mark, Resource, digest, encode
from provision.ship.fleet import Aim

PROJECT = """\
[tool.provision]
name = "shop"
[tool.provision.variables]
limit = 1
[tool.provision.env.production.variables]
limit = 5
"""
RULES = """\
from provision.author import Alert, Group, env
shop = Group("shop", [Alert(alert="TooMany", expr=f"orders > {env['limit']}")])
"""


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_toml", ".toml").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a repository with one commit; the working directory is its root."""
    folder = tmp_path / "shop"
    folder.mkdir()
    write(folder, pyproject_toml=PROJECT, rules__shop_py=RULES)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("GRAFANA_URL", "GRAFANA_SERVER", "PROMETHEUS_URL", "ALERTMANAGER_URL"):
        monkeypatch.delenv(name, raising=False)
    return folder


def edit(folder: Path, old: str, new: str, name: str = "rules/shop.py") -> None:
    path = folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_nothing_changed(project, capsys):
    assert run(["diff", "--exit-code"]) == 0
    assert capsys.readouterr().out.endswith("): no changes\n")


def test_a_change_against_the_last_commit(project, capsys):
    edit(project, "TooMany", "FarTooMany")
    edit(project, '")])', '", for_="5m")])')
    assert run(["diff"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[0].startswith("HEAD (")
    assert lines[1].split() == ["~", "rule", "group", '"shop"', "in", "shop.yml", "rules/shop.py:2"]
    assert [line.strip() for line in lines[2:]] == [
        "~ alert TooMany renamed to FarTooMany",
        "+ alert FarTooMany: for: 5m",
        "1 changed",
        "",
    ]
    assert run(["diff", "--exit-code"]) == 5


def test_quiet_says_nothing_and_still_exits_with_5(project, capsys):
    edit(project, "orders >", "orders_total >")
    assert run(["diff", "-q", "--exit-code"]) == 5
    assert capsys.readouterr().out == ""


def test_the_variables_are_part_of_the_project(project, capsys):
    edit(project, "limit = 5", "limit = 7", "pyproject.toml")
    assert run(["diff", "--exit-code"]) == 0
    assert run(["diff", "--exit-code", "--env", "production"]) == 5
    assert "orders > 5 → orders > 7" in capsys.readouterr().out


def test_json(project, capsys):
    edit(project, "orders >", "orders_total >")
    assert run(["diff", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (comparison,) = document["comparisons"]
    (difference,) = comparison["differences"]
    assert (difference["verb"], difference["key"]) == ("update", "shop.yml/shop")
    assert difference["changes"] == [
        {"path": "alert TooMany: expr", "before": "orders > 1", "after": "orders_total > 1"}
    ]


def test_another_revision(project, capsys):
    edit(project, "orders >", "orders_total >")
    git(project, "commit", "-qam", "second")
    assert run(["diff", "--exit-code"]) == 0
    assert run(["diff", "--exit-code", "--against", "HEAD~1"]) == 5
    assert capsys.readouterr().out.split("\n")[1].startswith("HEAD~1 (")


def test_only_some_sources(project, capsys):
    write(project, rules__other_py=(project / "rules/shop.py").read_text().replace("shop", "other"))
    edit(project, "orders >", "orders_total >")
    assert run(["diff", "rules/other.py"]) == 0
    out = capsys.readouterr().out
    assert '+ rule group "other" in other.yml' in out
    assert "shop.yml" not in out


def test_a_source_that_went(project, capsys):
    (project / "rules/shop.py").unlink()
    assert run(["diff"]) == 0
    assert '− rule group "shop" in shop.yml' in capsys.readouterr().out


def test_the_project_lies_below_the_repository(project, capsys):
    sub = project / "deep" / "estate"
    write(sub, pyproject_toml=PROJECT, rules__a_py=(project / "rules/shop.py").read_text())
    git(project, "add", "-A")
    git(project, "commit", "-qm", "second")
    edit(sub, "orders >", "orders_total >", "rules/a.py")
    assert run(["diff", "--project", str(sub)]) == 0
    assert "orders > 1 → orders_total > 1" in capsys.readouterr().out


def sentence(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.strip().split("\n")
    return line


def test_the_project_did_not_exist_yet(project, capsys):
    git(project, "rm", "-q", "--cached", "pyproject.toml")
    git(project, "commit", "-qm", "without")
    assert run(["diff"]) == 1
    assert "the project did not exist yet in HEAD (" in sentence(capsys)


def test_there_was_no_such_environment_yet(project, capsys):
    edit(project, "limit = 5", "limit = 5\n[tool.provision.env.new.variables]\nlimit = 9", "pyproject.toml")
    assert run(["diff", "--env", "new"]) == 2
    told = sentence(capsys)
    assert "in HEAD (" in told
    assert "there is no environment 'new'" in told


def test_no_repository(project, capsys, tmp_path):
    other = tmp_path / "other"
    write(other, pyproject_toml=PROJECT)
    assert run(["diff", "--project", str(other)]) == 1
    assert "is not in a git repository" in sentence(capsys)


def test_no_commit_yet(project, capsys, tmp_path):
    other = tmp_path / "other"
    write(other, pyproject_toml=PROJECT)
    git(other, "init", "-q")
    assert run(["diff", "--project", str(other)]) == 1
    assert "nothing was committed yet" in sentence(capsys)


def test_no_such_revision(project, capsys):
    assert run(["diff", "--against", "nowhere"]) == 1
    assert "git knows no revision 'nowhere'" in sentence(capsys)


def test_a_source_is_broken(project, capsys):
    edit(project, "shop = ", "shop = 1 / 0 #")
    assert run(["diff"]) == 1
    assert "rules/shop.py:2" in capsys.readouterr().err


def test_the_committed_source_is_broken(project, capsys):
    edit(project, "shop = ", "shop = 1 / 0 #")
    git(project, "commit", "-qam", "broken")
    edit(project, "shop = 1 / 0 #", "shop = ")
    assert run(["diff"]) == 1
    err = capsys.readouterr().err
    assert "rules/shop.py:2: in HEAD (" in err
    assert "division by zero" in err


# ── against servers ──────────────────────────────────────────────────────────
class Shelf:
    """A target that holds what it is given, and takes nothing."""

    name = "shelf http://127.0.0.1:1"
    identity = "shelf"
    order = ("folder", "datasource")
    marks = frozenset(("folder", "datasource"))

    def __init__(self, *live):
        self.live = live

    def read(self, wanted):
        return iter(self.live)

    def standing(self, desired, live):
        return live


def folder(key, title):
    return Resource("folder", key, encode({"title": title, "parentUid": ""}))


def live(resource, owner="shop", base=None):
    mark = Mark(owner, digest(resource.body) if base is None else base) if owner else None
    return Live(resource.kind, resource.key, resource.body, mark)


@pytest.fixture
def aims(monkeypatch):
    found = []

    def destinations(*_):
        return tuple(Destination(None, "", "http://g", lambda _, aim=aim: aim) for aim in found)

    monkeypatch.setattr("provision.commands.targets.destinations", destinations)
    return found


def test_against_what_is_live(project, capsys, aims):
    shelf = Shelf(
        live(folder("same", "Same")), live(folder("old", "Old")),
        live(folder("edited", "Edited by hand"), base="v1:0"), live(folder("theirs", "Theirs"), owner="else"),
    )  # fmt: skip
    desired = (
        folder("same", "Same"), folder("old", "New"), folder("new", "Made"), folder("edited", "Edited"), folder("theirs", "Ours")
    )  # fmt: skip
    aims.append(Aim(shelf, desired))
    assert run(["diff", "--live", "--grafana", "http://127.0.0.1:1", "--exit-code"]) == 5
    assert capsys.readouterr().out.split("\n") == [
        "shelf http://127.0.0.1:1",
        '  ~ folder "Edited" (it was changed on the server since the last push)',
        "      ~ title: Edited by hand → Edited",
        '  + folder "Made"',
        '  ~ folder "New"',
        "      ~ title: Old → New",
        "  ~ folder \"Ours\" (it belongs to 'else')",
        "      ~ title: Theirs → Ours",
        "1 added, 3 changed",
        "",
    ]


def test_naming_a_server_means_live(project, capsys, aims):
    aims.append(Aim(Shelf(live(folder("same", "Same"))), (folder("same", "Same"),)))
    assert run(["diff", "--grafana", "http://127.0.0.1:1", "--exit-code"]) == 0
    assert capsys.readouterr().out == "shelf http://127.0.0.1:1: no changes\n"


def test_live_without_a_server(project, capsys):
    assert run(["diff", "--live"]) == 2
    assert "no server is named" in sentence(capsys)


def test_what_stops_and_does_not_differ_is_no_difference(aims):
    from provision.model import Action, Plan, Verb

    same = folder("same", "Same")
    adopt = Action(Verb.ADOPT, "folder", "same", same, live(same, owner=None))
    gone = Action(Verb.DELETE, "folder", "gone", None, live(folder("gone", "Gone")))
    found = module.differences(Plan("shelf", "shop", (adopt, gone)))
    assert [(difference.verb, difference.title) for difference in found] == [("delete", 'folder "Gone"')]
