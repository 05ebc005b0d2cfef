"""The language: whether an expression is PromQL, what it reads, and the Grafana variables it holds.

Doors: `parse.parse` (the verdict, and where it goes wrong), `variables` (names used, placeholders, values put in),
`names.selectors` (the metrics and labels an expression reads), `facts.facts` (its tree, with every selector, call,
aggregation and operation), `branches.branches` (what a node returns: its labels, and what they stem from),
`spans.span` (where a node stands). The verdict is promql-parser's; `tokens` and `grammar` say where an expression
goes wrong, and know what promql-parser doesn't.
"""
