"""The whole platform on this machine, as ordinary processes on loopback: a gallery in three replicas with a Redis, Traefik,
Prometheus and Alertmanager, a receiver for what they tell, Grafana where one is installed, and clients.

Doors: `provision.lab.lifecycle` (up, status, down: a folder is claimed by `claiming`, a lab put into it by `starting`);
what a running lab shows: `readings` (every panel's current value), `proving` (whether every expression has data), `sla`
(whether what is promised was kept), `seen` (what clients saw).
Below them: `stack` says what runs, on which `ports`; `preparation` writes its files, `contained` keeps the project's
configurations to this machine, `delivery` pushes them; `supervisor` starts and stops the `processes`, `state` remembers
them; `gallery`, `webhook`, `client` and `containers` are the programs of our own that run in it, `redis` and `grafana` what
those of others need, and `faults` is how the gallery is told to fail, which `drill` does.
"""
