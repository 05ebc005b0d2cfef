"""Dashboards made of a private package beside the source."""

from _kit import latency, requests
from grafanalib.core import Dashboard

shop = Dashboard(title="Shop", panels=[requests("shop"), latency("shop"), requests("shop", transparent=True)])
search = Dashboard(title="Search", panels=[requests("search"), latency("search", limit=0.2)])
