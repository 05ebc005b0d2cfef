"""What an answer of a Grafana is recognised by."""

from __future__ import annotations

import pytest

from provision.client.grafana_answers import is_item


@pytest.mark.parametrize(("content", "whole"), [
    (b'{"kind":"Dashboard","apiVersion":"a.b/v1","metadata":{"name":"x","uid":"y"},"spec":{"title":"t"}}\n', True),
    (b'{"kind":"Dashboard","apiVersion":"a.b/v1","metadata":{"name":"x","uid":"y"},"spec":{"title":"t"}', True),
    (b'{"kind":"Dashboard","apiVersion":"a.b/v1","metadata":{"name":"x","uid":"y"},"spec":{"title":', False),
    (b'{"kind":"Dashboard","apiVersion":"a.b/v1","metadata":{"name":"x"}}', False),
    (b'{"kind":"Dashboard","apiVersion":"a.b/v1","metadata":{},"spec":{}}', False),
    (b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}', False),
    (b'<html>{"spec":{}}', False), (b"", False),
])  # fmt: skip
def test_an_answer_that_nobody_reads_is_recognised_by_its_bytes(content, whole):
    assert is_item(content) is whole
