"""A dashboard of grafana-foundation-sdk's second generation in, the bytes that a Grafana 12.4 is sent out.

The file was read by a person and pushed to a real Grafana 12.4, which gave it back the same. After a wanted change
write it anew with PROVISION_WRITE_GOLDEN=1 and review the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from provision.compile.dashboards import compile_dashboard
from provision.compile.dialect.grafana import GrafanaDialect, shape
from provision.model import Place, decode
from support.second_generation import built, built_beta

FILES = Path(__file__).parent / "v2"


@pytest.mark.parametrize(("name", "builder"), [("shop", built), ("beta", built_beta)])
@pytest.mark.parametrize("form", ["builder", "model"])
def test_the_bytes_are_the_recorded_ones(name: str, builder: Any, form: str) -> None:
    value = builder() if form == "builder" else builder().build()
    made = compile_dashboard("dashboards/shop.py", ("dashboard",), value, Place("dashboards/shop.py", 1))
    (resource,) = shape(made, GrafanaDialect("12.4.0", v2_api="v2beta1"))
    text = json.dumps(decode(resource.body), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    file = FILES / f"{name}.json"
    if os.environ.get("PROVISION_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
    assert resource.key == "shop"
