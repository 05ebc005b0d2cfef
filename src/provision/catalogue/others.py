"""CoreDNS, Prometheus, redis_exporter, windows_exporter, client libraries, etcd. Source: each project's list of
changes."""

from __future__ import annotations

from typing import Final

COREDNS: Final = """
    1.7 coredns_autopath_success_count_total coredns_autopath_success_total
    1.7 coredns_cache_size coredns_cache_entries
    1.7 coredns_dns_acl_request_allow_count_total coredns_acl_allowed_requests_total
    1.7 coredns_dns_acl_request_block_count_total coredns_acl_blocked_requests_total
    1.7 coredns_dns_request_count_total coredns_dns_requests_total
    1.7 coredns_dns_request_do_count_total coredns_dns_do_requests_total
    1.7 coredns_dns_request_type_count_total coredns_dns_requests_total
    1.7 coredns_dns_response_rcode_count_total coredns_dns_responses_total
    1.7 coredns_dnssec_cache_size coredns_dnssec_cache_entries
    1.7 coredns_forward_healthcheck_broken_count_total coredns_forward_healthcheck_broken_total
    1.7 coredns_forward_healthcheck_failure_count_total coredns_forward_healthcheck_failures_total
    1.7 coredns_forward_max_concurrent_reject_count_total coredns_forward_max_concurrent_rejects_total
    1.7 coredns_forward_request_count_total coredns_forward_requests_total
    1.7 coredns_forward_response_rcode_count_total coredns_forward_responses_total
    1.7 coredns_grpc_request_count_total coredns_grpc_requests_total
    1.7 coredns_grpc_response_rcode_count_total coredns_grpc_responses_total
    1.7 coredns_panic_count_total coredns_panics_total
    1.7 coredns_reload_failed_count_total coredns_reload_failed_total
    1.7 coredns_request_allow_count_total coredns_dns_allowed_requests_total
    1.7 coredns_request_block_count_total coredns_dns_blocked_requests_total
"""

PROMETHEUS: Final = """
    2.0 prometheus_evaluator_duration_seconds prometheus_rule_group_duration_seconds family # It measures each group alone.
    2.0 prometheus_evaluator_iterations_missed_total prometheus_rule_group_iterations_missed_total
    2.0 prometheus_evaluator_iterations_skipped_total - # Evaluations are missed, which prometheus_rule_group_iterations_missed_total counts.
    2.0 prometheus_evaluator_iterations_total prometheus_rule_group_iterations_total
    2.0 prometheus_local_storage_checkpoint_duration_seconds - # The storage of Prometheus 2 has prometheus_tsdb_checkpoint_… instead.
    2.0 prometheus_local_storage_chunk_ops_total - # The storage of Prometheus 2 has prometheus_tsdb_… instead.
    2.0 prometheus_local_storage_chunks_to_persist - # The storage of Prometheus 2 has prometheus_tsdb_… instead.
    2.0 prometheus_local_storage_ingested_samples_total prometheus_tsdb_head_samples_appended_total
    2.0 prometheus_local_storage_max_chunks_to_persist - # The storage of Prometheus 2 has prometheus_tsdb_… instead.
    2.0 prometheus_local_storage_memory_chunks prometheus_tsdb_head_chunks
    2.0 prometheus_local_storage_memory_series prometheus_tsdb_head_series
    2.0 prometheus_local_storage_persistence_urgency_score - # The storage of Prometheus 2 knows no urgency.
    2.0 prometheus_local_storage_rushed_mode - # The storage of Prometheus 2 knows no rushed mode.
    2.0 prometheus_local_storage_target_heap_size_bytes - # Prometheus 2 has no such target.
    2.8 prometheus_tsdb_wal_reader_corruption_errors prometheus_tsdb_wal_reader_corruption_errors_total
    2.9 prometheus_sd_configs_failed_total prometheus_sd_failed_configs # It is a gauge.
    2.23 prometheus_remote_storage_dropped_samples_total prometheus_remote_storage_samples_dropped_total
    2.23 prometheus_remote_storage_failed_samples_total prometheus_remote_storage_samples_failed_total
    2.23 prometheus_remote_storage_pending_samples prometheus_remote_storage_samples_pending
    2.23 prometheus_remote_storage_retried_samples_total prometheus_remote_storage_samples_retried_total
    2.23 prometheus_remote_storage_succeeded_samples_total prometheus_remote_storage_samples_total # It counts all samples, also those that failed.
    2.25 prometheus_remote_storage_samples_bytes_total prometheus_remote_storage_bytes_total
"""

REDIS: Final = """
    1.0 redis_command_call_duration_seconds_count redis_commands_total
    1.0 redis_command_call_duration_seconds_sum redis_commands_duration_seconds_total
    1.0 redis_used_cpu_sys redis_cpu_sys_seconds_total
    1.0 redis_used_cpu_sys_children redis_cpu_sys_children_seconds_total
    1.0 redis_used_cpu_user redis_cpu_user_seconds_total
    1.0 redis_used_cpu_user_children redis_cpu_user_children_seconds_total
"""

WINDOWS: Final = """
    0.31 windows_cs_logical_processors windows_cpu_logical_processor # It is one series for each.
    0.31 windows_cs_physical_memory_bytes windows_memory_physical_total_bytes
    0.31 windows_os_paging_limit_bytes windows_pagefile_limit_bytes # It is one series for each file.
    0.31 windows_os_physical_memory_free_bytes windows_memory_physical_free_bytes
    0.31 windows_os_timezone windows_time_timezone
    0.31 windows_system_system_up_time windows_system_boot_time_timestamp # It is the time of the start.
"""

JAVA: Final = """
    0.11 jvm_classes_loaded jvm_classes_currently_loaded
    1.0 jvm_info jvm_runtime_info
    1.0 jvm_memory_bytes_committed jvm_memory_committed_bytes
    1.0 jvm_memory_bytes_init jvm_memory_init_bytes
    1.0 jvm_memory_bytes_max jvm_memory_max_bytes
    1.0 jvm_memory_bytes_used jvm_memory_used_bytes
    1.0 jvm_memory_pool_bytes_committed jvm_memory_pool_committed_bytes
    1.0 jvm_memory_pool_bytes_init jvm_memory_pool_init_bytes
    1.0 jvm_memory_pool_bytes_max jvm_memory_pool_max_bytes
    1.0 jvm_memory_pool_bytes_used jvm_memory_pool_used_bytes
"""

ETCD: Final = """
    3.4 etcd_debugging_mvcc_db_total_size_in_bytes etcd_mvcc_db_total_size_in_bytes
    3.4 etcd_debugging_mvcc_delete_total etcd_mvcc_delete_total
    3.4 etcd_debugging_mvcc_put_total etcd_mvcc_put_total
    3.4 etcd_debugging_mvcc_range_total etcd_mvcc_range_total
    3.4 etcd_debugging_mvcc_txn_total etcd_mvcc_txn_total
"""

HAPROXY_LABELS: Final = "\n".join(
    f"2.0 haproxy_{part}_{what}{{{label}}} haproxy_{part}_{what}{{proxy}}"
    for part, label in (("backend", "backend"), ("frontend", "frontend"), ("server", "backend"))
    for what in [
        "bytes_in_total",
        "bytes_out_total",
        "connection_errors_total",
        "current_queue",
        "current_sessions",
        "http_requests_total",
        "http_responses_total",
        "max_sessions",
        "response_errors_total",
        "sessions_total",
    ]
)
"""Labels of HAProxy's own exporter, where haproxy_exporter had others."""
