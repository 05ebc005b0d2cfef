"""What is told to a person while something takes time."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]
"""Called with a sentence before something that takes time, or about what isn't a result."""
