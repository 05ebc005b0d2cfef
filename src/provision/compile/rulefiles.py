"""YAML rule files of whoever wrote them: as Prometheus reads them, or wrapped for Kubernetes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from provision.compile.hints import hint
from provision.compile.yamltext import reading
from provision.compile.yamltext.errors import YamlError
from provision.compile.yamltext.reading import Document
from provision.errors import Problem
from provision.model import JSON

_BESIDE_GROUPS = frozenset({"groups", "namespace"})
"""Fields at the top of a rule file: Prometheus' one, and what mimirtool and cortextool put beside it."""

_ANCHORS = ("x-", ".", "_")
"""How the names of fields begin that only hold anchors for others."""

_GROUPS = re.compile(r"""^\s*["']?groups["']?\s*:""", re.MULTILINE)
"""Where a text that isn't YAML is meant to be a rule file all the same."""

_PROMETHEUS_1 = re.compile(r"^(?:ALERT\s+\w+|\s+IF\s)", re.MULTILINE)
_IN_QUOTES = (
    (re.compile(r"cannot start any token"), re.compile(r":\s+([%@`])"), "text that begins with {} must stand in quotes"),
    (re.compile(r"cannot start any token|tab character"), re.compile(r"^ *(\t)"), "YAML is indented with spaces, not with tabs"),
    (re.compile(r"mapping values are not allowed"), re.compile(r":\s.*(: )"), "text that holds a colon and a space must stand in quotes"),
)  # fmt: skip
"""What YAML says, what is seen in the line, and what to do."""
_BARE_TEMPLATE = re.compile(r"""^\s*(?:-\s+)?[\w.-]+:\s+\{\{""")

Path = tuple[str | int, ...]
"""Keys and positions that lead to a part of a document."""


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A group of a rule file.

    Attributes:
        group: as it is written, its name certain to be text and its rules mappings.
        line: where it begins.
        rule_lines: where each of its rules begins.
    """

    group: dict[str, Any]
    line: int
    rule_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What a YAML file under rules/ holds, and what is wrong with it."""

    groups: list[FoundGroup] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(path: str, content: bytes) -> RuleFile:
    """The groups of a YAML rule file: Prometheus' own form, PrometheusRules of the operator, ConfigMaps that hold
    rule files, and lists of these; several documents when they are Kubernetes' objects. A file that holds nothing
    has no groups. Objects and texts of other kinds beside rules, as a chart renders them, are passed over; where there
    is nothing else, the first of them is told.

    Args:
        path: relative to the project's root, for messages.
    """
    found = RuleFile()
    try:
        documents = reading.documents(content, path)
    except YamlError as error:
        found.problems.append(Problem(path, error.line, _with_hint(error, content)))
        return found
    if len(documents) > 1 and not all(_is_object(document.value) for document in documents):
        what = (
            "holds more than one YAML document, and Prometheus reads only the first; "
            "put their groups into one list or into files of their own"
        )
        found.problems.append(Problem(path, documents[1].line(), what))
        return found
    for document in documents:
        _Reader(path, document, found).walk(document.value, ())
    if all(_is_object(document.value) for document in documents):
        return RuleFile(found.groups, _about_rules(found))
    return found


def _about_rules(found: RuleFile) -> list[Problem]:
    """The problems of rules; where neither rules nor such problems are, what was found in their place."""
    wrong = [problem for problem in found.problems if not problem.other]
    return wrong if wrong or found.groups else found.problems[:1]


