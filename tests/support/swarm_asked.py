"""What a drill asks of a Swarm's client, and answers as managers and the client give them."""

from __future__ import annotations

from typing import Any

from provision.errors import ProvisionError
from provision.tools.docker import Engine

# As managers and the client say it (moby/swarmkit, manager/state/raft; `provision.tools.run`).
NO_LEADER = ProvisionError(
    "docker node: rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are"
    " online. Make sure more than half of the managers are online."
)
WAITED = ProvisionError("docker node: rpc error: code = DeadlineExceeded desc = context deadline exceeded")
LATE = ProvisionError("docker took longer than 10 s and was stopped")

PLACES = "worker-1 Running 5 seconds ago\nworker-1 Starting 1 second ago\nmanager-1 Running 2 minutes ago\n"
EVERYWHERE = "manager-1 Running x\nmanager-2 Running x\nworker-1 Running x\n"
ELSEWHERE = EVERYWHERE.replace("worker-1", "manager-1")


class Asked:
    """What the client was asked, and what it answers: by the first words, the longest first."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.answers: dict[str, Any] = {}

    def call(self, engine: Engine, *arguments: str, **_: object) -> str:
        self.calls.append((engine.host, " ".join(arguments)))
        for words in sorted(self.answers, key=len, reverse=True):
            if " ".join(arguments).startswith(words):
                answer = self.answers[words]
                answer = answer.pop(0) if isinstance(answer, list) else answer
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return ""
