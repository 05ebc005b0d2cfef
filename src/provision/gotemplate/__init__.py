"""Go's text templates, as labels and annotations of alerts use them: whether one is any, and what it prints.

Doors: `parse.parse` (the tree, or where it goes wrong), `functions` (the functions that Prometheus gives to templates,
with the versions they came in), `uses.uses` (labels, values and functions that a template uses).
"""
