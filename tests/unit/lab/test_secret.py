import stat
from pathlib import Path

import pytest

from provision.lab import secret


def test_a_password_is_kept_where_only_this_user_may_read_it(tmp_path: Path) -> None:
    password = secret.generated(tmp_path / "password")
    assert (tmp_path / "password").read_text() == password
    assert stat.S_IMODE((tmp_path / "password").stat().st_mode) == 0o600
    assert len(password) >= 32
    assert secret.generated(tmp_path / "another") != password


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("another's")
    with pytest.raises(FileExistsError):
        secret.generated(tmp_path / "password")
    assert (tmp_path / "password").read_text() == "another's"
