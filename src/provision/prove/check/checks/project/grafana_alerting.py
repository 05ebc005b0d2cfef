"""What a Grafana would do otherwise than what is written, or couldn't do at all."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.dialect.grafana import Binding, GrafanaDialect, GrafanaSettings, shape
from provision.compile.dialect.grafana_remarks import Remark
from provision.compile.dialect.grafana_translation import Translated, translate
from provision.compile.kinds import (
    CONTACT_POINT,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.errors import Problem, SourceErrors
from provision.model import Definition, Finding, Place, decode
from provision.prove.check.bodies import subject_of
from provision.prove.check.estate import Estate

ID = "grafana-alerting"

_OWN = frozenset({
    CONTACT_POINT, GRAFANA_RULE_GROUP, LIBRARY_PANEL, MUTE_TIMING, POLICY, TEMPLATE,
})  # fmt: skip
_BESIDE = frozenset({DATASOURCE, FOLDER})
_ANY = Binding("any", "prometheus", "")


def check(estate: Estate) -> Iterator[Finding]:
    """Where Grafana evaluates the project's rules: what is rounded, lost or refused of them; and always what is wrong
    with what is written as Grafana's own."""
    given = [one for one in estate.definitions if not estate.is_guest(one)]
    settings = GrafanaSettings.of(estate.project)
    translated = translate(given, settings, _bound(estate, given))
    for remark in translated.remarks:
        if not remark.said.checked_elsewhere:
            yield _finding(estate, remark)
    for problem in _refused(given, translated, settings):
        about = _definition(given, problem)
        if about is None:
            place = Place(problem.path, problem.line)
            yield Finding(ID, "error", place, "what Grafana is to hold", problem.message)
        else:
            yield estate.finding(ID, "error", about, "", subject_of(about), problem.message)


def _bound(estate: Estate, given: list[Definition]) -> Binding | None:
    """Which data source rules ask may be said only when pushing."""
    own = any(one.kind == DATASOURCE and decode(one.body)["type"] == "prometheus" for one in given)
    return None if own and not estate.project.setting("datasource", str, "") else _ANY


def _finding(estate: Estate, remark: Remark) -> Finding:
    said = remark.said
    subject = _part(estate, remark)
    return estate.finding(
        ID, said.severity, remark.definition, said.pointer, subject, said.message, said.remedy
    )


def _part(estate: Estate, remark: Remark) -> str:
    """What people call the rule, or the definition, that a remark is about."""
    for group in estate.groups:
        if group.definition is remark.definition:
            inside = [
                rule for rule in group.rules if f"{remark.said.pointer}/".startswith(f"{rule.pointer}/")
            ]
            return group.about(inside[0]) if inside else group.subject
    return subject_of(remark.definition)


def _refused(
    given: list[Definition], translated: Translated, settings: GrafanaSettings
) -> tuple[Problem, ...]:
    """What a push refuses of Grafana's own kinds; the rules and routes of others are told of above."""
    own = [one for one in given if one.kind in _OWN | _BESIDE]
    if not any(one.kind in _OWN for one in own):
        return ()
    known = {(one.kind, one.key) for one in own}
    made = [
        one
        for one in translated.definitions
        if one.kind in (CONTACT_POINT, MUTE_TIMING, FOLDER) and (one.kind, one.key) not in known
    ]
    try:
        shape([*own, *made], GrafanaDialect(), settings=GrafanaSettings(features=settings.features))
    except SourceErrors as error:
        return error.problems
    return ()


def _definition(given: list[Definition], problem: Problem) -> Definition | None:
    """The definition that a problem is about, if that can be told."""
    there = [
        one
        for one in given
        if one.kind in _OWN and (one.place.path, one.place.line) == (problem.path, problem.line)
    ]
    return there[0] if len(there) == 1 else None
