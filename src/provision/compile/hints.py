"""What a file is that can't be read as JSON or YAML, where its text tells."""

from __future__ import annotations

import re

_HELM = re.compile(
    r"""\{\{-?\s*(?:
        /\*
      | \.(?:Values|Release|Chart|Files|Capabilities)\b
      | (?:if|else|end|range|with|define|include|template|tpl|toYaml|fromYaml)\b
      | [`"']\s*\{\{
    )""",
    re.VERBOSE,
)
_KINDS = (
    (re.compile(r"^<{7} ", re.MULTILINE), "it holds a merge conflict of git; settle it"),
    (
        re.compile(r"\Aversion https://git-lfs"),
        "it is only Git LFS's pointer to the file; fetch it with `git lfs pull`",
    ),
    (_HELM, "it is a Helm template; put what `helm template` prints here"),
    (
        re.compile(r"\{%|\{#"),
        "it is a template of Jinja (Ansible, Salt); put what comes of it here",
    ),
    (re.compile(r"\A\s*<(?:!doctype|html)\b", re.IGNORECASE), "it is a web page, such as a login form"),
    (
        re.compile(r"^\s*local\s+\w+\s*=", re.MULTILINE),
        "it is Jsonnet; put what `jsonnet` makes of it here",
    ),
)
"""What is seen in the text, and what to say of it."""


def hint(text: str) -> str:
    """What the file is and what to do about it, as half a sentence; empty when its text doesn't tell."""
    return next((said for seen, said in _KINDS if seen.search(text)), "")
