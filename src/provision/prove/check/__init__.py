"""Checks: one a file in `checks`, each a pure function from an `Estate` (all definitions, decoded once) to findings.

Doors: `checking.check` (all checks over definitions), `checking.CHECKS` (the one table of them),
`tools.available` (promtool and amtool, and which of them decide).
"""
