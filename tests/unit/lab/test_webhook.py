import json
from email.message import Message
from pathlib import Path

import pytest

from provision.lab import webhook
from provision.lab.serving import Reply, Request
from provision.lab.webhook import Inbox


def ask(inbox: Inbox, path: str, method: str = "GET", body: bytes = b"") -> Reply:
    return inbox.answer(Request(method, path, Message(), body))


def test_notifications_are_kept_in_order_one_line_each(tmp_path: Path) -> None:
    file = tmp_path / "notifications.jsonl"
    inbox = Inbox(file)
    assert ask(inbox, "/alerts").text == "[]\n"
    for status in ("firing", "resolved"):
        body = json.dumps({"status": status, "text": "one\ntwo"}).encode()
        assert ask(inbox, "/alerts", "POST", body).status == 200
    kept = json.loads(ask(inbox, "/alerts").text)
    assert [item["status"] for item in kept] == ["firing", "resolved"]
    assert kept[0]["received"] <= kept[1]["received"]
    assert [json.loads(line) for line in file.read_text().splitlines()] == kept


def test_what_was_kept_before_is_still_there(tmp_path: Path) -> None:
    file = tmp_path / "notifications.jsonl"
    ask(Inbox(file), "/alerts", "POST", b'{"status": "firing"}')
    assert len(json.loads(ask(Inbox(file), "/alerts").text)) == 1


def test_the_file_is_bounded_and_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LARGEST_FILE", 2000)
    file = tmp_path / "notifications.jsonl"
    inbox = Inbox(file)
    sizes = []
    for number in range(200):
        assert ask(inbox, "/alerts", "POST", b'{"number": %d}' % number).status == 200
        sizes.append(file.stat().st_size)
    assert max(sizes) <= 2000
    assert sizes[-1] > 500
    kept = [each["number"] for each in json.loads(ask(inbox, "/alerts").text)]
    assert kept == list(range(kept[0], 200))
    assert len(kept) > 10
    assert ask(inbox, "/alerts", "POST", json.dumps({"text": "x" * 5000}).encode()).status == 200
    assert len(json.loads(ask(inbox, "/alerts").text)) == 1
    assert list(tmp_path.iterdir()) == [file]


def test_what_can_not_be_kept_is_said_so_that_it_is_sent_again() -> None:
    reply = ask(Inbox(Path("/dev/full")), "/alerts", "POST", b"{}")
    assert (reply.status, reply.text) == (507, "can't be kept: No space left on device\n")


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'"text"'])
def test_what_is_no_notification_is_refused(tmp_path: Path, body: bytes) -> None:
    inbox = Inbox(tmp_path / "file")
    reply = ask(inbox, "/alerts", "POST", body)
    assert reply.status == 400
    assert reply.text.startswith("not a notification: ")
    assert ask(inbox, "/alerts").text == "[]\n"


def test_other_paths(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "file")
    assert ask(inbox, "/health").status == 200
    assert ask(inbox, "/").status == 404


def test_main_keeps_them_in_the_file_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "run", lambda server: server.answer(
        Request("POST", "/alerts", Message(), b'{"status": "firing"}')).status)  # fmt: skip
    assert webhook.main(["--port", "0", "--file", str(tmp_path / "file")]) == 200
    assert '"firing"' in (tmp_path / "file").read_text()
