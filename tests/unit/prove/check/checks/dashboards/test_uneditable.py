from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found

PATH = "dashboards/shop.py"


def said(editable: Any, **options: Any) -> bool:
    return bool(found(dashboard(editable=editable), ids={"uneditable"}, **options))


@pytest.mark.parametrize(
    "options",
    [{"ui_edits": "allowed"}, {"guests": [PATH]}, {"checks": {"uneditable": {"required": True}}}],
)
def test_who_can_save_it_is_told(options: dict[str, Any]) -> None:
    assert said(True, **options)
    assert not said(False, **options)
    assert not said(None, **options)


def test_a_lock_is_enough() -> None:
    assert not said(True)
    assert not said(True, checks={"uneditable": {"severity": "error"}})
