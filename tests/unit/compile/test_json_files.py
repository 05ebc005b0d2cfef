"""JSON files under dashboards/: dashboards in any wrapping, and files that are none."""

from __future__ import annotations

import pytest

from provision.compile.collect import collect_file
from provision.model import decode

_PANELS = '{"title": "T", "panels": []}'

JSON = {
    "a file that sources read": ('[{"name": "web"}]', 1, "not a dashboard: expected a JSON object; begin the file's name with _"),
    "a package": ('{"name": "x", "version": "1"}', 1, "not a dashboard: it has neither a title nor panels; begin the file's name with _"),
    "a single panel": ('{"type": "stat", "title": "A", "targets": []}', 1, "not a dashboard: a single panel (stat)"),
    "no title": ('{"panels": []}', 1, "a dashboard needs a title"),
    "an empty title": ('{"title": " ", "panels": []}', 1, "a dashboard needs a title"),
    "a comma too many": ('{"title": "T",\n "panels": [],\n}', 2, "not valid JSON: trailing comma"),
    "not UTF-8": (b'{"title":\n "\xe4"}', 2, "isn't UTF-8"),
    "not UTF-16": (b"\xff\xfe{", 1, "isn't UTF-16"),
    "Git LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", 1, "Git LFS's pointer"),
    "a login page": ("<!DOCTYPE html><html></html>", 1, "it is a web page"),
    "Jsonnet": ("local a = 1;\n{title: 'T'}", 1, "it is Jsonnet"),
    "a merge conflict": ('{\n<<<<<<< HEAD\n"title": "a"\n>>>>>>> b\n}', 2, "a merge conflict"),
    "a uid with a space": ('{"title": "T", "uid": "a b", "panels": []}', 1, "uid 'a b' isn't 1 to 40 characters"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", JSON)
def test_a_json_file_that_is_no_dashboard_is_told_at_its_line(mistake: str) -> None:
    text, line, said = JSON[mistake]
    collected = collect_file("dashboards/a.json", text if isinstance(text, bytes) else text.encode())
    (problem,) = collected.problems
    assert (problem.path, problem.line) == ("dashboards/a.json", line)
    assert said in problem.message
    assert collected.definitions == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + _PANELS.encode(),
        _PANELS.encode("utf-16"),
        _PANELS.replace(" ", "\r\n").encode(),
        b'{"meta": {"slug": "t"}, "dashboard": ' + _PANELS.encode() + b"}",
    ],
)
def test_a_json_file_of_any_form_gives_its_dashboard(content: bytes) -> None:
    collected = collect_file("dashboards/a.json", content)
    assert collected.problems == []
    (dashboard,) = collected.definitions
    assert decode(dashboard.body)["spec"] == {"title": "T", "panels": [], "uid": "a"}
