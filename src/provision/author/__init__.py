"""What authors import: typed, frozen values for rules, routes, contact points, scrape jobs, data sources,
folders, stacks and waivers.

Nothing here reads or writes anything. `env` is the one object that is filled from outside: it holds the
variables of the environment that is being built. `Waive` is the one value that counts wherever a source makes it, so
the loader is told of each (`provision.author.waivers`).
"""

from provision.author.alertmanager import (
    AlertmanagerGlobal,
    Email,
    Inhibit,
    Receiver,
    Route,
    TimeInterval,
    Webhook,
)
from provision.author.dashboards import Datasource, Folder, JsonDashboard
from provision.author.environment import Environment, env
from provision.author.grafana import ContactPoint, Integration, LibraryPanel, MessageTemplate
from provision.author.rules import Alert, Group, Record
from provision.author.scrape import PrometheusGlobal, ScrapeConfig
from provision.author.secrets import Secret
from provision.author.service import Service
from provision.author.service_parts import Healthcheck, Placement, Port, Resources, Restart, Update
from provision.author.stack_parts import Bind, Config, Image, Network, Volume
from provision.author.stacks import Stack
from provision.author.waivers import Waive

__all__ = [
    "Alert",
    "AlertmanagerGlobal",
    "Bind",
    "Config",
    "ContactPoint",
    "Datasource",
    "Email",
    "Environment",
    "Folder",
    "Group",
    "Healthcheck",
    "Image",
    "Inhibit",
    "Integration",
    "JsonDashboard",
    "LibraryPanel",
    "MessageTemplate",
    "Network",
    "Placement",
    "Port",
    "PrometheusGlobal",
    "Receiver",
    "Record",
    "Resources",
    "Restart",
    "Route",
    "ScrapeConfig",
    "Secret",
    "Service",
    "Stack",
    "TimeInterval",
    "Update",
    "Volume",
    "Waive",
    "Webhook",
    "env",
]
