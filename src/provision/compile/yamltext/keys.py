"""The keys that people know: which of them hold text whatever it looks like, and the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterable

TEXT_MAPS = frozenset({"labels", "annotations", "external_labels", "match", "match_re", "source_match",
                        "source_match_re", "target_match", "target_match_re"})  # fmt: skip
"""Keys whose mappings go from text to text; their own keys are nobody's vocabulary."""

_TEXT_FIELDS = frozenset({"name", "expr", "record", "alert", "for", "keep_firing_for", "interval", "query_offset",
                          "job_name", "receiver"})  # fmt: skip
"""Keys whose values are text wherever they stand."""

TEXT_KEYS = TEXT_MAPS | _TEXT_FIELDS
"""Keys under which a scalar is text whatever it looks like."""

_ORDER = {
    key: rank
    for rank, key in enumerate(
        """apiVersion kind metadata spec name record alert job_name uid orgId folder folderUid type access
        url url_file api_url api_url_file isDefault basicAuth basicAuthUser jsonData secureJsonData
        disableDeletion updateIntervalSeconds allowUiUpdates editable options
        global receiver matchers match match_re group_by group_wait group_interval repeat_interval
        mute_time_intervals active_time_intervals continue
        source_matchers source_match source_match_re target_matchers target_match target_match_re equal
        resolve_timeout smtp_smarthost smtp_from smtp_auth_username smtp_auth_password_file
        to from smarthost auth_username auth_password_file send_resolved start_time end_time
        scrape_interval scrape_timeout evaluation_interval rule_query_offset query_log_file external_labels
        interval query_offset limit expr for keep_firing_for
        honor_labels honor_timestamps metrics_path scheme params authorization basic_auth
        alerting rule_files scrape_config_files
        summary description runbook_url dashboard_url
        targets labels annotations rules
        names port
        file_sd_configs dns_sd_configs dockerswarm_sd_configs static_configs
        relabel_configs metric_relabel_configs source_labels separator regex modulus target_label replacement action
        scrape_configs remote_write remote_read
        times days_of_month weekdays months years location
        templates route routes receivers inhibit_rules time_intervals
        prune deleteDatasources datasources providers groups""".split()  # noqa: SIM905  # read as a table
    )
}
"""The order in which people write the keys they know; all others follow, sorted."""


def in_order(keys: Iterable[str]) -> list[str]:
    """Keys in the order in which people write them."""
    return sorted(keys, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))
