from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import threading
from pathlib import Path

import pytest

from provision.commands import build
from provision.ship.target import folder
from support.commands import DASHBOARD, tree, write

FILES = {
    ".provision.json",
    "grafana/dashboards/sales/sales-orders.json",
    "grafana/provisioning/dashboards/dashboards.yaml",
    "prometheus/rules/shop.yml",
}


def test_a_build_writes_the_files_and_says_so(provision, shop):
    ran = provision("build")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Sales\n"
        "  Orders  sales-orders  1 panel\n"
        "Rules: 1 record and 0 alerts in 1 group\n"
        f"{shop / 'build'}: 3 files created\n"
        "  + grafana/dashboards/sales/sales-orders.json\n"
        "  + grafana/provisioning/dashboards/dashboards.yaml\n"
        "  + prometheus/rules/shop.yml\n"
    )
    made = tree(shop / "build")
    assert set(made) == FILES
    assert json.loads(made["grafana/dashboards/sales/sales-orders.json"])["title"] == "Orders"


def test_the_same_input_gives_the_same_bytes_and_writes_nothing(provision, shop):
    provision("build")
    before = {file: file.stat().st_mtime_ns for file in (shop / "build").rglob("*") if file.is_file()}
    ran = provision("build")
    assert ran.out.endswith(f"{shop / 'build'}: 3 files unchanged\n")
    assert before == {file: file.stat().st_mtime_ns for file in before}
    provision("build", "-o", "other")
    assert tree(shop / "other") == tree(shop / "build")


def test_a_build_as_json(provision, shop):
    ran = provision("build", "--format", "json", "-q")
    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert document["format"] == "provision.build/1"
    assert document["root"] == str(shop / "build")
    assert document["summary"] == {"created": 3, "updated": 0, "removed": 0, "unchanged": 0, "failed": 0}
    assert document["dashboards"][0]["place"] == "dashboards/sales/orders.json:1"