def _is_object(value: JSON) -> bool:
    """Whether it is an object of Kubernetes."""
    return isinstance(value, dict) and isinstance(value.get("kind"), str)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Walks one document.

    Attributes:
        within: the document this one is a text in, and where.
    """

    path: str
    document: Document
    found: RuleFile
    within: tuple[Document, Path] | None = None

    def walk(self, value: JSON, at: Path) -> None:
        if not isinstance(value, dict):
            kind = "a list" if isinstance(value, list) else "text"
            old = isinstance(value, str) and _PROMETHEUS_1.search(value)
            what = _OLD_RULES if old else f"it is {kind} where `groups:` is expected"
            # A text of a ConfigMap may be anything.
            self._wrong(f"not a rule file: {what}", at, other=self.within is not None and not old)
        elif _is_object(value):
            self._object(value, at)
        else:
            self._plain(value, at)

    def _object(self, value: dict[str, Any], at: Path) -> None:
        kind = value["kind"]
        if kind == "PrometheusRule":
            spec = value.get("spec")
            groups = spec.get("groups") if isinstance(spec, dict) else None
            self._groups(groups, (*at, "spec", "groups"))
        elif kind == "ConfigMap":
            self._config_map(value, at)
        elif kind.endswith("List") and isinstance(value.get("items"), list):
            for index, item in enumerate(value["items"]):
                self.walk(item, (*at, "items", index))
        else:
            self._wrong(f"not a rule file: a {kind} of Kubernetes; {_LEAVE_OUT}", at, other=True)

    def _config_map(self, value: dict[str, Any], at: Path) -> None:
        data = value.get("data")
        for name, text in data.items() if isinstance(data, dict) else ():
            place = (*at, "data", name)
            if not isinstance(text, str):
                self._wrong(f"{name!r} in the ConfigMap must be text", place, other=True)
                continue
            try:
                inner = reading.documents(text.encode(), self.path)
            except YamlError as error:
                line = self.document.line_within(place, error.line or 0)
                what, other = _with_hint(error, text.encode()), not _GROUPS.search(text)
                if other:
                    what = f"no rule file in the ConfigMap: {name!r} is {what}; {_LEAVE_OUT}"
                self.found.problems.append(Problem(self.path, line, what, other=other))
                continue
            for document in inner:
                reader = _Reader(self.path, document, self.found, (self.document, place))
                reader.walk(document.value, ())

    def _plain(self, value: dict[str, Any], at: Path) -> None:
        other = [name for name in value if name not in _BESIDE_GROUPS and not name.startswith(_ANCHORS)]
        for fields, what in _OTHER_FILES:
            if fields & value.keys():
                self._wrong(what, (*at, min(fields & value.keys())), other=True)
                return
        if "groups" not in value:
            close = get_close_matches("groups", map(str, value), 1, 0.8)
            wanted = "not a rule file: expected `groups:`, a list of groups with a name and rules"
            self._wrong(f"{wanted}, not `{close[0]}:`" if close else wanted, at, other=not close)
            return
        for name in other:
            self._wrong(f"a rule file has no field {name!r} beside `groups`", (*at, name))
        self._groups(value["groups"], (*at, "groups"))

    def _groups(self, groups: JSON, at: Path) -> None:
        if groups is None:
            groups = []
        if not isinstance(groups, list):
            self._wrong("not a rule file: `groups` must be a list of groups with a name and rules", at)
            return
        for index, group in enumerate(groups):
            self._group(group, (*at, index), f"group {index + 1}")

    def _group(self, group: JSON, at: Path, which: str) -> None:
        if not isinstance(group, dict):
            self._wrong(f"{which} must be a mapping with a name and rules, not {group!r:.60}", at)
            return
        name = group.get("name")
        if not isinstance(name, str) or not name.strip():
            self._wrong(f"{which} has no name", (*at, "name"))
            return
        rules = group.get("rules")
        if rules is not None and not isinstance(rules, list):
            self._wrong(f"group {name!r}: `rules` must be a list", (*at, "rules"))
            return
        lines = []
        wrong = False
        for index, rule in enumerate(rules or ()):
            place = (*at, "rules", index)
            lines.append(self._line(place))
            if not isinstance(rule, dict):
                wrong = True
                what = f"group {name!r}: rule {index + 1} must be a mapping with a record or an alert, not {rule!r:.60}"
                self._wrong(what, place)
        if not wrong:
            self.found.groups.append(FoundGroup(group, self._line(at), tuple(lines)))

    def _wrong(self, what: str, at: Path, *, other: bool = False) -> None:
        self.found.problems.append(Problem(self.path, self._line(at), what, other=other))

    def _line(self, at: Path) -> int:
        line = self.document.line(*at)
        return line if self.within is None else self.within[0].line_within(self.within[1], line)


_OLD_RULES = "rules in the language of Prometheus 1, which no Prometheus since 2.0 reads"
_LEAVE_OUT = "begin the file's name with _ to leave it out"

_OTHER_FILES = (
    (frozenset({"tests"}), f"not a rule file but unit tests of rules for promtool; {_LEAVE_OUT}"),
    (
        frozenset({"route", "receivers", "inhibit_rules"}),
        f"not a rule file but a configuration of Alertmanager; {_LEAVE_OUT}",
    ),
    (
        frozenset({"scrape_configs", "alerting", "remote_write", "rule_files", "global"}),
        f"not a rule file but a configuration of Prometheus; {_LEAVE_OUT}",
    ),
    (
        frozenset({"apiVersion", "contactPoints", "policies", "deleteRules"}),
        f"not a rule file of Prometheus but alerts of Grafana's own provisioning; {_LEAVE_OUT}",
    ),
)
"""Fields that tell what a file is that lies among rule files, and what to say of it."""


def _with_hint(error: YamlError, content: bytes) -> str:
    """What is wrong, and why where it is a template or a file of another kind."""
    text = content.decode("utf-8", "replace")
    lines = text.splitlines()
    line = lines[error.line - 1] if error.line and error.line <= len(lines) else ""
    known = hint(text)
    if known:
        return f"{error.what}; {known}"
    if _BARE_TEMPLATE.match(line):
        return f"{error.what}; text that begins with {{{{ must stand in quotes"
    if _PROMETHEUS_1.search(text):
        return f"{error.what}; these are {_OLD_RULES}"
    for said, seen, remedy in _IN_QUOTES:
        match = seen.search(line)
        if match is not None and said.search(error.what):
            return f"{error.what}; {remedy.format(match[1])}"
    return error.what
