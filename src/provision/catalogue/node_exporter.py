"""node_exporter. Source: the rules for moving to 0.16 and the changes listed at 0.15, 0.16, 0.18 and 1.0 in its own
repository."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "node_exporter"

_MEMORY: Final = """
    Active Active_anon Active_file AnonHugePages AnonPages Bounce Buffers Cached CmaFree CmaTotal CommitLimit
    Committed_AS DirectMap1G DirectMap2M DirectMap4k Dirty HardwareCorrupted Hugepagesize Inactive Inactive_anon
    Inactive_file KernelStack Mapped MemAvailable MemFree MemTotal Mlocked NFS_Unstable PageTables SReclaimable
    SUnreclaim Shmem ShmemHugePages ShmemPmdMapped Slab SwapCached SwapFree SwapTotal Unevictable VmallocChunk
    VmallocTotal VmallocUsed Writeback WritebackTmp
"""
"""Fields of /proc/meminfo in bytes; the HugePages are counted."""

_NETWORK: Final = "bytes compressed drop errs fifo frame multicast packets"

TABLE: Final = "\n".join((
    *(f"0.16 node_memory_{field} node_memory_{field}_bytes" for field in _MEMORY.split()),
    *(
        f"0.16 node_network_{way}_{what} node_network_{way}_{what}_total"
        for way in ("receive", "transmit")
        for what in _NETWORK.split()
    ),
    *(f"0.16 node_network_transmit_{what} node_network_transmit_{what}_total" for what in ("carrier", "colls")),
    """
    0.15 node_exporter_scrape_duration_seconds node_scrape_collector_duration_seconds summary # It is the last scrape's.
    0.15 node_ntp_drift_seconds node_ntp_offset_seconds
    0.16 node_boot_time node_boot_time_seconds
    0.16 node_buddyinfo_count node_buddyinfo_blocks
    0.16 node_context_switches node_context_switches_total
    0.16 node_cpu node_cpu_seconds_total
    0.16 node_disk_bytes_read node_disk_read_bytes_total
    0.16 node_disk_bytes_written node_disk_written_bytes_total
    0.16 node_disk_io_time_ms node_disk_io_time_seconds_total *1000
    0.16 node_disk_io_time_weighted node_disk_io_time_weighted_seconds_total *1000
    0.16 node_disk_read_time_ms node_disk_read_time_seconds_total *1000
    0.16 node_disk_reads_completed node_disk_reads_completed_total
    0.16 node_disk_reads_merged node_disk_reads_merged_total
    0.16 node_disk_sectors_read node_disk_read_bytes_total *0.001953125
    0.16 node_disk_sectors_written node_disk_written_bytes_total *0.001953125
    0.16 node_disk_write_time_ms node_disk_write_time_seconds_total *1000
    0.16 node_disk_writes_completed node_disk_writes_completed_total
    0.16 node_disk_writes_merged node_disk_writes_merged_total
    0.16 node_filesystem_avail node_filesystem_avail_bytes
    0.16 node_filesystem_free node_filesystem_free_bytes
    0.16 node_filesystem_size node_filesystem_size_bytes
    0.16 node_forks node_forks_total
    0.16 node_infiniband_port_data_received_bytes node_infiniband_port_data_received_bytes_total
    0.16 node_infiniband_port_data_transmitted_bytes node_infiniband_port_data_transmitted_bytes_total
    0.16 node_interrupts node_interrupts_total
    0.16 node_intr node_intr_total
    0.16 node_nfs_net_connections node_nfs_connections_total
    0.16 node_nfs_net_reads node_nfs_packets_total
    0.16 node_nfs_procedures{version,procedure} node_nfs_requests_total{proto,method}
    0.16 node_nfs_rpc_authentication_refreshes node_nfs_rpc_authentication_refreshes_total
    0.16 node_nfs_rpc_operations node_nfs_rpcs_total
    0.16 node_nfs_rpc_retransmissions node_nfs_rpc_retransmissions_total
    0.16 node_textfile_mtime node_textfile_mtime_seconds
    0.16 node_time node_time_seconds
    0.17 node_supervisord_uptime - # The time since node_supervisord_start_time_seconds says it.
    0.18 node_cpu_frequency_hertz node_cpu_scaling_frequency_hertz # It is the frequency that the driver chose.
    1.0 node_md_disks_active node_md_disks{state=active}
    1.0 node_md_is_active node_md_state{state=active}
    """,
))  # fmt: skip

VALUES: Final = {"node_cpu": (("cpu", r"cpu(\d+)", r"\1"),)}
"""Values that are written otherwise under the new name: label, pattern, replacement."""

LABELS: Final = "\n".join(
    f"0.18 node_network_{what}{{interface}} node_network_{what}{{device}}"
    for what in [
        "address_assign_type",
        "carrier",
        "carrier_changes_total",
        "carrier_down_changes_total",
        "carrier_up_changes_total",
        "device_id",
        "dormant",
        "flags",
        "iface_id",
        "iface_link",
        "iface_link_mode",
        "info",
        "mtu_bytes",
        "name_assign_type",
        "net_dev_group",
        "protocol_type",
        "speed_bytes",
        "transmit_queue_length",
        "up",
    ]
)
"""Labels that were renamed while their metric kept its name."""
