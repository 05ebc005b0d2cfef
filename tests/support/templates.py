"""Go templates in which the variables of alerts stand, and what is said of them."""

from __future__ import annotations

from provision.gotemplate.functions import FUNCTIONS
from provision.gotemplate.parse import parse
from provision.gotemplate.tokens import Broken
from provision.gotemplate.uses import VARIABLES


def refusal(text: str) -> Broken | None:
    """Why a template is none; None for one that is taken."""
    try:
        parse(text, FUNCTIONS, VARIABLES)
    except Broken as broken:
        return broken
    return None


def check_refused(text: str, message: str) -> None:
    """That a template is refused with that message, at a place in it."""
    broken = refusal(text)
    assert broken is not None
    assert broken.message == message
    assert 0 <= broken.start <= len(text)
