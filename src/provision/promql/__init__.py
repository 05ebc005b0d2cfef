"""The language: whether an expression is PromQL, what it reads, and the Grafana variables it holds.

Doors: `parse.parse` (the verdict, and where it goes wrong), `variables` (names used, placeholders, values put in),
`names.selectors` (the metrics and labels an expression reads). The verdict is promql-parser's; `tokens` and
`grammar` say where an expression goes wrong, and know what promql-parser doesn't.
"""
