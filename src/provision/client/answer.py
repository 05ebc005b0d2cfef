"""What a server answered to one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from provision.errors import Unreachable
from provision.model import JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        headers: names in lower case.
        url: the endpoint's URL, for messages.
        repeated: whether it answers a write that was sent again after a 503, which promises nothing: it may meet
            what the first one did.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = ""
    repeated: bool = False

    def json(self) -> JSON:
        """The JSON value in the body.

        Raises:
            Unreachable: there is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            what = (
                "an answer was cut short or isn't JSON"
                if self.body
                else "an answer was empty where JSON is wanted"
            )
        raise Unreachable(what, where=self.url, remedy="check the URL and what stands between")