def test_a_quiet_build_says_nothing(provision, shop):
    ran = provision("build", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert set(tree(shop / "build")) == FILES


def test_an_environment_is_built(provision, shop):
    (shop / "pyproject.toml").write_text(
        '[tool.provision]\nname = "shop"\noutput = "plain"\n[tool.provision.env.production]\noutput = "out/prod"\n'
    )
    assert provision("build", "--env", "production").code == 0
    assert set(tree(shop / "out" / "prod")) == FILES
    assert not (shop / "plain").exists()


@pytest.mark.parametrize("here", ["dashboards/sales", "rules", "."])
def test_a_build_from_any_folder_below(provision, shop, monkeypatch, here):
    monkeypatch.chdir(shop / here)
    assert provision("build").code == 0
    assert set(tree(shop / "build")) == FILES


def test_a_project_elsewhere_and_an_output_relative_to_the_working_directory(
    provision, shop, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    assert provision("build", "--project", "shop", "-o", "here").code == 0
    assert set(tree(tmp_path / "here")) == FILES
    assert provision("build", "--project", "shop", "shop/rules").code == 0
    assert set(tree(shop / "build")) == {".provision.json", "prometheus/rules/shop.yml"}


def test_a_part_leaves_what_the_other_parts_made(provision, shop, monkeypatch):
    provision("build")
    (shop / "rules" / "shop.yml").unlink()
    (shop / "dashboards" / "sales" / "orders.json").write_text(DASHBOARD % ("Orders now", "up"))
    ran = provision("build", "dashboards")
    assert ran.out.startswith("Sales\n  Orders now  sales-orders  1 panel\n")
    assert ran.out.endswith("1 file updated, 1 unchanged\n  ~ grafana/dashboards/sales/sales-orders.json\n")
    assert (shop / "build" / "prometheus" / "rules" / "shop.yml").exists()
    monkeypatch.chdir(shop / "dashboards")
    assert provision("build", "sales/orders.json").out.endswith("2 files unchanged\n")
    ran = provision("build")
    assert "  − prometheus/rules/shop.yml\n" in ran.out
    assert not (shop / "build" / "prometheus").exists()


def test_what_this_project_did_not_make_stays(provision, shop):
    provision("build")
    write(shop / "build", {"prometheus/rules/mine.yml": "mine", "notes.txt": "mine"})
    (shop / "rules" / "shop.yml").unlink()
    assert provision("build").code == 0
    assert set(tree(shop / "build")) == FILES - {"prometheus/rules/shop.yml"} | {
        "prometheus/rules/mine.yml",
        "notes.txt",
    }


def test_a_file_in_the_way_that_this_project_did_not_make(provision, shop):
    write(shop / "build", {"prometheus/rules/shop.yml": "mine"})
    ran = provision("build")
    assert (ran.code, ran.out) == (1, "")
    assert ran.sentence == (
        f"{shop / 'build'}: there are files that this project did not make: prometheus/rules/shop.yml; "
        "move them away or choose another folder with -o"
    )
    assert tree(shop / "build") == {"prometheus/rules/shop.yml": b"mine"}


def test_a_file_in_the_way_that_is_just_the_same_is_taken_over(provision, shop):
    provision("build", "-o", "other")
    (shop / "other" / ".provision.json").unlink()
    assert provision("build", "-o", "other").code == 0
    (shop / "rules" / "shop.yml").unlink()
    assert "  − prometheus/rules/shop.yml\n" in provision("build", "-o", "other").out


def test_an_edited_file_is_written_again(provision, shop):
    provision("build")
    (shop / "build" / "prometheus" / "rules" / "shop.yml").write_text("edited")
    assert provision("build").out.endswith("1 file updated, 2 unchanged\n  ~ prometheus/rules/shop.yml\n")


def test_the_rest_is_written_when_one_file_cannot_be(provision, shop):
    write(shop / "build", {"grafana": "a file where a folder should be"})
    ran = provision("build")
    assert ran.code == 4
    assert "  ✗ grafana/dashboards/sales/sales-orders.json\n" in ran.out
    assert "  + prometheus/rules/shop.yml\n" in ran.out
    at = shop / "build" / "grafana"
    assert ran.err == (
        f"Error: {at}/dashboards/sales/sales-orders.json: can't be written: Not a directory: {at}/dashboards/sales\n"
        f"Error: {at}/provisioning/dashboards/dashboards.yaml: can't be written: Not a directory: "
        f"{at}/provisioning/dashboards\n"
    )
    again = provision("build")
    assert again.code == 1
    at.unlink()
    assert provision("build").code == 0
    assert set(tree(shop / "build")) == FILES


def full_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """A disk with room for so many files."""
    left = iter(range(writes))

    def write_beside(file: Path, content: bytes) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file, content)

    real = folder.write_beside
    monkeypatch.setattr(folder, "write_beside", write_beside)


def test_a_full_disk_before_the_first_file(provision, shop, monkeypatch):
    full_after(monkeypatch, 0)
    ran = provision("build")
    assert (ran.code, ran.out) == (1, "")
    assert ran.sentence == f"{shop / 'build'}: can't be written: No space left on device"
    assert tree(shop / "build") == {}


def test_a_full_disk_after_the_first_file(provision, shop, monkeypatch):
    full_after(monkeypatch, 2)
    ran = provision("build")
    assert ran.code == 4
    assert "1 file created, 2 failed" in ran.out
    said = ran.err.splitlines()
    assert [line.rpartition(": ")[2] for line in said] == ["No space left on device"] * 3
    assert said[-1] == f"Error: {shop / 'build'}: can't be written: No space left on device"
    monkeypatch.undo()
    monkeypatch.chdir(shop)
    assert provision("build").code == 0
    assert set(tree(shop / "build")) == FILES


def test_a_full_disk_when_all_files_are_written(provision, shop, monkeypatch):
    full_after(monkeypatch, 4)
    ran = provision("build")
    assert ran.code == 4
    assert ran.sentence == f"{shop / 'build'}: can't be written: No space left on device"
    assert set(tree(shop / "build")) == FILES


def test_a_disk_that_is_full_in_the_middle_of_a_file_leaves_no_half(provision, shop, monkeypatch):
    provision("build")
    (shop / "rules" / "shop.yml").write_text("groups: []\n")
    before = tree(shop / "build")

    def full(descriptor, *_, **__):
        os.close(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        assert provision("build").code == 1
    assert tree(shop / "build") == before


@pytest.mark.parametrize(
    ("output", "where", "what"),
    [
        ("dashboards/out", "{shop}/dashboards/out", "lies in dashboards/, where every file may be a source"),
        ("rules", "{shop}/rules", "lies in rules/, where every file may be a source"),
        ("linked/x", "{shop}/linked/x", "lies in provisioning/, where every file may be a source"),
        ("dangling", "{shop}/dangling", "is a link to something that isn't there"),
        ("", "Invalid value for '-o' / '--output'", "it is empty; is a variable not set?"),
    ],
)
def test_outputs_that_nobody_can_mean(provision, shop, output, where, what):
    (shop / "provisioning").mkdir()
    (shop / "linked").symlink_to("provisioning")
    (shop / "dangling").symlink_to("nowhere")
    before = tree(shop)
    ran = provision("build", "-o", output)
    assert ran.code == 2
    assert f"Error: {where.format(shop=shop)}: {what}" in ran.err
    assert {name for name in tree(shop) if not name.startswith(".provision/")} == set(before)


def test_an_output_that_is_a_file(provision, shop):
    ran = provision("build", "-o", "pyproject.toml")
    assert ran.code == 1
    assert ran.sentence == f"{shop / 'pyproject.toml'}: is not a folder; choose another with -o"


def test_an_output_setting_in_the_sources(provision, shop):
    (shop / "pyproject.toml").write_text('[tool.provision]\nname = "shop"\noutput = "dashboards"\n')
    assert provision("build").code == 2
    assert not (shop / "dashboards" / ".provision.json").exists()


def test_an_output_in_a_folder_whose_name_is_not_utf8(provision, shop, monkeypatch):
    odd = os.fsdecode(b"b\xffd")
    ran = provision("build", "-o", odd, "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["root"] == f"{shop}/b\N{REPLACEMENT CHARACTER}d"
    assert set(tree(shop / odd)) == FILES


def test_a_list_of_files_that_reaches_outside_removes_nothing(provision, shop, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for key in ("../../victim", str(victim)):
        write(shop / "build", {".provision.json": json.dumps({"owner": "shop", "files": {key: "v1:0"}})})
        ran = provision("build")
        assert ran.code == 1
        assert ran.sentence == (
            f"{shop}/build/.provision.json: is not this tool's list of files; remove it and the files beside it"
        )
    assert victim.read_text() == "precious"


def test_two_builds_at_once_wait_for_each_other(provision, shop):
    provision("build")
    (shop / "rules" / "shop.yml").unlink()
    descriptor = os.open(shop / "build", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    entered = threading.Event()

    def other():
        with build._alone(shop / "build"):
            entered.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert not entered.wait(0.1)
    os.close(descriptor)
    assert entered.wait(10)
    thread.join()
    assert provision("build").code == 0


def test_where_a_folder_cannot_be_locked_nobody_waits(provision, shop, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(build.fcntl, "flock", no_locks)
    assert provision("build").code == 0


def test_broken_sources_are_all_told_and_nothing_is_written(provision, shop):
    write(shop, {"rules/bad.yml": "groups: [", "dashboards/bad.py": "x = 1\nx.nope\n"})
    ran = provision("build")
    assert (ran.code, ran.out) == (1, "")
    assert (
        "dashboards/bad.py:2: AttributeError: 'int' object has no attribute 'nope'\n    x.nope\n" in ran.err
    )
    assert "\nrules/bad.yml:2: not valid YAML" in ran.err
    assert not (shop / "build").exists()


def test_an_empty_project_is_told_and_what_was_built_stays(provision, shop):
    provision("build")
    before = tree(shop / "build")
    for room in ("rules", "dashboards", "provisioning"):
        shutil.rmtree(shop / room, ignore_errors=True)
    ran = provision("build")
    assert ran.code == 1
    assert f"{shop}: there is nothing to compile: no source under dashboards/" in ran.err
    assert tree(shop / "build") == before


def test_a_cache_that_cannot_be_written_is_done_without(provision, shop):
    (shop / ".provision").write_text("in the way")
    assert provision("build").code == 0
    assert set(tree(shop / "build")) == FILES


def test_what_was_kept_cannot_be_remembered(provision, shop, monkeypatch):
    provision("build")
    (shop / "build" / ".provision.json").unlink()
    full_after(monkeypatch, 0)
    ran = provision("build")
    assert ran.code == 1
    assert ran.sentence == f"{shop / 'build'}: can't be written: No space left on device"
