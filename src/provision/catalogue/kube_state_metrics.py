"""kube-state-metrics. Source: the changes listed at 0.3, 1.0 and 2.0 in its own repository."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "kube-state-metrics"

TABLE: Final = """
    0.3 kube_node_status_allocateable_cpu_cores kube_node_status_allocatable_cpu_cores
    0.3 kube_node_status_allocateable_memory_bytes kube_node_status_allocatable_memory_bytes
    0.3 kube_node_status_allocateable_pods kube_node_status_allocatable_pods
    0.5 kube_pod_container_requested_cpu_cores kube_pod_container_resource_requests_cpu_cores
    0.5 kube_pod_container_requested_memory_bytes kube_pod_container_resource_requests_memory_bytes
    2.0 kube_daemonset_updated_number_scheduled kube_daemonset_status_updated_number_scheduled
    2.0 kube_node_status_allocatable_cpu_cores kube_node_status_allocatable{resource=cpu,unit=core}
    2.0 kube_node_status_allocatable_memory_bytes kube_node_status_allocatable{resource=memory,unit=byte}
    2.0 kube_node_status_allocatable_pods kube_node_status_allocatable{resource=pods,unit=integer}
    2.0 kube_node_status_capacity_cpu_cores kube_node_status_capacity{resource=cpu,unit=core}
    2.0 kube_node_status_capacity_memory_bytes kube_node_status_capacity{resource=memory,unit=byte}
    2.0 kube_node_status_capacity_pods kube_node_status_capacity{resource=pods,unit=integer}
    2.0 kube_pod_container_resource_limits_cpu_cores kube_pod_container_resource_limits{resource=cpu,unit=core}
    2.0 kube_pod_container_resource_limits_memory_bytes kube_pod_container_resource_limits{resource=memory,unit=byte}
    2.0 kube_pod_container_resource_requests_cpu_cores kube_pod_container_resource_requests{resource=cpu,unit=core}
    2.0 kube_pod_container_resource_requests_memory_bytes kube_pod_container_resource_requests{resource=memory,unit=byte}
    2.0 kube_pod_deleted kube_pod_deletion_timestamp
    2.0 kube_hpa_labels{hpa} kube_horizontalpodautoscaler_labels{horizontalpodautoscaler}
    2.0 kube_hpa_metadata_generation{hpa} kube_horizontalpodautoscaler_metadata_generation{horizontalpodautoscaler}
    2.0 kube_hpa_spec_max_replicas{hpa} kube_horizontalpodautoscaler_spec_max_replicas{horizontalpodautoscaler}
    2.0 kube_hpa_spec_min_replicas{hpa} kube_horizontalpodautoscaler_spec_min_replicas{horizontalpodautoscaler}
    2.0 kube_hpa_spec_target_metric{hpa} kube_horizontalpodautoscaler_spec_target_metric{horizontalpodautoscaler}
    2.0 kube_hpa_status_condition{hpa} kube_horizontalpodautoscaler_status_condition{horizontalpodautoscaler}
    2.0 kube_hpa_status_current_replicas{hpa} kube_horizontalpodautoscaler_status_current_replicas{horizontalpodautoscaler}
    2.0 kube_hpa_status_desired_replicas{hpa} kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler}
"""
