from __future__ import annotations

from typing import Final

from grafanalib.core import Dashboard, Stat, Target

from provision.author import env

try:
    from nowhere_to_be_found import THEME
except ImportError:
    THEME = "dark"

EXPR: Final[str] = "sum(up)"

dashboard: Dashboard
if env.get("region") == "eu":
    dashboard = Dashboard(title="Europe", style=THEME, panels=[Stat(title="Up", targets=[Target(expr=EXPR)])])
else:
    dashboard = Dashboard(title="Elsewhere", panels=[])

overview: Dashboard = Dashboard(title="Overview", editable=False, panels=[])

if __name__ == "__main__":
    import sys

    sys.stdout.write(overview.title)
