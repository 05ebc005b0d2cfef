"""Metrics known by name: what they were called before, and what a name says of a metric's type and unit.

Doors: `renames.renamed` (what became of a metric), `conventions` (type and unit by name), `advice` (for a metric,
label or value that a server doesn't have, which of those it has was meant). The tables hold names and versions only,
each with its source.
"""
