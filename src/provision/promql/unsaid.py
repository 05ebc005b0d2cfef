"""What stops a correction."""

from __future__ import annotations


class Unsaid(Exception):
    """What would have to be changed can't be said for sure."""
