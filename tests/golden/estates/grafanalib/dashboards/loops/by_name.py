"""Dashboards in a dictionary of dictionaries, and put into the module's names one by one."""

from collections import OrderedDict

from grafanalib.core import Dashboard, Target, TimeSeries

TEAMS = OrderedDict(shop=("cart", "checkout"), search=("index",))


def overview(team, service):
    return Dashboard(
        title=f"{team}: {service}",
        panels=[
            TimeSeries(
                title="Requests",
                targets=[Target(expr=f'rate(requests_total{{team="{team}",service="{service}"}}[5m])')],
            )
        ],
    )


by_team = {
    team: {service: overview(team, service) for service in services} for team, services in TEAMS.items()
}

for _team in TEAMS:
    globals()[f"{_team}_all"] = overview(_team, "all")
