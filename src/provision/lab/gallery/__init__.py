"""The lab's application: a small web gallery of albums and pictures, that can be told to fail.

Doors: `python -m provision.lab.gallery` serves it; `provision.lab.faults` is how others set its faults.
Below them: `site` is what it answers, `collection` its albums and pictures, `storage` where they are kept, `visits`
its sessions and counters, `switches` its faults, `metrics` what it tells Prometheus, `server` the HTTP server.
"""
