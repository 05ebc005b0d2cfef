"""YAML as a person would write it, and YAML that people wrote.

Doors: `writing.render` (a JSON value to stable bytes), `reading.load` (bytes to a JSON value), `reading.documents` (the
same for several documents, with lines) and `writing.settled` (what a value is after reading and writing). They keep to
YAML 1.2's core schema, as the servers do: `on` and `1:30` are text, and a label's value is text whatever it looks like.
What is known of `keys` and how `scalars` are quoted serves writing; reading goes from `limits` (there may be too much) over
`nodes` to `values`.
"""
