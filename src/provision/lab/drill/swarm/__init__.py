"""Drills on a Docker Swarm of nested engines: nodes that are halted, drained, promoted, and the quorum of managers.

Doors: `catalogue.DRILLS` (what there is), `staging.staged` (a Swarm with the project's stacks to run it on).
"""
