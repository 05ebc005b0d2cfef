"""The servers that are asked: one for everything, or for each data source of a Grafana its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.client.prometheus import Prometheus
from provision.errors import Unreachable
from provision.model import JSON
from provision.promql.variables import Value, substitute
from provision.prove.check.bodies import text_of
from provision.prove.check.references import reference
from provision.prove.verify.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is asked.

    Attributes:
        called: what people call it.
        names: uid and name of its data source on a Grafana; empty for one that is asked for all of them.
        is_default: whether it is asked where no data source is named.
        scrape_seconds: the time between two scrapes, as its data source says; None when it doesn't.
        fault: why it can't be asked; None when it can.
    """

    client: Prometheus
    called: str
    names: tuple[str, ...] = ()
    is_default: bool = True
    scrape_seconds: float | None = None
    fault: Unreachable | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What each server knows."""

    pairs: Sequence[tuple[Server, Knowledge]]

    def of(self, name: str) -> tuple[Server, Knowledge] | None:
        """The server that a data source of that uid or name asks; the default one where none is named."""
        for server, knowledge in self.pairs:
            if not server.names or name in server.names or (not name and server.is_default):
                return server, knowledge
        return None

    def chosen(self, variable: Mapping[str, Any], otherwise: str) -> str:
        """What a variable that chooses among data sources stands for: what is chosen, when there is such a server, or
        else the first there is; `otherwise` where one server is asked for all."""
        held = variable.get("current")
        value = held.get("value") if isinstance(held, dict) else None
        value = value[0] if isinstance(value, list) and value else value
        named = [server for server, _ in self.pairs if server.names]
        if not named:
            return otherwise
        if isinstance(value, str) and value and self.of(value) is not None:
            return value
        return next((server for server in named if server.is_default), named[0]).names[0]


def asked_of(datasource: JSON, values: Mapping[str, Value]) -> str:
    """The uid or name that a `datasource` field comes to; empty for the default one."""
    name = reference(datasource)
    name = substitute(name, values) if "$" in name else name
    if "$" in name or name in ("default", "Default", "null"):
        return ""
    return name


def datasource_of(target: Mapping[str, Any], panel: Mapping[str, Any]) -> JSON:
    """The `datasource` field that counts for a query: its own, or that of its panel."""
    own = target.get("datasource")
    if text_of(own, "name"):  # of the second generation
        return {"uid": text_of(own, "name")}
    return own or panel.get("datasource")
