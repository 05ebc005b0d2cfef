from ._defaults import DEFAULTS
from .panels import latency, requests

__all__ = ["DEFAULTS", "latency", "requests"]
