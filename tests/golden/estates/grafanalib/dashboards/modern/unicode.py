# Titles in many alphabets, and names of variables too.
# ruff: noqa: PLC2401  # as people write it
from grafanalib.core import Dashboard, GridPos, RowPanel, Target, Text, TimeSeries

größe = Dashboard(
    title="Übersicht — Größe & Menge",
    description="Δ über 24 h, „so“ und 'so' \u2028 und weiter",
    tags=["überblick", "日本"],
    panels=[
        RowPanel(title="概要 📈", gridPos=GridPos(h=1, w=24, x=0, y=0)),
        TimeSeries(
            title="Zeit in µs",
            unit="µs",
            targets=[Target(expr='rate(zeit{groesse="µ"}[5m])', legendFormat="{{groesse}} ≥ 1")],
        ),
        Text(content="مرحبا\n<b>🔥</b>", mode="html"),
    ],
)
日本語 = Dashboard(title="日本語", panels=[])
