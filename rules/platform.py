"""The machinery underneath: what is scraped, Prometheus, Alertmanager and the containers."""

from __future__ import annotations

from provision.author import Alert, Group
from provision.author.durations import seconds
from rules._links import links
from rules._sla import FOR, WINDOW, window

INSTANCE = "{{ $labels.instance }}"
JOB = "{{ $labels.job }}"

# From its start to its first scrapes Prometheus takes up to 10 s, in which every job seems gone.
PATIENCE = max(FOR, "10s", key=seconds)

EXPECTED_JOBS = {
    "traefik": "page",
    "prometheus": "page",
    "alertmanager": "page",
    "cadvisor": "ticket",
    "gallery": "ticket",
}

# Emulated users may come and go: nobody is told of those that aren't there.
targets = Group(
    name="platform-targets",
    rules=[
        Alert(
            alert="TargetDown",
            expr='up{job!="client"} == 0',
            for_=FOR,
            severity="ticket",
            summary=f"{INSTANCE} of {JOB} can't be scraped",
            description=f"Prometheus gets no metrics from {INSTANCE}: it is down, unreachable or too slow.",
            **links("TargetDown", f"platform-targets?var-job={JOB}"),
        ),
        # With its last target a job loses its series, and `up == 0` has nothing left to find.
        *(
            Alert(
                alert="JobDown",
                expr=f'absent(up{{job="{job}"}} == 1)',
                for_=PATIENCE,
                severity=severity,
                labels={"job": job},
                summary=f"Nothing of {job} can be scraped",
                description=f"Every target of {job} is down, or discovery finds none any more.",
                **links("JobDown", f"platform-targets?var-job={job}"),
            )
            for job, severity in EXPECTED_JOBS.items()
        ),
    ],
)

prometheus = Group(
    name="platform-prometheus",
    rules=[
        Alert(
            alert="PrometheusConfigReloadFailed",
            expr=f"max_over_time(prometheus_config_last_reload_successful[{WINDOW}]) == 0",
            for_=FOR,
            severity="ticket",
            summary=f"Prometheus {INSTANCE} refuses its configuration",
            description="It runs on with the old one, and would not start again with the files on its disk.",
            **links("PrometheusConfigReloadFailed", "platform-prometheus"),
        ),
        Alert(
            alert="PrometheusRuleEvaluationFailures",
            expr=(
                "sum by (job, instance, rule_group) "
                f"(increase(prometheus_rule_evaluation_failures_total[{WINDOW}])) > 0"
            ),
            for_=FOR,
            severity="ticket",
            summary="Rules of {{ $labels.rule_group }} fail",
            description="What they record is missing, and what they should alert of goes unnoticed.",
            **links("PrometheusRuleEvaluationFailures", "platform-prometheus"),
        ),
        Alert(
            alert="PrometheusRuleEvaluationsMissed",
            expr=(
                "sum by (job, instance, rule_group) "
                f"(increase(prometheus_rule_group_iterations_missed_total[{WINDOW}])) > 0"
            ),
            for_=FOR,
            severity="ticket",
            summary="{{ $labels.rule_group }} takes longer than its interval",
            description="Evaluations are left out: records have gaps, alerts come late.",
            **links("PrometheusRuleEvaluationsMissed", "platform-prometheus"),
        ),
        Alert(
            alert="PrometheusNotIngesting",
            expr=f"sum by (job, instance) (rate(prometheus_tsdb_head_samples_appended_total[{WINDOW}])) == 0",
            for_=FOR,
            severity="page",
            summary=f"Prometheus {INSTANCE} stores no samples",
            description="Nothing new is known of any system, and alerts judge old data.",
            **links("PrometheusNotIngesting", "platform-prometheus"),
        ),
        Alert(
            alert="PrometheusStorageFailing",
            expr=" or ".join(
                f'label_replace(increase({counter}[{window(36)}]) > 0, "operation", "{operation}", "", "")'
                for operation, counter in {
                    "compaction": "prometheus_tsdb_compactions_failed_total",
                    "reload": "prometheus_tsdb_reloads_failures_total",
                    "write-ahead log": "prometheus_tsdb_wal_corruptions_total",
                }.items()
            ),
            for_=FOR,
            severity="ticket",
            summary=f"Prometheus {INSTANCE} has trouble with its storage: {{{{ $labels.operation }}}}",
            description="The disk may be full or failing; history is at risk.",
            **links("PrometheusStorageFailing", "platform-prometheus"),
        ),
        # A product instead of a quotient: no division by nothing sent.
        Alert(
            alert="PrometheusNotificationsFailing",
            expr=(
                "sum by (job, instance, alertmanager) "
                f"(increase(prometheus_notifications_errors_total[{WINDOW}])) > 0.01 * "
                "sum by (job, instance, alertmanager) "
                f"(increase(prometheus_notifications_sent_total[{WINDOW}]))"
            ),
            for_=FOR,
            severity="page",
            summary="Alerts don't reach {{ $labels.alertmanager }}",
            description="More than 1 % of what Prometheus sends to this Alertmanager fails.",
            **links("PrometheusNotificationsFailing", "platform-prometheus"),
        ),
        Alert(
            alert="PrometheusNoAlertmanager",
            expr="prometheus_notifications_alertmanagers_discovered == 0",
            for_=FOR,
            severity="page",
            summary=f"Prometheus {INSTANCE} knows no Alertmanager",
            description="No alert of this Prometheus is delivered; this one shows on its dashboard only.",
            **links("PrometheusNoAlertmanager", "platform-prometheus"),
        ),
    ],
)

