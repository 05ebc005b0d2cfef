"""pint's checks, which of ours serves each, what is demanded of rules for both, and what it complains about.

It is given a Prometheus that has scraped nothing, for the checks that ask one for its configuration. Those that ask for
series are left out: what they say depends on the data.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

CHECKS: Final = {
    "yaml/parse": ("source", "schema"),
    "promql/syntax": ("promql",),
    "promql/features": ("promql", "promql-version"),
    "promql/fragile": ("promql-fragile",),
    "promql/impossible": ("promql-impossible",),
    "promql/nan": ("promql-nan",),
    "promql/offset": ("promql-offset",),
    "promql/range_query": ("promql-range-query",),
    "promql/rate": ("promql-rate",),
    "promql/regexp": ("promql-regexp",),
    "promql/aggregate": ("promql-aggregate",),
    "promql/selector": ("promql-selector",),
    "alerts/absent": ("alerts-absent",),
    "alerts/annotation": ("alerts-annotation",),
    "alerts/comparison": ("alerts-comparison",),
    "alerts/external_labels": ("alerts-external-labels",),
    "alerts/for": ("alerts-for",),
    "alerts/template": ("alerts-template",),
    "labels/conflict": ("labels-conflict",),
    "group/interval": ("group-interval",),
    "rule/for": ("rule-for",),
    "rule/label": ("rule-label",),
    "rule/name": ("rule-name",),
    "rule/duplicate": ("rule-duplicate",),
    "rule/dependency": ("rule-dependency",),
}
"""Check → those of ours that serve it."""

BETWEEN_RULES: Final = frozenset({"rule/duplicate", "rule/dependency"})
"""The checks that find nothing in a file of a single rule."""

SERVER: Final = {
    "scrape_interval": "1m",
    "evaluation_interval": "1m",
    "external_labels": {"cluster": "berlin", "environment": "production"},
}
"""The `global` of the Prometheus on which the rules are taken to run."""

RETENTION: Final = "15d"

OURS: Final[dict[str, Any]] = {
    "alerts-annotation": {"required": ["summary", "runbook_url"]},
    "rule-label": {"required": ["severity"]},
    "rule-for": {"min_for": "2m", "max_for": "1h"},
    "rule-name": {"record": "[^:]+:[^:]+:[^:]+", "alert": "[A-Z][A-Za-z0-9]*"},
    "promql-aggregate": {"rules": [{"keep": ["job"], "kind": "record"}]},
    "promql-regexp": {"smelly": True},
    "promql-selector": {"selectors": [{"labels": ["job"], "kind": "alert"}]},
}
"""What is demanded of the rules, in our settings; the same in pint's stands below."""

_CONFIG: Final = """
prometheus "all" {
  uri = "%s"
}
checks {
  disabled = ["promql/series", "promql/vector_matching", "promql/counter", "alerts/count", "query/cost", "rule/link"]
}
rule {
  match {
    kind = "alerting"
  }
  annotation "summary" {
    required = true
  }
  annotation "runbook_url" {
    required = true
  }
  label "severity" {
    required = true
  }
  for {
    min = "2m"
    max = "1h"
  }
  name "[A-Z][A-Za-z0-9]*" {}
  selector ".+" {
    requiredLabels = ["job"]
  }
}
rule {
  match {
    kind = "recording"
  }
  name "[^:]+:[^:]+:[^:]+" {}
  aggregate ".+" {
    keep = ["job"]
  }
}
"""


def complaints(
    program: Path, files: Iterable[Path], root: Path, url: str, folder: Path
) -> dict[str, set[str]]:
    """The files that each check complains about; those on which pint ends without a report are `unread`.

    Args:
        root: the folder that names are relative to.
        url: of the Prometheus.
        folder: where pint's configuration and reports may lie.

    Raises:
        ValueError: the report has a check that isn't known; pint is of another version.
    """
    config, report = folder / "pint.hcl", folder / "report.json"
    config.write_text(_CONFIG % url)
    known = {*CHECKS, "ignore/file", "pint/comment"}
    found: dict[str, set[str]] = {name: set() for name in (*known, "unread")}
    for file in files:
        name = file.relative_to(root).as_posix()
        report.unlink(missing_ok=True)
        options = ["--show-duplicates", "lint", "--min-severity=info", "--fail-on=fatal", "--json", report]
        command = [program, "--no-color", "--config", config, *options, file]
        subprocess.run(command, capture_output=True, check=False)
        content = report.read_bytes() if report.exists() else b""
        if not content:
            found["unread"].add(name)
            continue
        for problem in json.loads(content) or []:
            if problem["reporter"] not in known:
                raise ValueError(f"pint has a check that the comparison doesn't know: {problem['reporter']}")
            found[problem["reporter"]].add(name)
    return found
