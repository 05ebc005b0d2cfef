"""Kubernetes: kubelet, API server, scheduler, kube-proxy. Source: Kubernetes' metrics overhaul of 1.14, whose old names
were turned off in 1.17, and the metrics that later release notes list as renamed."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "Kubernetes"

TABLE: Final = """
    1.14 apiserver_dropped_requests apiserver_dropped_requests_total
    1.14 apiserver_request_count apiserver_request_total
    1.14 apiserver_request_latencies apiserver_request_duration_seconds family *1000000
    1.14 apiserver_request_latencies_summary apiserver_request_duration_seconds summary *1000000
    1.14 apiserver_storage_data_key_generation_latencies_microseconds apiserver_storage_data_key_generation_duration_seconds family *1000000
    1.14 apiserver_storage_transformation_latencies_microseconds apiserver_storage_transformation_duration_seconds family *1000000
    1.14 apiserver_admission_controller_admission_latencies_seconds apiserver_admission_controller_admission_duration_seconds family
    1.14 apiserver_admission_step_admission_latencies_seconds apiserver_admission_step_admission_duration_seconds family
    1.14 etcd_helper_cache_entry_count etcd_helper_cache_entry_total
    1.14 etcd_helper_cache_hit_count etcd_helper_cache_hit_total
    1.14 etcd_helper_cache_miss_count etcd_helper_cache_miss_total
    1.14 etcd_request_latencies_summary etcd_request_duration_seconds summary *1000000
    1.14 kubelet_cgroup_manager_latency_microseconds kubelet_cgroup_manager_duration_seconds summary *1000000
    1.14 kubelet_device_plugin_alloc_latency_microseconds kubelet_device_plugin_alloc_duration_seconds summary *1000000
    1.14 kubelet_device_plugin_registration_count kubelet_device_plugin_registration_total
    1.14 kubelet_docker_operations kubelet_docker_operations_total
    1.14 kubelet_docker_operations_errors kubelet_docker_operations_errors_total
    1.14 kubelet_docker_operations_latency_microseconds kubelet_docker_operations_duration_seconds summary *1000000
    1.14 kubelet_docker_operations_timeout kubelet_docker_operations_timeout_total
    1.14 kubelet_eviction_stats_age_microseconds kubelet_eviction_stats_age_seconds summary *1000000
    1.14 kubelet_network_plugin_operations_latency_microseconds kubelet_network_plugin_operations_duration_seconds summary *1000000
    1.14 kubelet_pleg_relist_interval_microseconds kubelet_pleg_relist_interval_seconds summary *1000000
    1.14 kubelet_pleg_relist_latency_microseconds kubelet_pleg_relist_duration_seconds summary *1000000
    1.14 kubelet_pod_start_latency_microseconds kubelet_pod_start_duration_seconds summary *1000000
    1.14 kubelet_pod_worker_latency_microseconds kubelet_pod_worker_duration_seconds summary *1000000
    1.14 kubelet_pod_worker_start_latency_microseconds kubelet_pod_worker_start_duration_seconds summary *1000000
    1.14 kubelet_runtime_operations kubelet_runtime_operations_total
    1.14 kubelet_runtime_operations_errors kubelet_runtime_operations_errors_total
    1.14 kubelet_runtime_operations_latency_microseconds kubelet_runtime_operations_duration_seconds summary *1000000
    1.14 kubeproxy_sync_proxy_rules_latency_microseconds kubeproxy_sync_proxy_rules_duration_seconds family *1000000
    1.14 rest_client_request_latency_seconds rest_client_request_duration_seconds family
    1.14 scheduler_binding_latency_microseconds scheduler_binding_duration_seconds family *1000000
    1.14 scheduler_e2e_scheduling_latency_microseconds scheduler_e2e_scheduling_duration_seconds family *1000000
    1.14 scheduler_scheduling_algorithm_latency_microseconds scheduler_scheduling_algorithm_duration_seconds family *1000000
    1.19 kubelet_running_container_count kubelet_running_containers
    1.19 kubelet_running_pod_count kubelet_running_pods
    1.21 etcd_object_counts apiserver_storage_objects
    1.23 apiserver_longrunning_gauge apiserver_longrunning_requests
    1.23 scheduler_e2e_scheduling_duration_seconds scheduler_scheduling_attempt_duration_seconds family
    1.26 etcd_db_total_size_in_bytes apiserver_storage_db_total_size_in_bytes
    1.27 apiserver_request_slo_duration_seconds apiserver_request_sli_duration_seconds family
    1.28 apiserver_storage_db_total_size_in_bytes apiserver_storage_size_bytes
    1.28 scheduler_pod_scheduling_duration_seconds scheduler_pod_scheduling_sli_duration_seconds family
"""

_CONTAINER: Final = """
    cpu_cfs_periods_total cpu_cfs_throttled_periods_total cpu_cfs_throttled_seconds_total cpu_load_average_10s
    cpu_system_seconds_total cpu_usage_seconds_total cpu_user_seconds_total file_descriptors fs_inodes_free
    fs_inodes_total fs_io_current fs_io_time_seconds_total fs_io_time_weighted_seconds_total fs_limit_bytes
    fs_read_seconds_total fs_reads_bytes_total fs_reads_merged_total fs_reads_total fs_sector_reads_total
    fs_sector_writes_total fs_usage_bytes fs_write_seconds_total fs_writes_bytes_total fs_writes_merged_total
    fs_writes_total last_seen memory_cache memory_failcnt memory_failures_total memory_mapped_file
    memory_max_usage_bytes memory_rss memory_swap memory_usage_bytes memory_working_set_bytes
    network_receive_bytes_total network_receive_errors_total network_receive_packets_dropped_total
    network_receive_packets_total network_tcp_usage_total network_transmit_bytes_total
    network_transmit_errors_total network_transmit_packets_dropped_total network_transmit_packets_total
    network_udp_usage_total processes sockets spec_cpu_period spec_cpu_quota spec_cpu_shares
    spec_memory_limit_bytes spec_memory_reservation_limit_bytes spec_memory_swap_limit_bytes
    start_time_seconds tasks_state threads threads_max ulimits_soft
"""
"""cAdvisor's metrics of a container, as the kubelet exposes them."""

LABELS: Final = "\n".join(
    f"1.16 container_{what}{{pod_name,container_name}} container_{what}{{pod,container}}"
    for what in _CONTAINER.split()
)
"""Labels that were renamed while their metric kept its name: the old ones were dropped in 1.16."""
