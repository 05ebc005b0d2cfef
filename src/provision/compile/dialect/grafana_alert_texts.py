"""Labels and annotations of an alert: from Prometheus' templates to Grafana's, so that both print the same.

Seen on Grafana 12.4: `$value` is a text that no function takes, the number is `$values.A.Value`; a label that a series
doesn't have prints `[no value]`, and nothing where it is asked for by `index`, as Prometheus prints it.
"""

from __future__ import annotations

import re
from typing import Final

from provision.compile.dialect.grafana_texts import ACTION, fault

VALUE: Final = "$values.A.Value"
"""What the expression returned, which is query A."""

_TOKEN: Final = re.compile(
    r"""(?P<quoted>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*')
    | (?P<label>(?:(?<![\w$)\]])\$?\.Labels|\$labels)\.(?P<name>[A-Za-z_]\w*))
    | (?P<labels>(?<![\w$)\]])\$?\.Labels\b|\$labels\b)
    | (?P<value>\$value\b|(?<![\w$)\]])\$?\.Value\b)
    | (?P<url>\$externalURL\b|(?<![\w$)\]])\$?\.ExternalURL\b)
    | (?P<external>\$externalLabels\b|(?<![\w$)\]])\$?\.ExternalLabels\b)
    | (?P<word>(?<![\w$.])[A-Za-z_]\w*)""",
    re.VERBOSE,
)
_COMMENT: Final = re.compile(r"-?\s*/\*")
_QUERIES: Final = frozenset({"query", "first", "value", "label", "sortByLabel", "strvalue"})
"""Functions that ask Prometheus, and those over what it answers."""


class Untranslatable(Exception):
    """Why a text can't be Grafana's, one half of a sentence."""


def translated(text: str) -> str:
    """The text with every action in Grafana's terms; a text without one stays.

    Raises:
        Untranslatable: it asks Prometheus while it is printed, or for labels that Grafana doesn't know, or isn't a
            template.
    """
    if "{{" not in text:
        return text
    wrong = fault(text)
    if wrong:
        raise Untranslatable(wrong)
    return ACTION.sub(lambda match: f"{{{{{_action(match['body'])}}}}}", text)


def names_all_labels(text: str) -> bool:
    """Whether it prints or walks all labels, to which Grafana adds its own."""
    return any(
        match["labels"] and not re.match(r"\s*\.?[\"`\w]", body[match.end() :]) and "index" not in body
        for body in (action["body"] for action in ACTION.finditer(text))
        for match in _TOKEN.finditer(body)
    )


def _action(body: str) -> str:
    if _COMMENT.match(body):
        return body
    alone = _TOKEN.fullmatch(body.strip())
    if alone is not None and alone["label"]:
        return f' index $labels "{alone["name"]}" '
    return _TOKEN.sub(_token, body)


def _token(match: re.Match[str]) -> str:
    if match["label"]:
        return f'(index $labels "{match["name"]}")'
    if match["labels"]:
        return "$labels"
    if match["value"]:
        return VALUE
    if match["url"]:
        return "externalURL"
    if match["external"]:
        raise Untranslatable(
            "it prints labels of a Prometheus server ($externalLabels), which Grafana doesn't know"
        )
    if match["word"] in _QUERIES:
        raise Untranslatable(f"it asks Prometheus while it is printed ({match['word']}), which Grafana can't")
    return match[0]
