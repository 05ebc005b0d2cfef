"""A client `docker` that plays a Swarm: it keeps services, tasks, configs and the like in a file and answers the calls
that this project makes, in the words of the real one (Docker 20.10 and 28).

`standin(folder, monkeypatch)` puts it on the PATH. What it is to do wrong stands in `Swarm.state`: images in `broken` never
come to run, those in `slow` stay preparing, `refuse` maps the start of a call to what it then says,
`warn` to what it warns of while it does it, `digests` images to what a registry says of them, and `away` is how often nodes can't be told once there are services.
`info` and `why` are what `docker info` says of the Swarm and of its error. `flags` maps networks to what
`docker network inspect` says of them, `stays` a task to the node on which it outlives its service, and `elsewhere` a node's
id to the image that tasks run there.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

FILE = "swarm.json"


class Swarm:
    """What the stand-in holds; read and changed by tests."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self._file.read_text())

    @contextmanager
    def changed(self) -> Iterator[dict[str, Any]]:
        state = self.state
        yield state
        self._file.write_text(json.dumps(state))

    @property
    def calls(self) -> list[str]:
        """Every call that changes something, in order."""
        return list(self.state["calls"])


def standin(folder: Path, monkeypatch: pytest.MonkeyPatch, nodes: Mapping[str, str] | None = None) -> Swarm:
    """The stand-in on the PATH, with a Swarm of these nodes (name → role)."""
    folder.mkdir(parents=True)
    program = folder / "docker"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -E {Path(__file__).resolve()} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    members = [
        {
            "id": f"n{number}",
            "name": name,
            "role": role,
            "state": "ready",
            "availability": "active",
            "labels": {},
        }
        for number, (name, role) in enumerate((nodes or {"manager-1": "manager"}).items(), 1)
    ]
    (folder / FILE).write_text(json.dumps(_empty(members)))
    return Swarm(folder / FILE)


def _empty(members: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "info": "active true []", "why": "", "nodes": members, "services": {}, "config": {}, "secret": {}, "network": {"ingress": ""},
        "volume": {}, "given": {}, "broken": [], "failing": [], "patience": 0, "slow": [], "refuse": {}, "warn": {}, "digests": {}, "linger": 0, "held": 0, "flags": {}, "stays": {}, "elsewhere": {}, "calls": [], "count": 0, "away": 0,
    }  # fmt: skip


