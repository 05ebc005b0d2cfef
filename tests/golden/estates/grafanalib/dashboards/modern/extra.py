"""extraJson wherever grafanalib takes it, over what it writes itself."""

from grafanalib.core import Dashboard, Stat, Target, Template, Templating, TimeSeries


class Live(Dashboard):
    def to_json_data(self):
        return {
            **super().to_json_data(),
            "liveNow": True,
            "weekStart": "monday",
            "fiscalYearStartMonth": 3,
            "preload": True,
        }


dashboard = Live(
    title="Extra",
    templating=Templating(list=[Template(name="env", type="custom", query="prod,test", default="prod")]),
    panels=[
        TimeSeries(
            title="Both",
            targets=[Target(expr="a"), Target(expr="b", refId="B", hide=True)],
            extraJson={
                "fieldConfig": {
                    "defaults": {
                        "custom": {"axisSoftMin": 0, "lineStyle": {"fill": "dash", "dash": [5, 5]}},
                        "noValue": "–",
                    },
                    "overrides": [
                        {
                            "matcher": {"id": "byFrameRefID", "options": "B"},
                            "properties": [{"id": "unit", "value": "s"}],
                        }
                    ],
                },
                "options": {
                    "tooltip": {"mode": "multi", "sort": "desc"},
                    "legend": {"calcs": ["mean", "max"]},
                },
                "timeCompare": "1d",
            },
            transformations=[{"id": "renameByRegex", "options": {"regex": "(.*)", "renamePattern": "$1!"}}],
        ),
        Stat(
            title="One",
            targets=[Target(expr="a")],
            extraJson={"options": {"text": {"valueSize": 40}, "wideLayout": False}},
            noValue="none",
        ),
    ],
)
