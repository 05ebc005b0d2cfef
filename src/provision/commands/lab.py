"""`provision lab`: the whole platform on this machine, under load."""

from __future__ import annotations

import click

from provision.commands import lab_status, lab_swarm, lab_up


@click.group("lab")
def command() -> None:
    """Run the whole platform on this machine, under load.

    A gallery in three replicas with a Redis, Traefik, Prometheus and Alertmanager with this project's configuration, a
    receiver for what Alertmanager tells, Grafana where one is installed, and clients. Everything listens on 127.0.0.1,
    on free ports, and needs neither root nor a container engine.
    """


for each in (lab_up.up, lab_status.status, lab_status.down, lab_swarm.command):
    command.add_command(each)
