"""What is wrong with a JSON value, said by its schema, in sentences without the value of anything secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SECRET = re.compile(r"pass|secret|token|key|cred|auth|url", re.IGNORECASE)
_TYPES = {
    "array": "a list",
    "object": "a mapping",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a JSON value.

    Attributes:
        pointer: JSON pointer to what is wrong.
        subject: what people call the part that holds it.
        message: what is wrong, naming the field within that part.
    """

    pointer: str
    subject: str
    message: str


def faults(
    value: Any, schema: dict[str, Any], limit: int, part_of: Callable[[str], tuple[str, str]]
) -> list[Fault]:
    """The first `limit` faults of `value` under `schema` (draft 2020-12).

    Args:
        part_of: a JSON pointer into `value` to what people call the part that holds it, and that part's own pointer.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    found: dict[Fault, None] = {}
    for error in Draft202012Validator(schema).iter_errors(value):
        # Of alternatives, the one that was probably meant.
        found[_fault(best_match([_meant(error)]) or error, part_of)] = None
        if len(found) >= limit:
            break
    return list(found)


def _meant(error: ValidationError) -> ValidationError:
    """What is wrong with the one alternative that has the value's own `type`, where such constants tell them apart."""
    if error.validator not in ("oneOf", "anyOf") or not error.context:
        return error
    alternatives: dict[Any, list[ValidationError]] = {}
    for each in error.context:
        alternatives.setdefault(each.schema_path[0], []).append(each)
    fitting = [
        faults for faults in alternatives.values() if not any(each.validator == "const" for each in faults)
    ]
    if len(fitting) == 1 and len(alternatives) > 1:
        return fitting[0][0]
    constants = [each for each in error.context if each.validator == "const"]
    if not fitting and len(constants) == len(alternatives):
        first = constants[0]
        if all(each.absolute_path == first.absolute_path for each in constants):
            first.validator, first.validator_value = "enum", [each.validator_value for each in constants]
            return first
    return error


def _fault(error: ValidationError, part_of: Callable[[str], tuple[str, str]]) -> Fault:
    path = [str(part) for part in error.absolute_path]
    pointer = "".join(f"/{part}" for part in path)
    subject, part = part_of(pointer)
    inner = pointer[len(part) :].strip("/").split("/")
    name = inner[-1] and repr(inner[-1])
    if inner[-1].isdigit():
        name = f"{inner[-2]!r} number {int(inner[-1]) + 1}" if len(inner) > 1 else ""
    wanted = error.schema.get("description") if isinstance(error.schema, dict) else None
    within = f"{wanted[0].lower()}{wanted[1:]}".rstrip(".") if isinstance(wanted, str) and wanted else ""
    return Fault(pointer, subject, _sentence(error, name, within, path))


def _sentence(error: ValidationError, name: str, wanted: str, path: list[str]) -> str:
    kind = str(error.validator)
    rule: Any = error.validator_value
    value: Any = error.instance
    shown = _shown(value, path)
    inside, name = f"{name}: " if name else "", name or "it"
    if "propertyNames" in error.absolute_schema_path:
        return f"{inside}{value!r} is not {wanted or 'a name that may stand there'}"
    if kind == "required":
        missing = [field for field in rule if field not in value]
        return f"{inside}{' and '.join(map(repr, missing))} must be set"
    if kind == "additionalProperties":
        return f"{inside}{_unknown(value, error.schema)}"
    if error.schema is False:
        return f"{inside}it holds a field that may not stand there"
    if kind == "type":
        kinds = [rule] if isinstance(rule, str) else rule
        return f"{name} must be {' or '.join(_TYPES.get(each, each) for each in kinds)}{shown}"
    if kind in ("enum", "const"):
        allowed = rule if kind == "enum" else [rule]
        return f"{name} must be {' or '.join(map(repr, allowed))}{shown}"
    if kind in ("pattern", "minLength", "minItems"):
        return f"{name} must be {wanted or ('of another form' if kind == 'pattern' else 'more than nothing')}{shown}"
    if kind in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "maxLength", "maxItems"):
        least = "at least" if "inim" in kind else "at most"
        return f"{name} must be {least} {rule}{shown}"
    if kind == "not" and not rule:
        return f"{name} may not be set{wanted and f': it is not {wanted}'}"
    if kind in ("oneOf", "anyOf"):
        choices = _choices(rule)
        if choices:
            one = " or ".join(map(repr, choices))
            return f"{inside}{'just one of ' if kind == 'oneOf' else ''}{one} must be set"
        return f"{name} is not {wanted or 'what it may be'}{shown}"
    return f"{name} is not {wanted or 'what it may be'}{shown}"


def _choices(rule: Any) -> list[str]:
    """The fields of which one must be set, when that is all that a `oneOf` or `anyOf` says."""
    if not isinstance(rule, list) or not all(
        isinstance(each, dict) and each.get("required") and each.keys() <= {"required", "description"}
        for each in rule
    ):
        return []
    return [field for each in rule for field in each["required"]]


def _unknown(value: dict[str, Any], schema: Any) -> str:
    properties = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    unknown = sorted(
        field
        for field in map(str, value)
        if field not in properties and not any(re.search(pattern, field) for pattern in patterns)
    )
    close: Iterable[str] = get_close_matches(unknown[0], properties, n=1) if unknown else ()
    meant = "".join(f"; did you mean {field!r}?" for field in close)
    return f"there is no field {' or '.join(map(repr, unknown[:3]))}{meant}"


def _shown(value: Any, path: list[str]) -> str:
    """The value, when it is short and can't be a secret."""
    if any(_SECRET.search(part) for part in path) or not isinstance(value, str | int | float | bool):
        return ""
    text = repr(value)
    return f", not {text}" if len(text) <= 60 else ""
