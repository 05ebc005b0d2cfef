"""The whole stack on this machine, as ordinary processes on loopback: a small application in three replicas,
Traefik, Prometheus and Alertmanager, a receiver for what they tell, and traffic.

Doors: `provision.lab.lifecycle` (up, status, down) and `provision.lab.readings` (every panel's current value).
Below them: `stack` says what runs, `supervisor` starts and stops it, `state` remembers it; `gallery`,
`webhook`, `client` and `containers` are the programs of our own that run in it, and `faults` is how the gallery is
told to fail.
"""
