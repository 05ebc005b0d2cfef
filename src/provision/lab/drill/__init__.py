"""Failures on purpose: a drill supposes something, breaks something under load, watches, heals and judges.

Doors: `catalogue.DRILLS` (what there is), `runner.run` (one drill on a lab), `staging.staged` (a lab to run it on),
`timing` (when an alert must be told of, from the compiled definitions alone).
"""
