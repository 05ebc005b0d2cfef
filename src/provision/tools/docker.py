"""The client `docker`: what a Swarm has, and bounded calls that change it. Which engine is meant says `--context`, else
`DOCKER_HOST`, else the client's own settings, as for every other tool.

An answer is a value; a secret goes in through standard input, never as an argument.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provision.errors import MissingTool, NotAllowed, ProvisionError, Unreachable
from provision.tools.run import Answer, find_tool, run

STACK_LABEL: Final = "com.docker.stack.namespace"
"""What the engine calls the stack that something belongs to."""

_TIME_LIMIT_SECONDS: Final = 60.0
_VARIABLES: Final = re.compile(
    r"DOCKER_(?:HOST|CONTEXT|TLS|TLS_VERIFY|CERT_PATH|CONFIG|API_VERSION)|SSH_AUTH_SOCK"
)
_REFUSED: Final = re.compile(
    r"(?:Got )?permission denied while trying to connect to the docker (?:API|daemon)\b.*", re.IGNORECASE
)
_SILENT: Final = re.compile(
    r"(?:Cannot connect to the Docker daemon|error during connect|failed to connect to the docker API)\b.*",
    re.IGNORECASE,
)
"""What the client says of itself, as whole lines: the same words within an answer of the engine, or of a program that it
ran, are about something else. Source: docker/cli and moby/client, 20.10 to 29."""

_HINT: Final = re.compile(
    r"(?:See '|Run '|Usage:|For more help|Since --detach=|In a future release, --detach=).*"
)
"""Lines about how the client is used. Source: docker/cli, 20.10 to 29."""

_SUMMARY: Final = re.compile(r"failed to remove some resources from stack: \S+$", re.IGNORECASE)
"""What `docker stack rm` says last; up to 28 without a new line after what it sums up."""

_GONE: Final = re.compile(
    r"(?:Error|Error response from daemon): (?:No such [a-z]+: ?\S+|(?:[a-z]+ )?\S+ not found\.?)",
    re.IGNORECASE,
)
"""That something isn't there, of `docker inspect`."""

_BATCH: Final = 200
"""How many ids one call names."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine that is asked.

    Attributes:
        program: the client.
        context: as `docker context ls` lists it; empty: what the environment says.
        host: an address that takes the place of `DOCKER_HOST`; empty: what the environment says.
    """

    program: Path
    context: str = ""
    host: str = ""

    @property
    def called(self) -> str:
        """What messages call it."""
        return self.host or (
            f"docker context {self.context}" if self.context else os.environ.get("DOCKER_HOST", "docker")
        )


def find(context: str = "") -> Engine:
    """The client on the PATH.

    Raises:
        MissingTool: there is none.
    """
    program = find_tool("docker")
    if program is None:
        raise MissingTool(
            "not found on the PATH", where="docker", remedy="install Docker's client (Debian: docker.io)"
        )
    return Engine(program, context)


def call(
    engine: Engine,
    *arguments: str,
    given: bytes = b"",
    cwd: Path | None = None,
    time_limit_seconds: float = _TIME_LIMIT_SECONDS,
    tell: Callable[[str], None] | None = None,
) -> str:
    """What the client printed.

    Args:
        given: standard input.
        tell: called, once it has done what it was to do, with each warning that it gave on standard error.

    Raises:
        Unreachable: no engine answers.
        NotAllowed: this user may not ask it.
        ProvisionError: it refused, with what it said; or it took too long.
    """
    answer = _run(engine, arguments, given, cwd, time_limit_seconds)
    if answer.code != 0:
        raise _failure(engine, arguments, answer)
    if tell is not None:
        for warning in _warnings(answer):
            tell(warning)
    return answer.stdout.decode(errors="replace")


def listed(engine: Engine, *arguments: str) -> list[str]:
    """The lines that the client printed.

    Raises:
        ProvisionError: as `call`.
    """
    return call(engine, *arguments).split()


