"""The line of a source that a problem shows, with `…` in place of what may be a secret.

A literal may be one when it stands behind a name that a secret is given by, be it a keyword, a variable or a field,
or anywhere within the brackets behind such a name; of a URL, what follows its host may be one, as in a web hook's.
Where the name only looks like one, too much is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provision.discretion import without_credentials, without_paths

_NAME = (
    r"(?:passw(?:or)?d|passphrase|pwd|secrets?|tokens?|credentials?|authorization|bearer|webhook"
    r"|(?:api|service|routing|integration|user|private|client|secret|access|account)[_-]?key|(?:api|webhook)[_-]?url|secure)"
)
_SECRET = re.compile(rf"{_NAME}\b", re.IGNORECASE)
_WORDS = (
    "passw",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "bearer",
    "webhook",
    "secure",
)
_ENDS = (re.compile("key"), re.compile("url"))
_ENDS_AS_SECRET = re.compile(rf"{_NAME}\Z", re.IGNORECASE)
_PLAIN_FIELD = re.compile(rf"""^([\s-]*["']?[\w.-]*{_NAME}["']?\s*:\s*)\S.*$""", re.IGNORECASE)
_TOKEN = re.compile(
    r"""
    (?P<string>(?i:\b[rbuf]{1,2})?(?:
        (?P<three>\"{3}|'{3})(?P<long>(?:\\.|(?!(?P=three)).)*)(?:(?P=three)|\Z)
        | (?P<one>["'])(?P<short>(?:\\.|(?!(?P=one))[^\n])*)(?:(?P=one)|\Z|(?=\n))))
    | (?P<comment>\#[^\n]*) | (?P<name>[^\W\d]\w*) | (?P<number>\d[\w.]*) | (?P<joined>\\\n) | (?P<mark>[][(){},;\n])
    """,
    re.VERBOSE | re.DOTALL,
)
_LINE_END = re.compile(r"\r\n|\r")
_FOLLOWS = re.compile(r"\s*([\]:,])")


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its lines are shown.

    Attributes:
        lines: as they stand there.
        censored: the same, with `…` in place of what may be a secret by what stands before it.
    """

    lines: Sequence[str]
    censored: Sequence[str]

    def line(self, number: int) -> str:
        """That line, counted from 1, without what may be a secret, stripped; empty when there is none."""
        if not 0 < number <= len(self.lines):
            return ""
        line = self.lines[number - 1]
        plain = _PLAIN_FIELD.match(line)
        if plain is not None and not plain[0].rstrip().endswith((",", "{", "[", "(")):
            line = f"{plain[1]}…"
        else:
            line = self.censored[number - 1]
        return without_paths(without_credentials(line)).strip()


def read(text: str) -> Source:
    """The source of that text, read once for all of its lines."""
    # Python's own line ends only: str.splitlines knows more, and would count other lines.
    text = _LINE_END.sub("\n", text)
    if not _names_a_secret(text):
        return Source(lines := text.split("\n"), lines)
    pieces, at = [], 0
    for begin, end in _hidden(text):
        pieces += [text[at:begin], re.sub(r"[^\n]+", "…", text[begin:end])]
        at = end
    return Source(text.split("\n"), "".join((*pieces, text[at:])).split("\n"))


def _names_a_secret(text: str) -> bool:
    """Whether what names a secret stands in it. Words are looked for first: in a text without them that takes a
    hundredth of the time, and most files of megabytes are such."""
    folded = text.casefold()
    likely = any(word in folded for word in _WORDS) or any(
        _ENDS_AS_SECRET.search(folded, max(0, found.end() - 20), found.end())
        for end in _ENDS
        for found in end.finditer(folded)
    )
    return likely and _SECRET.search(text) is not None


def shown(before: str, line: str) -> str:
    """The line without what may be a secret, stripped.

    Args:
        before: the lines above it, each with its `\\n`.
        line: the line itself.
    """
    source = read(before + line)
    return source.line(len(source.lines))


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Where in the text what may be a secret begins and ends."""
    # For each open bracket, from the outside in: whether all the rest in it is secret, and whether the present item is.
    levels = [[False, False]]
    for token in _TOKEN.finditer(text):
        level, word = levels[-1], token[0]
        match token.lastgroup:
            case "string":
                part = "long" if token["three"] else "short"
                follows = _FOLLOWS.match(text, token.end())
                after = follows[1] if follows else ""
                if not level[1]:
                    _name_in_quotes(levels, token[part], after)
                elif after != ":" and token[part]:
                    yield token.span(part)
            case "comment":
                if _SECRET.search(word):
                    yield token.start() + 1, token.end()
            case "name":
                # `Secret` itself is how a source says where a secret is found.
                level[1] = level[1] or (word != "Secret" and _ENDS_AS_SECRET.search(word) is not None)
            case "number":
                if level[1]:
                    yield token.span()
            case "mark":
                _mark(levels, word)


def _name_in_quotes(levels: list[list[bool]], content: str, after: str) -> None:
    """A field's name, the first of a pair, or what stands in an index: what follows it may be the secret."""
    if _ENDS_AS_SECRET.search(content) is None or re.search(r"\s", content):
        return
    if after == "]" and len(levels) > 1:
        levels[-2][1] = True
    levels[-1][0] = after == ","
    levels[-1][1] = after in (",", ":")


def _mark(levels: list[list[bool]], mark: str) -> None:
    if mark in "([{":
        levels.append([levels[-1][1], levels[-1][1]])
    elif mark in ")]}":
        if len(levels) > 1:
            levels.pop()
    elif len(levels) == 1:
        levels[0] = [False, False]
    elif mark != "\n":
        levels[-1][1] = levels[-1][0]
