"""Grafana and Prometheus provisioning as code.

The line everything travels on: sources are loaded and compiled to definitions, shaped for a dialect to
resources, compared with what is live to a plan, and applied by a target. Nothing goes back up.
"""

__version__ = "0.1.0"
