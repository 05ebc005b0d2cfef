from grafanalib.core import Dashboard, Stat, Target
from provision.author import Waive

dashboard = Dashboard(
    title="Ours",
    uid="ours",
    editable=False,
    panels=[Stat(title="Orders", dataSource=None, targets=[Target(expr="sum(rate(shop_orders_total[5m]))")])],
)

Waive("panel-units", reason="it is counted, and everybody knows what", of="Orders")
Waive("template-job", reason="there is one shop", of=dashboard)
