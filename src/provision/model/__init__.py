"""The nouns of the product: frozen values that every room passes on and none changes.

Doors: `Definition`, `Resource`, `Live`, `Mark`, `Action`, `Plan`, `Outcome`, `Finding`, `Change`, `Place`,
and the canonical bytes of a body (`encode`, `decode`, `digest`).
"""

from provision.model.body import JSON, decode, digest, encode
from provision.model.finding import SEVERITIES, Finding, Part
from provision.model.nouns import Change, Definition, Difference, Live, Mark, Place, Resource
from provision.model.plan import Action, Outcome, Plan, Verb

__all__ = [
    "JSON",
    "SEVERITIES",
    "Action",
    "Change",
    "Definition",
    "Difference",
    "Finding",
    "Live",
    "Mark",
    "Outcome",
    "Part",
    "Place",
    "Plan",
    "Resource",
    "Verb",
    "decode",
    "digest",
    "encode",
]
