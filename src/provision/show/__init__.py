"""Results made readable, for people as text and for machines as JSON of a stable format. One module a result:
`differences`, `plan`, `report`, `built`, `findings`; `values` writes a sample in its unit, `progress` says
that something is going on. Everything here takes values and returns text; only `progress` writes.
"""
