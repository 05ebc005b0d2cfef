"""Where a drill makes its Swarm: what is there already, and what is left."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from provision.errors import MissingTool, ProvisionError
from provision.lab.drill.swarm import staging
from provision.lab.drill.swarm.staging import staged
from provision.lab.swarm import cluster as clusters
from provision.lab.swarm import node, platform, state, supply, wires
from provision.project import Project


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text('[tool.provision]\nname = "test"\n[tool.provision.env.swarm]\n')
    return Project(root=root, name="test")


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Swarms without engines and networks, which nothing is deployed on."""

    @contextmanager
    def receiving(_):
        yield "http://172.31.64.1:9/alerts"

    for module, name in ((node, "require"), (platform, "require"), (supply, "give_images"), (clusters, "_join"),
                         (wires, "lay"), (wires, "connect"), (node, "forget_control_groups")):  # fmt: skip
        monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(wires, "_ip", lambda *_: "[]")
    monkeypatch.setattr(clusters, "_started", lambda made, _: made)
    monkeypatch.setattr(staging, "_receiving", receiving)
    monkeypatch.setattr(staging, "_deployed", lambda cluster, *_: cluster)


@pytest.fixture
def told():
    return []


def killed(folder, made_for=staging.MADE_FOR):
    """What a drill leaves that is killed, or a person who has started a Swarm."""
    made = clusters.up(folder, 1, 1, made_for=made_for)
    (folder / "worker-1").mkdir()
    (folder / f"{state.IMAGES}x1").mkdir()
    (folder / f"{state.IMAGES}x1" / "images.tar").write_text("")
    return made


def test_nothing_is_left_of_it(project, tmp_path, told):
    with staged(project, tmp_path / "there", 1, 2, told.append) as made:
        assert state.read(tmp_path / "there") == made
        assert [each.name for each in made.nodes] == ["manager-1", "worker-1", "worker-2"]
    assert not (tmp_path / "there").exists()
    assert not made.sockets.exists()
    assert told[-1] == "taking the Swarm away"


def test_what_a_drill_that_was_killed_has_left_is_taken_away_first(project, tmp_path, told):
    left = killed(tmp_path / "there")
    with staged(project, tmp_path / "there", 1, 2, told.append) as made:
        assert made.id != left.id
        assert not (tmp_path / "there" / "worker-1").exists()
    assert told[0] == f"the Swarm that an earlier drill left in {tmp_path}/there is gone"
    assert not left.sockets.exists()
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(
    ("name", "down"),
    [("kept", "provision lab swarm down --state {}"), (".provision/swarm", "provision lab swarm down")],
)
def test_a_swarm_that_no_drill_made_is_left_alone(project, tmp_path, told, name, down):
    folder = tmp_path / name
    theirs = killed(folder, made_for="")
    with pytest.raises(ProvisionError) as refused, staged(project, folder, 1, 2, told.append):
        pytest.fail("it was taken")
    assert str(refused.value) == (
        f"{folder}: a Swarm is there that no drill made, and a drill would take it away; name another folder with --state, "
        f"or end it with: {down.format(folder)}"
    )
    assert (state.read(folder), told) == (theirs, [])
    assert (folder / "worker-1").is_dir()
    clusters.down(folder)


def test_one_that_was_written_down_before_it_said_what_for_is_nobodys_to_take(project, tmp_path, told):
    """A state file without `made_for` is what `provision lab swarm up` of an earlier version wrote."""
    theirs = killed(tmp_path / "there")
    file = tmp_path / "there" / state.FILE
    file.write_text(file.read_text().replace(',\n  "made_for": "drills"', ""))
    with (
        pytest.raises(ProvisionError, match="no drill made"),
        staged(project, theirs.folder, 1, 2, told.append),
    ):
        pytest.fail("it was taken")
    clusters.down(theirs.folder)


def test_two_drills_dont_share_a_swarm(project, tmp_path, told):
    with staged(project, tmp_path / "there", 1, 2, told.append) as made:
        with pytest.raises(ProvisionError) as refused, staged(project, made.folder, 3, 0, told.append):
            pytest.fail("two at once")
        assert str(refused.value) == (
            f"{made.folder}: another drill runs on this lab; wait until it is over, or name another folder with --state"
        )
        assert state.read(made.folder) == made
    with staged(project, tmp_path / "there", 3, 0, told.append):
        pass
    assert not (tmp_path / "there").exists()


def test_what_somebody_has_put_in_its_place_meanwhile_stays(project, tmp_path, told):
    with staged(project, tmp_path / "there", 1, 2, told.append) as made:
        clusters.down(made.folder)
        theirs = clusters.up(made.folder, 1, 0)
    assert state.read(made.folder) == theirs
    assert "taking the Swarm away" not in told
    clusters.down(made.folder)


def test_whatever_happens_it_is_gone(project, tmp_path, told):
    with pytest.raises(KeyboardInterrupt), staged(project, tmp_path / "there", 1, 2, told.append):
        raise KeyboardInterrupt
    assert not (tmp_path / "there").exists()


def test_what_its_images_are_made_of_is_looked_for_before_engines_start(project, tmp_path, told, monkeypatch):
    def require():
        raise MissingTool("the images need programs of haproxy")

    monkeypatch.setattr(platform, "require", require)
    with pytest.raises(MissingTool, match="haproxy"), staged(project, tmp_path / "there", 1, 2, told.append):
        pytest.fail("without images")
    assert (told, (tmp_path / "there").exists()) == ([], False)


def test_a_folder_with_something_else_in_it_is_left_alone(project, tmp_path, told):
    (tmp_path / "there" / "worker-1").mkdir(parents=True)
    with pytest.raises(ProvisionError, match="there: is not empty, and holds no Swarm; name another folder"):
        with staged(project, tmp_path / "there", 1, 2, told.append):
            pytest.fail("it was taken")
    assert (tmp_path / "there" / "worker-1").is_dir()


def test_two_at_once_may_be_in_different_folders(project, tmp_path, told):
    with staged(project, tmp_path / "one", 1, 2, told.append) as one:
        with staged(project, tmp_path / "other", 1, 2, told.append) as other:
            assert (state.read(one.folder), state.read(other.folder)) == (one, other)
        assert state.read(one.folder) == one
