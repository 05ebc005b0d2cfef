"""Whether a text has the form of LogQL, as far as that is known without Loki: strings and brackets, selectors, the stages
of a pipeline, functions and what they take. What stages and templates mean isn't looked at.

Doors: `parse.ranges` (the ranges in a query, or why it is none), `reader.NotLogQL`.
Source: Loki 3's documentation of log and metric queries.
"""
