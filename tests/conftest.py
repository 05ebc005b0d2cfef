from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from support.alone import sharing
from support.traced import let_threads_start

let_threads_start()

# Speed lives in benchmarks/, so no example has a deadline. Continuous integration draws the same examples every
# time, so that its verdict is about the change; everywhere else they are new each time.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "developer")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Whatever a test does, fixtures of its module included, it does beside others or alone."""
    with sharing(alone=item.get_closest_marker("alone") is not None):
        return (yield)
