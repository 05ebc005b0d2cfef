from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.errors import NotAllowed, ProvisionError, ServerRefused, Unreachable
from provision.lab import faults
from provision.lab.gallery.collection import Collection
from provision.lab.gallery.parts import Parts, assembled
from provision.lab.gallery.server import Server
from provision.lab.gallery.site import application
from provision.lab.gallery.storage import Folder
from provision.lab.gallery.visits import InMemory
from support.servers import free_port


@pytest.fixture
def token(tmp_path: Path) -> str:
    faults.make_token(tmp_path)
    return faults.read_token(tmp_path)


@pytest.fixture
def replica(tmp_path: Path, token: str) -> Parts:
    return assembled("app-1", Collection(Folder(tmp_path / "storage")), InMemory(), token)


@pytest.fixture
def url(replica: Parts) -> Iterator[str]:
    server = Server(application(replica), "127.0.0.1", 0, 1000)
    server.start()
    yield f"http://127.0.0.1:{server.port}/admin/faults"
    server.stop()


def test_a_token_is_its_owners_alone_and_another_one_every_time(tmp_path: Path) -> None:
    file = faults.make_token(tmp_path)
    assert file == faults.token_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(faults.read_token(tmp_path)) >= 32
    with pytest.raises(FileExistsError):
        faults.make_token(tmp_path)
    (tmp_path / "other").mkdir()
    faults.make_token(tmp_path / "other")
    assert faults.read_token(tmp_path) != faults.read_token(tmp_path / "other")


def test_a_token_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="admin-token: can't be read: No such file"):
        faults.read_token(tmp_path)


def test_faults_are_set_and_seen(url: str, token: str, replica: Parts) -> None:
    now = {"slow_seconds": 0.0, "error_ratio": 0.5, "hang": False, "healthy": True}
    assert faults.set(url, token, error_ratio=0.5) == now
    assert faults.get(url, token) == now
    assert replica.switches.faults.error_ratio == 0.5


def test_what_is_refused_is_told_without_the_token(url: str, token: str) -> None:
    with pytest.raises(ServerRefused, match="/admin/faults: there is no 'errors'$"):
        faults.set(url, token, errors=1)
    with pytest.raises(NotAllowed, match="the admin token is needed") as caught:
        faults.get(url, "another-token")
    assert "another-token" not in str(caught.value)


def test_nobody_there_is_told() -> None:
    with pytest.raises(Unreachable, match="no answer of a gallery: .*refused"):
        faults.get(f"http://127.0.0.1:{free_port()}/admin/faults", "token")
