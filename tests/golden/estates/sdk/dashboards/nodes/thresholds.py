"""Thresholds, mappings, overrides and transformations."""

from grafana_foundation_sdk.builders import bargauge, gauge, prometheus, stat, table
from grafana_foundation_sdk.builders.dashboard import Dashboard, FieldColor, ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

STEPS = (
    ThresholdsConfig()
    .mode(ThresholdsMode.ABSOLUTE)
    .steps([Threshold(color="green"), Threshold(color="red", value=0.9)])
)

dashboard = (
    Dashboard("Thresholds")
    .with_panel(
        gauge.Panel()
        .title("Memory")
        .unit("percentunit")
        .min(0)
        .max(1)
        .thresholds(STEPS)
        .with_target(prometheus.Dataquery().expr("memory:used:ratio"))
    )
    .with_panel(
        stat.Panel()
        .title("State")
        .color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .mappings([ValueMap(options={"1": ValueMappingResult(text="up", color="green")})])
        .with_target(prometheus.Dataquery().expr("up").instant())
    )
    .with_panel(
        bargauge.Panel()
        .title("Bars")
        .thresholds(STEPS)
        .with_target(prometheus.Dataquery().expr("topk(5, disk:used:ratio)"))
    )
    .with_panel(
        table.Panel()
        .title("Table")
        .override_by_name(
            "Value",
            [
                DynamicConfigValue(id_val="unit", value="bytes"),
                DynamicConfigValue(id_val="custom.width", value=120),
            ],
        )
        .with_transformation(
            DataTransformerConfig(id_val="organize", options={"excludeByName": {"Time": True}})
        )
        .with_target(prometheus.Dataquery().expr("node_memory_MemFree_bytes").format("table").instant())
    )
)
