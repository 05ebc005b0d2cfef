"""Stacks on a Docker Swarm: images are built, secrets written, services updated and waited for; what fails goes back to
what ran before.

Doors: `deploy.deploy`, `own_images.build`, `status.compare`, `removing.remove`. Below them: `live` reads what runs,
`needs` what must be there first, `converge` waits, `undo` goes back.
"""
