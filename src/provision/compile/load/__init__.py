"""The sources are found, run in worker processes and compiled to definitions; what hasn't changed comes from a cache.

Doors: `load` and what it returns, `Loaded`.
"""

from provision.compile.load.loading import Loaded, load

__all__ = ["Loaded", "load"]
