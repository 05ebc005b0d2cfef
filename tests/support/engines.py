"""Whether this machine can run container engines of its own, which is tried once a process with a bare one: what keeps that
from starting is this machine's, and what keeps a Swarm of the lab from starting beyond it is the lab's, which fails."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import pytest

PROGRAMS = (
    "dockerd",
    "docker",
    "containerd",
    "docker-init",
    "ip",
    "iptables",
    "unshare",
    "nsenter",
    "mount",
)
SYSTEM = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")
"""Where Debian keeps what a user's PATH may not lead to."""

READY_SECONDS = 60.0

# All that it mounts and starts goes with its namespaces.
_BARE = """
set -e
mount --make-rprivate /
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
ip link add probe-a type veth peer name probe-b
ip link delete probe-a
exec dockerd --data-root "$1/data" --exec-root /run/docker --pidfile /run/docker.pid --host "unix://$1/engine.sock" \\
  --log-level warn
"""


def require_engines() -> None:
    """Skips a test, with the reason, where no engine can be started."""
    if why := cached_why_not():
        pytest.skip(f"no engines of its own can be started here: {why}")


@cache
def cached_why_not() -> str:
    """The same as `why_not`, found out once."""
    return why_not()


def why_not() -> str:
    """What keeps a bare engine from starting, in words; empty when it starts. Nothing is left of it."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *SYSTEM])
    if os.geteuid() != 0:
        return "it needs root"
    if missing := [program for program in PROGRAMS if shutil.which(program, path=path) is None]:
        return f"{', '.join(missing)} can't be found"
    with tempfile.TemporaryDirectory(prefix="engine-") as folder, tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--mount-proc", "--kill-child",
             "sh", "-c", _BARE, "sh", folder],
            env={"PATH": path, "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            started = _answers(process, f"unix://{folder}/engine.sock", path)
        finally:
            _end(process)
        log.seek(0)
        said = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return "" if started else f"dockerd doesn't start: {said[-1] if said else 'it says nothing'}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the first process of the namespace, which is gone only once all others are, and `unshare` only after it."""
    if process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        if not children:
            process.kill()
    process.wait()


def _answers(process: subprocess.Popen[bytes], host: str, path: str) -> bool:
    """Whether an engine comes to answer."""
    limit = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        if Path(host.removeprefix("unix://")).exists():
            asked = subprocess.run(
                ["docker", "--host", host, "version", "--format", "{{.Server.Version}}"],
                env={"PATH": path}, capture_output=True, timeout=30, check=False,
            )  # fmt: skip
            if asked.returncode == 0:
                return True
        time.sleep(0.1)
    return False
