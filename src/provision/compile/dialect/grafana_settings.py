"""What a project says of its Grafanas that decides the form of their resources."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.errors import UsageError
from provision.project import Project

_RULES_FOLDER = "alerts"


@dataclass(frozen=True, slots=True)
class GrafanaSettings:
    """Settings of a project.

    Attributes:
        alerting: whether Grafana evaluates the project's rules and delivers its alerts.
        rules_folder: the folder, a path as under dashboards/, of rules whose source lies in no directory of rules/.
        own_policy_tree: whether the root of the notification policies is this project's.
        features: Prometheus' feature flags that expressions may need.
    """

    alerting: bool = False
    rules_folder: str = _RULES_FOLDER
    own_policy_tree: bool = False
    features: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, project: Project, *, own_policy_tree: bool = False) -> GrafanaSettings:
        """The settings `grafana_alerting`, `grafana_rules_folder` and `prometheus_features`.

        Raises:
            UsageError: one of them isn't of its form.
        """
        folder = project.setting("grafana_rules_folder", str, _RULES_FOLDER)
        if not folder or any(part in ("", ".", "..") for part in folder.split("/")):
            raise UsageError(
                f"[tool.provision] grafana_rules_folder must be a path of folders such as alerts, not {folder!r}",
                where=str(project.root / "pyproject.toml"),
            )
        features = project.setting("prometheus_features", list, [])
        return cls(
            alerting=project.setting("grafana_alerting", bool, False),
            rules_folder=folder,
            own_policy_tree=own_policy_tree,
            features=frozenset(str(feature) for feature in features),
        )
