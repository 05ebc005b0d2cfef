"""Builders in a list, made in a loop, each with a uid of its own."""

from _common.panels import line, query
from grafana_foundation_sdk.builders import dashboard

boards = []
for role in ("db", "web"):
    board = dashboard.Dashboard(f"Role {role}").uid(f"role-{role}")
    for index, metric in enumerate(("load1", "memory_Active_bytes", "filefd_allocated")):
        board = board.with_panel(
            line(metric.replace("_", " "))
            .id(index + 1)
            .with_target(query(f'node_{metric}{{role="{role}"}}').ref_id("Z"))
        )
    boards.append(board)
