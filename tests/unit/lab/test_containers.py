import os
import re
from email.message import Message
from pathlib import Path

import pytest

from provision.lab import containers, processes, state
from provision.lab.containers import Sample, exposition, samples
from provision.lab.processes import Process
from provision.lab.serving import Request
from provision.lab.state import Lab, Running

CADVISOR = {
    "container_cpu_usage_seconds_total",
    "container_last_seen",
    "container_memory_working_set_bytes",
    "container_network_receive_bytes_total",
    "container_network_transmit_bytes_total",
    "container_oom_events_total",
    "container_spec_memory_limit_bytes",
    "container_start_time_seconds",
}


def this_process() -> Running:
    here = processes.identify(os.getpid())
    assert here is not None
    return Running("app-1", "app", here.pid, here.started)


def test_a_running_process_has_all_of_cadvisors_metrics() -> None:
    found = list(samples([this_process()], "lab"))
    assert {sample.metric for sample in found} == CADVISOR
    by_metric = {sample.metric: sample for sample in found}
    assert by_metric["container_cpu_usage_seconds_total"].value > 0
    assert by_metric["container_memory_working_set_bytes"].value > 1_000_000
    started = by_metric["container_start_time_seconds"].value
    assert 0 < started <= by_metric["container_last_seen"].value
    assert all(sample.labels["name"] == "app-1" for sample in found)
    assert all(
        sample.labels["container_label_com_docker_swarm_service_name"] == "lab_app" for sample in found
    )
    assert any(sample.labels.get("interface") == "lo" for sample in found)


def test_a_process_that_has_ended_has_none() -> None:
    here = this_process()
    gone = Running("app-1", "app", here.pid, here.started - 1)
    nobody = Running("app-2", "app", 2**22 + 1, 1)
    assert list(samples([gone, nobody], "lab")) == []


def test_a_process_that_ends_meanwhile_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    fields = " ".join(str(number) for number in range(4, 53))
    (folder / "stat").write_text(f"7 (a) S {fields}\n")
    monkeypatch.setattr(processes, "PROC", tmp_path)
    monkeypatch.setattr(containers, "PROC", tmp_path)
    assert list(samples([Running("a", "a", 7, 22)], "lab")) == []


def test_the_exposition_is_what_prometheus_reads() -> None:
    text = exposition(
        [
            Sample("b_total", {"name": 'a"b\\c\nd'}, 1.5),
            Sample("a", {"name": "x"}, 3),
            Sample("b_total", {"name": "y"}, 1e22),
        ]
    )
    assert text == (
        '# TYPE a gauge\na{name="x"} 3\n'
        '# TYPE b_total counter\nb_total{name="a\\"b\\\\c\\nd"} 1.5\nb_total{name="y"} 1e+22\n'
    )
    assert exposition([]) == ""


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("Max data size             536870912            536870912            bytes     ", 536870912),
        ("Max data size             unlimited            unlimited            bytes     ", 0),
    ],
)
def test_the_memory_limit(line: str, limit: int) -> None:
    header = "Limit                     Soft Limit           Hard Limit           Units     "
    assert containers._data_limit(f"{header}\n{line}\n") == limit


def test_kills_come_from_the_control_group_or_else_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "_CONTROL_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(containers, "PROC", tmp_path)
    (tmp_path / "vmstat").write_text("nr_free_pages 5\noom_kill 4\n")
    group = tmp_path / "groups" / "user.slice" / "one"
    group.mkdir(parents=True)
    assert containers._kills("0::/user.slice/one\n") == 4
    (group / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert containers._kills("1:name=systemd:/\n0::/user.slice/one\n") == 2
    assert containers._kills("4:memory:/old\n") == 4
    (tmp_path / "vmstat").write_text("nr_free_pages 5\n")
    assert containers._kills("") is None


def test_interfaces() -> None:
    table = (
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
        "    lo:  123456    100    0    0    0     0          0         0   654321    100    0    0\n"
        "eth0:1 2 3 4 5 6 7 8 9 10 11 12\n"
    )
    assert list(containers._interfaces(table)) == [("lo", 123456, 654321), ("eth0", 1, 9)]


def test_the_lab_in_the_folder_is_told_of(tmp_path: Path) -> None:
    request = Request("GET", "/metrics", Message())
    started = "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds{} 12.5\n"
    assert containers.answer(tmp_path, request, 12.5).text == started
    here = this_process()
    state.write(tmp_path, Lab("a", "b", True, Process(1, 1), "", "", processes=(here,)))
    reply = containers.answer(tmp_path, request, 12.5)
    assert reply.kind.startswith("text/plain; version=0.0.4")
    assert set(re.findall(r"^# TYPE (\S+)", reply.text, re.MULTILINE)) == CADVISOR | {
        "process_start_time_seconds"
    }
    assert containers.answer(tmp_path, Request("GET", "/", Message()), 12.5).status == 404


def test_main_serves_the_folder_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        containers, "run", lambda server: server.answer(Request("GET", "/metrics", Message())).status
    )
    assert containers.main(["--port", "0", "--state", str(tmp_path)]) == 200


def test_no_count_of_kills_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_kills", lambda _: None)
    found = {sample.metric for sample in samples([this_process()], "lab")}
    assert found == CADVISOR - {"container_oom_events_total"}
