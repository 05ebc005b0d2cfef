"""Plan what is to happen on a target, and carry it out.

Doors: `provision.ship.plan.make_plan`, `provision.ship.apply.apply`, and the targets.
"""
