"""No expression needs a newer Prometheus than the environment's."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.dialect.prometheus import PrometheusDialect
from provision.compile.dialect.versions import show_version
from provision.model import Finding
from provision.promql.since import not_everywhere
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression

ID = "promql-version"


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Functions, operators and syntax that `prometheus_version` doesn't know."""
    found = facts_of(expression)
    if found is None:
        return
    version = PrometheusDialect.of(estate.project).version
    for each in dict.fromkeys(not_everywhere(expression.plain, found, version)):
        if version < each.since:
            yield said(
                estate, ID, "error", expression,
                f"{each.what} needs Prometheus {show_version(each.since)}, and this environment has {show_version(version)}",
                "do without, or raise [tool.provision] prometheus_version once the server is newer",
            )  # fmt: skip
