"""Pages of documentation as something that can be run.

A fenced block whose info string names a file (```` ```python rules/shop.py ````) is that file. A `console` block
is a transcript: lines that begin with `$ ` are run, what follows is what they must print; `…` stands for
anything, alone on a line for any number of lines. A `sh` block is parsed, not run: its commands and options must
exist. A page that says `<!-- project: reference -->` starts from this repository's own sources, any other from an
empty folder.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    file: str
    text: str


@dataclass(frozen=True)
class Step:
    line: int
    command: str
    expected: str


def blocks(page: Path) -> Iterator[Block]:
    for match in re.finditer(
        r"^```(\w+)[ ]*([^\n]*)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL
    ):
        line = page.read_text()[: match.start()].count("\n") + 1
        yield Block(line, match[1], match[2].strip(), match[3])


def steps(block: Block) -> Iterator[Step]:
    for part in re.split(r"^(?=\$ )", block.text, flags=re.MULTILINE):
        if part.startswith("$ "):
            command, _, expected = part[2:].partition("\n")
            while command.endswith("\\"):
                more, _, expected = expected.partition("\n")
                command = command[:-1] + more
            yield Step(block.line, command, expected)


def uses_reference(page: Path) -> bool:
    return "<!-- project: reference -->" in page.read_text()


def pattern(expected: str) -> re.Pattern[str]:
    lines = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() in ("…", "..."):
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ ]*\n")
    return re.compile("".join(lines) if expected.strip() else "")


def commands(block: Block) -> Iterator[list[str]]:
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*|env|export", words[0]):
            words.pop(0)
        if words:
            yield [words[0].removeprefix(".venv/bin/"), *words[1:]]
