from pathlib import Path

import pytest

from provision.errors import ProvisionError, UsageError
from provision.lab.gallery import settings
from provision.lab.gallery.visits import InMemory, InRedis


def test_a_secret_is_in_a_variable_or_in_the_file_that_one_names(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("from-file\n")
    file = {"KEY_FILE": str(tmp_path / "one")}
    assert settings.secret("KEY", file) == "from-file"
    assert settings.secret("KEY", file | {"KEY": "from-variable"}) == "from-variable"
    assert settings.secret("KEY", {}) == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "can't be read: No such file"), (b" \n", "is empty"), (b"\xff", "isn't UTF-8")],
)
def test_a_file_without_a_secret_is_told(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "one").write_bytes(content)
    with pytest.raises(ProvisionError, match=f"one: .*{message}"):
        settings.secret("KEY", {"KEY_FILE": str(tmp_path / "one")})


def test_visits_are_counted_in_redis_when_there_is_one() -> None:
    assert isinstance(settings.visits("", {}), InMemory)
    assert isinstance(settings.visits("redis://127.0.0.1:1/0", {}), InRedis)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hidden@127.0.0.1:1/0",
        "redis://u:hidden@127.0.0.1:1/0",
        "redis://127.0.0.1:1/0?password=hidden",
        "http://127.0.0.1:1",
    ],
)
def test_a_url_that_will_not_do_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError, match="^--redis: ") as caught:
        settings.visits(url, {})
    assert "hidden" not in str(caught.value)


def test_without_a_file_there_is_no_token(tmp_path: Path) -> None:
    assert settings.token(None) == ""
    (tmp_path / "token").write_text("the-token\n")
    assert settings.token(tmp_path / "token") == "the-token"


@pytest.mark.parametrize("port", [0, 65536, 99999])
def test_a_bucket_at_a_port_that_there_is_not_is_told(port: int) -> None:
    environ = {"GALLERY_S3_ACCESS_KEY": "access", "GALLERY_S3_SECRET_KEY": "hidden"}
    with pytest.raises(UsageError, match="a bucket's address is s3"):
        settings.storage(f"s3+http://127.0.0.1:{port}/gallery", environ)
