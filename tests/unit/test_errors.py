from __future__ import annotations

import pytest

from provision import errors


def test_a_message_is_where_what_and_remedy() -> None:
    error = errors.ProvisionError("can't be read", where="x.py", remedy="mend it")
    assert str(error) == "x.py: can't be read; mend it"
    assert str(errors.ProvisionError("can't be read")) == "can't be read"


def test_the_remedy_for_a_list_stands_below_it() -> None:
    error = errors.ProvisionError("these are wrong:\n  a\n  b", where="x.py", remedy="mend them")
    assert str(error) == "x.py: these are wrong:\n  a\n  b\nWhat to do: mend them"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ProvisionError("x"), 1),
        (errors.UsageError("x"), 2),
        (errors.SourceErrors(()), 1),
        (errors.Unreachable("x"), 1),
        (errors.ServerRefused("x", status=409), 1),
        (errors.NotAllowed("x", status=403), 3),
        (errors.MissingTool("x"), 1),
        (errors.PartlyDone("x"), 4),
    ],
)
def test_exit_codes(error: errors.ProvisionError, code: int) -> None:
    assert error.exit_code == code


def test_source_errors_are_told_together_with_their_lines() -> None:
    error = errors.SourceErrors(
        (errors.Problem("a.py", 3, "NameError: x", "y = x"), errors.Problem("b.py", None, "is not UTF-8"))
    )
    assert str(error) == "a.py:3: NameError: x\n    y = x\nb.py: is not UTF-8"
