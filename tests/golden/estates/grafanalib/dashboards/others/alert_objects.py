"""grafanalib's own alert objects stay private: they are not compiled."""

from grafanalib.core import (
    AlertCondition,
    AlertExpression,
    AlertGroup,
    AlertList,
    AlertRulev9,
    Dashboard,
    GreaterThan,
    Target,
    TimeRange,
)

_group = AlertGroup(
    name="Shop",
    rules=[
        AlertRulev9(
            title="Down",
            uid="alert-down",
            condition="B",
            triggers=[
                Target(refId="A", expr="up", datasource="Prometheus"),
                AlertExpression(
                    refId="B",
                    expressionType="classic_conditions",
                    expression="A",
                    conditions=[
                        AlertCondition(
                            evaluator=GreaterThan(1),
                            timeRange=TimeRange("5m", "now"),
                            operator="and",
                            reducerType="last",
                        )
                    ],
                ),
            ],
        )
    ],
)

dashboard = Dashboard(title="Alerts", panels=[AlertList(title=_group.name, nameFilter=_group.name)])
