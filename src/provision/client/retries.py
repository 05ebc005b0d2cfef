"""Which requests are sent again, and when: retries that can't do harm.

A GET is sent up to six times: after a connection that was cut, and after 429, 502, 503 and 504. A
write is sent again only where the server says that it did nothing: after 429, and after 503 with
`Retry-After`. Nothing is retried after a time-out, when nothing listens, or when the server wants more than
30 s. A write whose answer was lost isn't repeated: it may have been done. The caller reads it back.
"""

from __future__ import annotations

import datetime
import email.utils
from typing import Final

from provision.client.answer import Answer

PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
LONGEST_WAIT_SECONDS = 30.0

SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

_TRANSIENT = frozenset({429, 502, 503, 504})


def wait_seconds(method: str, answer: Answer, pause: float | None) -> float | None:
    """How many seconds to wait before asking again; None: don't.

    Args:
        pause: how long where the server doesn't say; None where it was asked often enough.
    """
    if pause is None or answer.status not in _TRANSIENT:
        return None
    asked = retry_after(answer.headers.get("retry-after", ""))
    if method not in SAFE and not (answer.status == 429 or (answer.status == 503 and asked is not None)):
        return None
    wait = pause if asked is None else asked
    return None if wait > LONGEST_WAIT_SECONDS else wait


def retry_after(value: str) -> float | None:
    """The seconds that a `Retry-After` header asks to wait (a number or a date), or None."""
    if value.isascii() and value.strip().isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
