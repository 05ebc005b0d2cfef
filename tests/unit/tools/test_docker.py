from __future__ import annotations

import os
from pathlib import Path

import pytest

from provision.errors import MissingTool, NotAllowed, ProvisionError, Unreachable
from provision.tools import docker
from provision.tools.docker import Engine


def client(folder: Path, script: str) -> Engine:
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Engine(program)


def test_the_client_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="docker: not found on the PATH"):
        docker.find()
    client(tmp_path, "exit 0")
    assert docker.find("far") == Engine(tmp_path / "docker", "far")


def test_which_engine_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://manager:2375")
    monkeypatch.setenv("SECRET_OF_OURS", "hunter2")
    engine = client(tmp_path, 'echo "$* $DOCKER_HOST $SECRET_OF_OURS"')
    assert docker.call(engine, "info") == "info tcp://manager:2375 \n"
    far = Engine(engine.program, "far")
    assert docker.call(far, "info") == "--context far info  \n"
    here = Engine(engine.program, host="unix:///x.sock")
    assert docker.call(here, "info") == "info unix:///x.sock \n"
    assert [each.called for each in (engine, far, here)] == [
        "tcp://manager:2375",
        "docker context far",
        "unix:///x.sock",
    ]


def test_a_secret_goes_in_through_standard_input(tmp_path: Path) -> None:
    engine = client(tmp_path, 'cat; echo " $*"')
    assert (
        docker.call(engine, "secret", "create", "key", "-", given=b"hunter2")
        == "hunter2 secret create key -\n"
    )


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///x. Is it running?",
            Unreachable,
            "docker: no engine answers; start it, or name another with --context or DOCKER_HOST",
        ),
        ("error during connect: Get x: EOF", Unreachable, "docker: no engine answers: Get x: EOF; start it"),
        (
            "failed to connect to the docker API at unix:///x; check if the path is correct and if the daemon is running: "
            "dial unix /x: connect: no such file or directory",
            Unreachable,
            "docker: no engine answers; start it",
        ),
        (
            "permission denied while trying to connect to the docker API at unix:///engine",
            NotAllowed,
            "docker: this user may not ask it; use another user",
        ),
        # What the engine answers, and what a program says while an image is built, is none of the client's own.
        (
            "Error response from daemon: Get https://r:5000/v2/: failed to connect to r: permission denied on r.sock",
            ProvisionError,
            "docker: docker service ls: Get https://r:5000/v2/: failed to connect to r: permission denied on r.sock",
        ),
        (
            "curl: (7) Failed to connect to example.org port 80\nThe command '/bin/sh -c curl' returned a non-zero code: 7",
            ProvisionError,
            "docker: docker service ls: The command '/bin/sh -c curl' returned a non-zero code: 7",
        ),
        (
            "unknown flag: --quiet\nSee 'docker push --help'.",
            ProvisionError,
            "docker: docker service ls: unknown flag: --quiet",
        ),
        (
            "Got permission denied while trying to connect to the Docker daemon socket",
            NotAllowed,
            "docker: this user may not ask it; use another user, or add this one to the group docker",
        ),
        (
            "warning\nError response from daemon: no such service",
            ProvisionError,
            "docker: docker service ls: no such service",
        ),
        ("", ProvisionError, "docker: docker service ls: exit code 1"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, kind: type[ProvisionError], sentence: str
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    (tmp_path / "said").write_text(said)
    engine = client(tmp_path, f"cat {tmp_path / 'said'} >&2; exit 1")
    with pytest.raises(kind) as caught:
        docker.call(engine, "service", "ls", "--quiet")
    assert str(caught.value).startswith(sentence)


def test_what_it_warns_of_is_told_once_it_is_done(tmp_path: Path) -> None:
    unpinned = (
        "image r:5000/a:1 could not be accessed on a registry to record\nits digest. Each node will access r:5000/a:1 "
        "independently,\npossibly leading to different nodes running different\nversions of the image.\n\n"
    )
    (tmp_path / "said").write_text(
        "Ignoring unsupported options: devices, privileged, shm_size\n\n"
        "Since --detach=false was not specified, tasks will be created in the background.\n"
        "In a future release, --detach=false will become the default.\n" + unpinned + unpinned
    )
    told: list[str] = []
    engine = client(tmp_path, f"cat {tmp_path / 'said'} >&2; echo Creating service a")
    assert docker.call(engine, "stack", "deploy", tell=told.append) == "Creating service a\n"
    assert told == ["Ignoring unsupported options: devices, privileged, shm_size", " ".join(unpinned.split())]
    told.clear()
    assert docker.call(client(tmp_path, "exit 0"), "stack", "deploy", tell=told.append) == ""
    assert told == []


def test_what_went_in_the_meantime_is_left_out(tmp_path: Path) -> None:
    engine = client(tmp_path, 'echo "[{\\"ID\\": \\"a\\"}]"; echo "Error: No such task: b" >&2; exit 1')
    assert docker.inspected(engine, "task", ["a", "b"]) == [{"ID": "a"}]
    assert docker.inspected(engine, "task", []) == []
    for said in ("Error: No such object: b", "Error response from daemon: task b not found"):
        gone = client(tmp_path, f"echo '[]'; echo '{said}' >&2; exit 1")
        assert docker.inspected(gone, "task", ["b"]) == []
    with pytest.raises(ProvisionError, match="broken"):
        docker.inspected(client(tmp_path, "echo broken >&2; exit 1"), "task", ["a"])


def test_what_a_stack_has_of_a_kind(tmp_path: Path) -> None:
    engine = client(tmp_path, 'echo "shop_web s1"; echo "$*" >&2')
    assert docker.in_stack(engine, "service", "shop") == {"shop_web": "s1"}
    assert docker.names(client(tmp_path, "echo a; echo b"), "network") == {"a", "b"}


def test_given_to_a_program_that_reads_nothing(tmp_path: Path) -> None:
    engine = client(tmp_path, "exit 0")
    assert docker.call(engine, "x", given=os.urandom(200_000)) == ""


@pytest.mark.parametrize(
    "said",
    [
        "error during connect: Get http://manager:2375/v1.41/tasks/a: dial tcp: lookup manager: no such host",
        'Failed to initialize: unable to resolve docker endpoint: context "far": context not found: no such file',
        "failed to connect to the docker API at unix:///x: dial unix /x: connect: no such file or directory",
        "Error: No such task: b\nError response from daemon: rpc error: The swarm does not have a leader.",
    ],
)
def test_an_engine_that_is_not_found_is_not_a_task_that_went(tmp_path: Path, said: str) -> None:
    (tmp_path / "said").write_text(said)
    engine = client(tmp_path, f"echo '[]'; cat {tmp_path / 'said'} >&2; exit 1")
    with pytest.raises(ProvisionError):
        docker.inspected(engine, "task", ["a", "b"])


def test_an_engine_of_our_own_leaves_the_clients_logins_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", "/elsewhere")
    monkeypatch.setenv("DOCKER_TLS", "1")
    program = client(tmp_path, 'echo "$DOCKER_HOST $DOCKER_CONFIG $DOCKER_TLS"').program
    assert docker.call(Engine(program, host="unix:///x.sock"), "info") == "unix:///x.sock /elsewhere \n"
