"""Waivers in comments of YAML rule files."""

from __future__ import annotations

import pytest

from provision.compile.collect import collect_file
from provision.model import decode

RULES = """\
# provision: waive file-check: theirs
groups:
  # provision: waive group-check: all of it
  - name: shop
    rules:
      # a comment
      # provision: waive alerts-for until 2031-01-31: it pages at once

      - alert: A
        expr: up == 0
      - record: a:b
        expr: |
          # provision: waive promql-rate: in the expression
          up
      - alert: B  # provision: waive alerts-for: on its line
        expr: up
        labels: {a: b}  # provision: waive labels-conflict: inside
  - name: other # provision: waive group-check: on its line
    rules: []
# provision: waive group-check: after everything
"""


def waived(text: str) -> list[tuple[str, str, str | None, str, str, int | None]]:
    collected = collect_file("rules/shop.yml", text.encode())
    assert collected.problems == []
    found = []
    for each in collected.definitions:
        if each.kind == "waiver":
            body = decode(each.body)
            pointer = body["of"].get("pointer", "file")
            found.append(
                (body["check"], body["reason"], body["until"], body["subject"], pointer, each.place.line)
            )
    return found  # fmt: skip


def test_a_comment_is_about_what_it_stands_at() -> None:
    shop = 'rule group "shop"'
    assert waived(RULES) == [
        ("file-check", "theirs", None, "this file", "file", 1),
        ("group-check", "all of it", None, shop, "", 3),
        ("alerts-for", "it pages at once", "2031-01-31", f'{shop}, alert "A"', "/group/rules/0", 7),
        ("promql-rate", "in the expression", None, f'{shop}, record "a:b"', "/group/rules/1", 13),
        ("alerts-for", "on its line", None, f'{shop}, alert "B"', "/group/rules/2", 15),
        ("labels-conflict", "inside", None, f'{shop}, alert "B"', "/group/rules/2", 17),
        ("group-check", "on its line", None, 'rule group "other"', "", 18),
        ("group-check", "after everything", None, 'rule group "other"', "", 20),
    ]


def test_a_rule_file_in_a_config_map() -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
data:
  a.yml: |
    groups:
      - name: shop
        rules:
          # provision: waive alerts-for: it pages at once
          - alert: A
            expr: up == 0
"""
    assert [found[3:] for found in waived(text)] == [('rule group "shop", alert "A"', "/group/rules/0", 8)]


def test_other_comments_are_nobodys_business() -> None:
    text = (
        "# provision: by hand\n# provision the shop\n# provision: wait for the shop: it is slow\ngroups: []\n"
    )
    assert waived(text) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# provision: waive", "a waiver needs a check and a reason: # provision: waive CHECK: REASON, or"),
        ("# provision: waive alerts-for", "a waiver needs a check and a reason"),
        ("#provision:waive alerts-for:  ", "a waiver needs a check and a reason"),
        ("# provision: wave alerts-for: it pages at once", "a waiver needs a check and a reason: # provision: waive CHECK"),
        ("# provision: Waiver alerts-for: it pages at once", "a waiver needs a check and a reason"),
        ("# provision: waive alerts-for until: soon", "a waiver needs a check and a reason"),
        ("# provision: waive alerts-for until soon: x", "a waiver's until must be a day such as 2027-01-31, not 'soon'"),
    ],
)  # fmt: skip
def test_a_waiver_that_is_none_is_told_with_its_line(comment: str, message: str) -> None:
    collected = collect_file("rules/shop.yml", f"groups: []\n{comment}\n".encode())
    assert collected.definitions == []
    (problem,) = collected.problems
    assert (problem.path, problem.line) == ("rules/shop.yml", 2)
    assert problem.message.startswith(message)
