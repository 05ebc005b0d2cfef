from __future__ import annotations

import os

from hypothesis import settings

# Speed lives in benchmarks/, so no example has a deadline. Continuous integration draws the same examples every
# time, so that its verdict is about the change; everywhere else they are new each time.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "developer")