# Nothing that stops can say so itself. What is heard all the time, and then isn't, says it.
watchdog = Group(
    name="platform-watchdog",
    rules=[
        Alert(
            alert="Watchdog",
            expr="vector(1)",
            severity="none",
            summary="Alerts are on their way: this one always fires",
            description=(
                "Who is told of it, from outside of this platform, raises the alarm when it is told to be over or "
                "isn't told of any more: then Prometheus or Alertmanager is gone."
            ),
            **links("Watchdog", "platform-alertmanager"),
        ),
    ],
)

alertmanager = Group(
    name="platform-alertmanager",
    rules=[
        Alert(
            alert="AlertmanagerConfigReloadFailed",
            expr=f"max_over_time(alertmanager_config_last_reload_successful[{WINDOW}]) == 0",
            for_=FOR,
            severity="ticket",
            summary=f"Alertmanager {INSTANCE} refuses its configuration",
            description="It routes on with the old one, and would not start again with the file on its disk.",
            **links("AlertmanagerConfigReloadFailed", "platform-alertmanager"),
        ),
        Alert(
            alert="AlertmanagerNotificationsFailing",
            expr=(
                f"sum by (job, integration) (increase(alertmanager_notifications_failed_total[{WINDOW}])) > "
                f"0.01 * sum by (job, integration) (increase(alertmanager_notifications_total[{WINDOW}]))"
            ),
            for_=FOR,
            severity="page",
            summary="Notifications by {{ $labels.integration }} fail",
            description="Alerts fire and nobody is told by this way; others may still work.",
            **links("AlertmanagerNotificationsFailing", "platform-alertmanager"),
        ),
    ],
)

NAME = "{{ $labels.name }}"
SWARM_SERVICE = "container_label_com_docker_swarm_service_name"
NAMED = 'name!=""'
"""cAdvisor also reports the machine and its control groups; those have no name."""
WHILE = window(3)
NEAR = 0.9
"""The share of its limit from which on a container is close to it."""

containers = Group(
    name="platform-containers",
    rules=[
        # Every node runs tasks, cAdvisor's own among them: one that tells none can't read what the engine keeps.
        Alert(
            alert="CadvisorSeesNoTasks",
            expr=(
                'up{job="cadvisor"} == 1 unless on (job, instance) '
                f'container_last_seen{{{SWARM_SERVICE}!=""}}'
            ),
            for_=FOR,
            severity="ticket",
            summary=f"cAdvisor of {INSTANCE} sees no task of a service",
            description="No alert on containers can fire for this node, and its panels are empty.",
            **links("CadvisorSeesNoTasks", "platform-containers"),
        ),
        Alert(
            alert="ContainerRestarting",
            expr=f"changes(container_start_time_seconds{{{NAMED}}}[{WHILE}]) > 1",
            severity="ticket",
            summary=f"{NAME} keeps restarting",
            description=f"The container was started {{{{ $value }}}} times within {WHILE}.",
            **links("ContainerRestarting", "platform-containers"),
        ),
        # Swarm never restarts a container, it starts another: count those that came and went, on nodes whose
        # cAdvisor still answers.
        Alert(
            alert="SwarmTasksFailing",
            expr=(
                f"count by (job, {SWARM_SERVICE}) ("
                f'last_over_time(container_start_time_seconds{{{SWARM_SERVICE}!=""}}[{WHILE}]) '
                f"> time() - {seconds(WHILE):g} "
                f"unless container_start_time_seconds and on (job, instance) up == 1) > 1"
            ),
            severity="ticket",
            summary=f"Tasks of {{{{ $labels.{SWARM_SERVICE} }}}} don't stay up",
            description=f"{{{{ $value }}}} of its tasks were started and gone within {WHILE}.",
            **links("SwarmTasksFailing", "platform-containers"),
        ),
        # Where the kernel's kills are counted. A Swarm gives cAdvisor no right to see them: there it is a task that is gone
        # and was close to its limit when it was last seen.
        Alert(
            alert="ContainerOutOfMemory",
            expr=(
                f"increase(container_oom_events_total{{{NAMED}}}[{WHILE}]) > 0 or ("
                f'last_over_time(container_memory_working_set_bytes{{{SWARM_SERVICE}!=""}}[{WHILE}]) '
                f'/ (last_over_time(container_spec_memory_limit_bytes{{{SWARM_SERVICE}!=""}}[{WHILE}]) > 0) > {NEAR} '
                f"unless container_memory_working_set_bytes and on (job, instance) up == 1)"
            ),
            severity="ticket",
            summary=f"{NAME} ran out of memory, or is gone and was close to its limit",
            description="The kernel ends a process of a container that needs more memory than its limit.",
            **links("ContainerOutOfMemory", "platform-containers"),
        ),
        # A limit of 0 means none.
        Alert(
            alert="ContainerMemoryNearLimit",
            expr=(
                f"container_memory_working_set_bytes{{{NAMED}}} "
                f"/ (container_spec_memory_limit_bytes{{{NAMED}}} > 0) > {NEAR}"
            ),
            for_=FOR,
            severity="ticket",
            summary=f"{NAME} uses {{{{ $value | humanizePercentage }}}} of its memory limit",
            description="At 100 % the kernel ends it.",
            **links("ContainerMemoryNearLimit", "platform-containers"),
        ),
    ],
)
