"""JSON values as the YAML that a person would write, and what they are when they are read again."""

from __future__ import annotations

from math import isfinite
from typing import Any

import yaml

from provision.compile.yamltext.keys import TEXT_KEYS, TEXT_MAPS, in_order
from provision.compile.yamltext.scalars import number_text, style_of
from provision.model import JSON


def render(value: JSON, *, header: str = "") -> bytes:
    """A JSON value as YAML: known keys in the order people write them, other keys sorted, text of several lines
    as a literal block, lines never folded. The same value gives the same bytes.

    Args:
        header: lines of comment for the top, without `#`.

    Raises:
        TypeError: the value holds something that JSON can't.
    """
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    text: bytes = yaml.dump(
        _ordered(value, free=False),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=1_000_000_000,
        encoding="utf-8",
    )
    return comment.encode() + text


def settled(value: JSON) -> JSON:
    """What `load` makes of `render(value)`: the same but for numbers where only text can stand, as in labels.

    Raises:
        TypeError: the value holds something that JSON can't.
    """
    return _settled(value, text=False)


def _settled(value: Any, *, text: bool) -> JSON:
    if isinstance(value, dict):
        return {str(key): _settled(item, text=text or key in TEXT_KEYS) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item, text=False) for item in value]
    if text and isinstance(value, bool):
        return "true" if value else "false"
    if text and isinstance(value, int | float):
        return number_text(value)
    return _scalar(value)


def _scalar(value: Any) -> JSON:
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    raise TypeError(f"not a JSON value: {value!r}")


def _ordered(value: Any, *, free: bool) -> Any:
    """The value with its mappings in the order in which they are written."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {key!r}")
        keys = sorted(value) if free else in_order(value)
        return {
            str(key): _ordered(value[key], free=key in TEXT_MAPS and key != "annotations") for key in keys
        }
    if isinstance(value, list | tuple):
        return [_ordered(item, free=False) for item in value]
    return _scalar(value)


class _Dumper(yaml.CSafeDumper):
    """PyYAML's, without anchors, and with scalars as `scalars` has them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style_of(text))


def _represent_number(dumper: yaml.CSafeDumper, number: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", number_text(number))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_number)
