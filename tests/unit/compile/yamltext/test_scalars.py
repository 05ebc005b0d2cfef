from __future__ import annotations

import pytest

from provision.compile.yamltext.writing import render


def test_several_lines_are_a_literal_block_and_wide_ones_are_not_folded():
    wide = "sum(" + " + ".join(["rate(requests_total[5m])"] * 40) + ")"
    text = render({"expr": "sum(\n  rate(x[5m])\n)", "a": wide}).decode()
    assert "expr: |-\n  sum(\n    rate(x[5m])\n  )\n" in text
    assert f"a: {wide}\n" in text


@pytest.mark.parametrize("text", ["yes", "Off", "n", "null", "~", "1", "-1.5", "1e3", "0x1F", "0o7", "1:30", "2020-01-01",
                                  "1_000", ".5", "", "<<", "=", ".nan"])  # fmt: skip
def test_text_that_looks_like_something_else_is_quoted(text):
    assert render({"k": text}) == f"k: '{text}'\n".encode()