class _Client:
    """One call of the client."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state

    def run(self, words: list[str]) -> str:
        if words[:1] == ["--context"]:
            words = words[2:]
        for start, said in self.state["refuse"].items():
            if " ".join(words).startswith(start):
                raise SystemExit(said)
        for start, said in self.state["warn"].items():
            if " ".join(words).startswith(start):
                sys.stderr.write(said)
        if self.state["away"] and words[:2] == ["node", "ls"] and self.state["services"]:
            self.state["away"] -= 1
            raise SystemExit("Error response from daemon: rpc error: The swarm does not have a leader.")
        first, rest = words[0], words[1:]
        if first in ("info", "inspect", "build", "tag", "push"):
            return getattr(self, f"_{first}")(rest)
        return getattr(self, f"_{first}_{rest[0]}")(rest[1:])

    def _note(self, *words: str) -> None:
        self.state["calls"].append(" ".join(words))

    def _info(self, words: list[str]) -> str:
        return self.state["why"] if words[-1] == "{{.Swarm.Error}}" else self.state["info"]

    def _build(self, words: list[str]) -> str:
        self._note("build", *words)
        content = Path(words[words.index("--file") + 1]).read_bytes()
        return f"sha256:{hashlib.sha256(content).hexdigest()}"

    def _tag(self, words: list[str]) -> str:
        self._note("tag", words[1])
        return ""

    def _push(self, words: list[str]) -> str:
        self._note("push", words[-1])
        return ""

    def _inspect(self, words: list[str]) -> str:
        kind, ids = words[1], words[2:]
        if kind == "service":
            self._own_rollbacks()
        found = {
            "node": {each["id"]: self._node(each) for each in self.state["nodes"]},
            "service": {each["ID"]: each for each in self.state["services"].values()},
            "task": {each["ID"]: each for each in (*self._tasks(), *self._ending())},
            "network": {f"id-{name}": self._network(name) for name in self.state["network"]},
        }[kind]
        if missing := [name for name in ids if name not in found]:
            sys.stderr.write(f"Error: No such {kind}: {missing[0]}\n")
        return json.dumps([found[name] for name in ids if name in found])

    def _node_ls(self, _: list[str]) -> str:
        return "\n".join(each["id"] for each in self.state["nodes"])

    def _node_update(self, words: list[str]) -> str:
        self._note("node update", *words)
        key, _, value = words[1].partition("=")
        next(each for each in self.state["nodes"] if each["id"] == words[-1])["labels"][key] = value
        return ""

    @staticmethod
    def _node(each: dict[str, Any]) -> dict[str, Any]:
        return {
            "ID": each["id"],
            "Description": {"Hostname": each["name"], **each.get("description", {})},
            "Spec": {"Role": each["role"], "Availability": each["availability"], "Labels": each["labels"]},
            "Status": {"State": each["state"], "Addr": each.get("address", "")},
        }

    def _service_ls(self, words: list[str]) -> str:
        if words == ["-q"]:
            return "\n".join(each["ID"] for each in self.state["services"].values())
        stack = words[1].rpartition("=")[2]
        found = [each for each in self.state["services"].values() if _label(each) == stack]
        return "\n".join(f"{each['Spec']['Name']} {each['ID']}" for each in found)

    def _service_ps(self, words: list[str]) -> str:
        return "\n".join(each["ID"] for each in self._tasks() if each["ServiceID"] in words)

    def _service_rm(self, words: list[str]) -> str:
        self._note("service rm", *words)
        del self.state["services"][words[0]]
        return ""

    def _service_rollback(self, words: list[str]) -> str:
        self._note("service rollback", words[-1])
        service = self.state["services"][words[-1]]
        container = service["PreviousSpec"]["TaskTemplate"]["ContainerSpec"]
        for kind in ("Config", "Secret"):
            for name in (each[f"{kind}Name"] for each in container[f"{kind}s"]):
                if name not in self.state[kind.lower()]:
                    raise SystemExit(
                        f"Error response from daemon: rpc error: code = InvalidArgument desc = {kind.lower()} not found: {name}"
                    )
        service["Spec"], service["PreviousSpec"] = service["PreviousSpec"], service["Spec"]
        service["Version"]["Index"] += 1
        service["UpdateStatus"] = {"State": "rollback_completed", "Message": "rollback completed"}
        return ""

    def _own_rollbacks(self) -> None:
        """The Swarm takes back an update whose tasks fail, in its own time: also one that somebody has taken back."""
        for service in self.state["services"].values():
            if service.get("own_rollback_in") is None:
                continue
            service["own_rollback_in"] -= 1
            if service["own_rollback_in"] <= 0:
                del service["own_rollback_in"]
                service["Spec"], service["PreviousSpec"] = service["PreviousSpec"], None
                service["Version"]["Index"] += 1
                service["UpdateStatus"] = {"State": "rollback_completed", "Message": "rollback completed"}

    def _list(self, kind: str, words: list[str]) -> str:
        stack = words[1].rpartition("=")[2] if words[0] == "--filter" else None
        names = [name for name, of in self.state[kind].items() if stack in (None, of)]
        form = words[-1]
        return "\n".join(form.replace("{{.Name}}", name).replace("{{.ID}}", f"id-{name}") for name in names)

    def _remove(self, kind: str, words: list[str]) -> str:
        if kind == "volume" and self.state["held"]:
            self.state["held"] -= 1
            raise SystemExit(f"Error response from daemon: remove {words[0]}: volume is in use - [c1]")
        if kind == "network" and self.state["held"]:
            self.state["held"] -= 1
            raise SystemExit(
                f"Error response from daemon: rpc error: code = FailedPrecondition desc = network {words[0]} is in use by task t1"
            )
        self._note(kind, "rm", *words)
        del self.state[kind][words[0]]
        return ""

    _config_ls = lambda self, words: self._list("config", words)  # noqa: E731
    _secret_ls = lambda self, words: self._list("secret", words)  # noqa: E731
    _network_ls = lambda self, words: self._list("network", words)  # noqa: E731
    _volume_ls = lambda self, words: self._list("volume", words)  # noqa: E731
    _network_rm = lambda self, words: self._remove("network", words)  # noqa: E731
    _config_rm = lambda self, words: self._remove("config", words)  # noqa: E731
    _secret_rm = lambda self, words: self._remove("secret", words)  # noqa: E731
    _volume_rm = lambda self, words: self._remove("volume", words)  # noqa: E731

    def _secret_create(self, words: list[str]) -> str:
        self._note("secret create", words[-2])
        self.state["secret"][words[-2]] = words[1].rpartition("=")[2]
        self.state["given"][words[-2]] = os.fsdecode(sys.stdin.buffer.read())
        return ""

    def _stack_deploy(self, words: list[str]) -> str:
        stack = words[-1]
        self._note("stack deploy", stack)
        compose = json.loads(_as_json(Path(words[words.index("--compose-file") + 1])))
        for config in compose.get("configs", {}).values():
            assert (Path(words[words.index("--compose-file") + 1]).parent / config["file"]).is_file()
            self.state["config"][config["name"]] = stack
        for network in compose.get("networks", {}).values():
            if not network.get("external") and network["name"] not in self.state["network"]:
                self.state["network"][network["name"]] = stack
                self.state["flags"][network["name"]] = {
                    "Internal": network.get("internal", False),
                    "Attachable": network.get("attachable", False),
                    "Options": {
                        "com.docker.network.driver.overlay.vxlanid_list": "4097",
                        **network.get("driver_opts", {}),
                    },
                }
        for name in compose.get("volumes", {}):
            self.state["volume"][f"{stack}_{name}"] = stack
        for name, service in compose["services"].items():
            digest = self.state["digests"].get(service["image"])
            pinned = {**service, "image": f"{service['image']}@{digest}"} if digest else service
            self._deployed(stack, f"{stack}_{name}", _spec(stack, f"{stack}_{name}", pinned, compose))
        return ""

    def _deployed(self, stack: str, name: str, spec: dict[str, Any]) -> None:
        there = self.state["services"].get(name)
        if there is None:
            self.state["count"] += 1
            self.state["services"][name] = {
                "ID": f"s{self.state['count']}", "Version": {"Index": 1}, "Spec": spec,
            }  # fmt: skip
            return
        there["PreviousSpec"], there["Spec"] = there["Spec"], spec
        there["Version"]["Index"] += 1
        if spec["TaskTemplate"]["ContainerSpec"]["Image"] in self.state["failing"]:
            there["own_rollback_in"] = self.state["patience"]
            there["UpdateStatus"] = {"State": "updating", "Message": "update in progress"}
        elif spec["TaskTemplate"]["ContainerSpec"]["Image"] in self.state["broken"]:
            there["Spec"], there["PreviousSpec"] = there["PreviousSpec"], there["Spec"]
            there["UpdateStatus"] = {"State": "rollback_completed", "Message": "rollback completed"}
        elif there["Spec"] != there["PreviousSpec"]:
            there["UpdateStatus"] = {"State": "completed", "Message": "update completed"}

    def _stack_rm(self, words: list[str]) -> str:
        self._note("stack rm", words[0])
        services = self.state["services"]
        self.state["services"] = {name: each for name, each in services.items() if _label(each) != words[0]}
        used = {target for each in self.state["services"].values() for target in _targets(each)}
        kept = {name for name, of in self.state["network"].items() if of == words[0] and f"id-{name}" in used}
        for kind in ("config", "secret", "network"):
            self.state[kind] = {
                name: of for name, of in self.state[kind].items() if of != words[0] or name in kept
            }
        if kept:
            sys.stderr.write(
                f"Failed to remove network id-{min(kept)}: Error response from daemon: rpc error: code = FailedPrecondition "
                f"desc = network id-{min(kept)} is in use by service s9"
            )
            raise SystemExit(f"failed to remove some resources from stack: {words[0]}")
        return ""

    def _stack_ps(self, words: list[str]) -> str:
        if self.state["linger"]:
            self.state["linger"] -= 1
            return "t-old"
        if self.state["stays"]:
            return "\n".join(self.state["stays"])
        raise SystemExit(f"nothing found in stack: {words[-1]}")

    def _network(self, name: str) -> dict[str, Any]:
        flags = {"Internal": False, "Attachable": False, "Options": None}
        return {"Id": f"id-{name}", "Name": name, **flags, **self.state["flags"].get(name, {})}

    def _ending(self) -> Iterator[dict[str, Any]]:
        """Tasks whose services are gone."""
        for task, node in {"t-old": self.state["nodes"][0]["id"], **self.state["stays"]}.items():
            yield {"ID": task, "ServiceID": "s1", "NodeID": node}

    def _tasks(self) -> Iterator[dict[str, Any]]:
        for service in self.state["services"].values():
            spec = service["Spec"]
            image = spec["TaskTemplate"]["ContainerSpec"]["Image"]
            replicated = spec["Mode"].get("Replicated")
            slots = range(1, replicated["Replicas"] + 1) if replicated else [0]
            for slot in slots:
                state = (
                    "rejected"
                    if image in (*self.state["broken"], *self.state["failing"])
                    else "preparing"
                    if image in self.state["slow"]
                    else "running"
                )
                node = self.state["nodes"][slot % len(self.state["nodes"])]["id"]
                yield {
                    "ID": f"t-{service['ID']}-{slot}-{service['Version']['Index']}",
                    "ServiceID": service["ID"],
                    "Slot": slot,
                    "NodeID": node,
                    "DesiredState": "shutdown" if state == "rejected" else "running",
                    "CreatedAt": "2026-01-01T00:00:00Z",
                    "Spec": {"ContainerSpec": {"Image": self.state["elsewhere"].get(node, image)}},
                    "Status": {
                        "State": state,
                        "Err": f"No such image: {image}" if state == "rejected" else "",
                    },
                }


def _spec(stack: str, name: str, service: dict[str, Any], compose: dict[str, Any]) -> dict[str, Any]:
    deploy = service["deploy"]
    mode = {"Global": {}} if deploy["mode"] == "global" else {"Replicated": {"Replicas": deploy["replicas"]}}
    names = {
        kind: [
            {f"{kind[:-1].title()}Name": compose[kind][each["source"]]["name"]}
            for each in service.get(kind, ())
        ]
        for kind in ("configs", "secrets")
    }
    return {
        "Name": name,
        "Labels": {**deploy.get("labels", {}), "com.docker.stack.namespace": stack},
        "Mode": mode,
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": service["image"],
                "Configs": names["configs"],
                "Secrets": names["secrets"],
            },
            "Placement": {"Constraints": deploy.get("placement", {}).get("constraints", [])},
            "Networks": [
                {"Target": f"id-{compose['networks'][key]['name']}"} for key in service.get("networks", ())
            ],
        },
    }


def _targets(service: dict[str, Any]) -> list[str]:
    return [each["Target"] for each in service["Spec"]["TaskTemplate"].get("Networks", ())]


def _label(service: dict[str, Any]) -> str:
    return service["Spec"]["Labels"].get("com.docker.stack.namespace", "")


def _as_json(file: Path) -> str:
    import yaml

    return json.dumps(yaml.safe_load(file.read_text()))


def _main(words: list[str]) -> int:
    file = Path(os.environ["DOCKER_CONFIG"]) / FILE
    state = json.loads(file.read_text())
    try:
        said = _Client(state).run(words)
    except SystemExit as refused:
        file.write_text(json.dumps(state))
        sys.stderr.write(f"{refused.code}\n")
        return 1
    file.write_text(json.dumps(state))
    sys.stdout.write(f"{said}\n" if said else "")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