def inspected(engine: Engine, kind: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """What the engine has of these ids; what went in the meantime is left out.

    Args:
        kind: as `docker inspect --type` takes it: `service`, `task`, `node`, `config`, …

    Raises:
        ProvisionError: as `call`.
    """
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), _BATCH):
        arguments = ("inspect", "--type", kind, *ids[start : start + _BATCH])
        answer = _run(engine, arguments, b"", None, _TIME_LIMIT_SECONDS)
        said = _lines(answer)
        if answer.code != 0 and not (said and all(map(_GONE.fullmatch, said))):
            raise _failure(engine, arguments, answer)
        found += json.loads(answer.stdout or b"[]")
    return found


def in_stack(engine: Engine, kind: str, stack: str) -> dict[str, str]:
    """Name → id of what a stack has of a kind: `service`, `config`, `secret`, `network`, `volume`.

    Raises:
        ProvisionError: as `call`.
    """
    form = "{{.Name}} {{.Name}}" if kind == "volume" else "{{.Name}} {{.ID}}"
    words = call(
        engine, kind, "ls", "--filter", f"label={STACK_LABEL}={stack}", "--format", form
    ).splitlines()
    return dict(word.split(" ", 1) for word in words if " " in word)


def names(engine: Engine, kind: str) -> set[str]:
    """The names of all `config`s, `secret`s, `network`s, …

    Raises:
        ProvisionError: as `call`.
    """
    return set(listed(engine, kind, "ls", "--format", "{{.Name}}"))


def labelled(values: Mapping[str, str]) -> Iterable[str]:
    """Labels as arguments."""
    for name, value in values.items():
        yield from ("--label", f"{name}={value}")


def _run(
    engine: Engine, arguments: Sequence[str], given: bytes, cwd: Path | None, time_limit_seconds: float
) -> Answer:
    context = ("--context", engine.context) if engine.context else ()
    theirs = {name: value for name, value in os.environ.items() if _VARIABLES.fullmatch(name)}
    if engine.context:
        theirs.pop("DOCKER_HOST", None)  # the client would let it win
    if engine.host:
        # What the client keeps, such as logins, stays its own; how another engine is asked doesn't count.
        kept = {name: value for name, value in theirs.items() if name == "DOCKER_CONFIG"}
        theirs = {**kept, "DOCKER_HOST": engine.host}
    return run(
        [engine.program, *context, *arguments],
        cwd=cwd,
        env=theirs,
        given=given,
        time_limit_seconds=time_limit_seconds,
    )


def _failure(engine: Engine, arguments: Sequence[str], answer: Answer) -> ProvisionError:
    said = _lines(answer) or [f"exit code {answer.code}"]
    if any(map(_REFUSED.fullmatch, said)):
        return NotAllowed(
            "this user may not ask it",
            status=403,
            where=engine.called,
            remedy="use another user, or add this one to the group docker",
        )
    if silent := next(filter(_SILENT.fullmatch, said), ""):
        why = silent.removeprefix("error during connect: ") if silent.startswith("error during") else ""
        return Unreachable(
            "no engine answers" + (f": {why}" if why else ""),
            where=engine.called,
            remedy="start it, or name another with --context or DOCKER_HOST",
        )
    command = " ".join(["docker", *(word for word in arguments[:2] if not word.startswith("-"))])
    return ProvisionError(
        f"{command}: {said[-1].removeprefix('Error response from daemon: ')}", where=engine.called
    )


def _warnings(answer: Answer) -> list[str]:
    """What the client said on standard error, each paragraph as a line and each line once, without hints at its help."""
    paragraphs: list[list[str]] = [[]]
    for line in answer.stderr.decode(errors="replace").splitlines():
        if not line.strip():
            paragraphs.append([])
        elif not _HINT.fullmatch(line.strip()):
            paragraphs[-1].append(line.strip())
    return list(dict.fromkeys(" ".join(lines) for lines in paragraphs if lines))


def _lines(answer: Answer) -> list[str]:
    """What the client said on standard error, without empty lines and hints at its help."""
    said = answer.stderr.decode(errors="replace").splitlines()
    lines = (_SUMMARY.sub("", line.strip()).strip() for line in said)
    return [line for line in lines if line and not _HINT.fullmatch(line)]
