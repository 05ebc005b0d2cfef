"""A Grafana as a process of its own: it can be killed in the middle, and started again with what it held.

Run as a program it is the stand-in, `python -m support.grafana_process FLAVOUR PORT FILE`: it answers a write only
when FILE holds what the write has changed. A real one is run where `GRAFANA_PROGRAM` names the program and
`GRAFANA_HOMEPATH` the folder that its `conf` and `public` lie in.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.grafana_standin import State, fresh, listening
from support.servers import await_ready, free_port

_OF_THE_PROCESS = ("lock", "keep", "faults", "requests", "url")
_TESTS = Path(__file__).resolve().parents[1]


class GrafanaProcess:
    """One Grafana and what it keeps on disk.

    Attributes:
        url: where it answers, each time it runs.
    """

    def __init__(self, command: list[str], environ: Mapping[str, str], port: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._environ = command, environ
        self._log = folder / "grafana.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, **self._environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await_ready(self._process, f"{self.url}/api/health", self._log)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def real_is_named() -> bool:
    """Whether the environment names a real Grafana's program."""
    return bool(os.environ.get("GRAFANA_PROGRAM") and os.environ.get("GRAFANA_HOMEPATH"))


@contextmanager
def grafana_process(flavour: str, folder: Path) -> Iterator[GrafanaProcess]:
    """A Grafana that runs; `flavour` is one of the stand-in's, or `real`."""
    port = free_port()
    if flavour == "real":
        settings = {
            "GF_PATHS_DATA": str(folder), "GF_PATHS_LOGS": str(folder / "log"), "GF_PATHS_PLUGINS": str(folder / "plugins"),
            "GF_PATHS_PROVISIONING": str(folder / "provisioning"), "GF_SERVER_HTTP_ADDR": "127.0.0.1",
            "GF_SERVER_HTTP_PORT": str(port), "GF_SECURITY_ADMIN_PASSWORD": "admin", "GF_LOG_LEVEL": "warn",
            "GF_ANALYTICS_REPORTING_ENABLED": "false", "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false", "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        }  # fmt: skip
        command = [os.environ["GRAFANA_PROGRAM"], "server", "--homepath", os.environ["GRAFANA_HOMEPATH"]]
    else:
        settings = {"PYTHONPATH": str(_TESTS)}
        command = [sys.executable, "-m", __name__, flavour, str(port), str(folder / "state")]
    made = GrafanaProcess(command, settings, port, folder)
    made.start()
    try:
        yield made
    finally:
        made.kill()


def _keeper(file: Path) -> Callable[[State], None]:
    def keep(state: State) -> None:
        kept = {name: value for name, value in vars(state).items() if name not in _OF_THE_PROCESS}
        beside = file.with_suffix(".new")
        beside.write_bytes(pickle.dumps(kept))
        beside.replace(file)

    return keep


def main(flavour: str, port: str, name: str) -> None:
    """Be the stand-in until somebody ends it."""
    state, file = fresh(flavour), Path(name)
    if file.exists():
        vars(state).update(pickle.loads(file.read_bytes()))
    state.keep = _keeper(file)
    with listening(state, int(port)):
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
