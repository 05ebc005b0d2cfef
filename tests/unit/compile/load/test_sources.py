from __future__ import annotations

from pathlib import Path

import pytest

from provision.compile.load.sources import find_sources
from provision.errors import UsageError


def put(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def test_each_room_has_its_own_kinds_of_source(tmp_path: Path) -> None:
    put(
        tmp_path,
        "dashboards/a.py",
        "dashboards/b.json",
        "dashboards/c.yml",
        "dashboards/notes.md",
        "rules/a.py",
        "rules/b.yml",
        "rules/c.yaml",
        "rules/d.json",
        "provisioning/a.py",
        "provisioning/b.yml",
        "provisioning/c.json",
        "elsewhere/a.py",
    )
    assert find_sources(tmp_path) == (
        "dashboards/a.py",
        "dashboards/b.json",
        "provisioning/a.py",
        "provisioning/c.json",
        "rules/a.py",
        "rules/b.yml",
        "rules/c.yaml",
    )


def test_names_that_begin_with_an_underscore_or_a_dot_are_no_sources(tmp_path: Path) -> None:
    put(
        tmp_path,
        "dashboards/_shared.py",
        "dashboards/.hidden.json",
        "dashboards/__pycache__/x.py",
        "dashboards/_lib/deep/x.py",
        "dashboards/.git/x.py",
        "rules/_x.yml",
        "dashboards/team/real.py",
    )
    assert find_sources(tmp_path) == ("dashboards/team/real.py",)


def test_sources_are_sorted_by_path_whatever_the_disk_says(tmp_path: Path) -> None:
    put(
        tmp_path,
        "dashboards/b/z.py",
        "dashboards/b.py",
        "dashboards/a-b/c.py",
        "dashboards/a/b.py",
        "dashboards/B.py",
    )
    found = find_sources(tmp_path)
    assert list(found) == sorted(found)
    assert len(found) == 5


def test_a_project_without_rooms_has_no_sources(tmp_path: Path) -> None:
    assert find_sources(tmp_path) == ()


def test_a_room_that_is_a_file_is_told(tmp_path: Path) -> None:
    put(tmp_path, "rules")
    with pytest.raises(UsageError, match=r"rules: can't be read: Not a directory"):
        find_sources(tmp_path)


def test_linked_directories_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    put(tmp_path, "dashboards/a/x.py", "shared/y.py")
    (tmp_path / "dashboards/a/up").symlink_to(tmp_path / "dashboards")
    (tmp_path / "dashboards/shared").symlink_to(tmp_path / "shared")
    assert find_sources(tmp_path) == ("dashboards/a/x.py", "dashboards/shared/y.py")


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    (Path(str(tmp_path)) / "dashboards" / "bad\udcff.py").write_text("")
    with pytest.raises(UsageError, match="printable text; rename it"):
        find_sources(tmp_path)


class TestPaths:
    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "dashboards/a.py",
            "dashboards/team/b.py",
            "dashboards/team/c.json",
            "dashboards/team2/d.py",
            "dashboards/_shared.py",
            "rules/e.yml",
            "docs/x.md",
        )

    def test_a_file_by_absolute_or_relative_path(self, tmp_path: Path) -> None:
        assert find_sources(tmp_path, [tmp_path / "rules/e.yml"]) == ("rules/e.yml",)
        assert find_sources(tmp_path, [Path("dashboards/team/../a.py")]) == ("dashboards/a.py",)

    def test_a_directory_means_all_below_it(self, tmp_path: Path) -> None:
        assert find_sources(tmp_path, [tmp_path / "dashboards/team"]) == (
            "dashboards/team/b.py",
            "dashboards/team/c.json",
        )

    def test_the_root_means_everything(self, tmp_path: Path) -> None:
        assert find_sources(tmp_path, [tmp_path]) == find_sources(tmp_path)

    def test_paths_may_overlap_and_come_in_any_order(self, tmp_path: Path) -> None:
        paths = [Path("rules"), Path("dashboards/a.py"), Path("dashboards")]
        assert find_sources(tmp_path, paths) == find_sources(tmp_path)

    def test_none_at_all_means_nothing(self, tmp_path: Path) -> None:
        assert find_sources(tmp_path, []) == ()

    def test_a_path_through_a_link_to_the_project(self, tmp_path: Path) -> None:
        link = tmp_path.with_name(f"{tmp_path.name}-link")
        link.symlink_to(tmp_path)
        assert find_sources(tmp_path, [link / "rules"]) == ("rules/e.yml",)

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("dashboards/nowhere.py", "there is no such file or directory"),
            ("dashboards/_shared.py", "isn't a source"),
            ("docs/x.md", "isn't a source"),
            ("docs", "there is no source in this directory"),
            ("..", "lies outside the project"),
        ],
    )
    def test_what_is_no_source_is_told_in_one_sentence(self, tmp_path: Path, path: str, message: str) -> None:
        with pytest.raises(UsageError) as caught:
            find_sources(tmp_path, [Path(path)])
        assert message in str(caught.value)
        assert str(caught.value).startswith(path)
        assert "\n" not in str(caught.value)
