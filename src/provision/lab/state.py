"""What is known of a lab: `lab.json` in its state folder, replaced whole at every change."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from provision.errors import ProvisionError
from provision.lab.processes import Process

FILE = "lab.json"
_FORMAT = 1
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the lab.

    Attributes:
        name: such as `app-1`.
        service: such as `app`: what its replicas have in common.
        pid, started: the process (`provision.lab.processes`).
        url: where it answers; empty when it doesn't.
    """

    name: str
    service: str
    pid: int
    started: int
    url: str = ""

    @property
    def process(self) -> Process:
        """The process itself."""
        return Process(self.pid, self.started)


@dataclass(frozen=True, slots=True)
class Grafana:
    """The Grafana that shows the lab.

    Attributes:
        url: where it is.
        dashboards: the title of each dashboard that was pushed → its URL.
        user: who may sign in; empty when the Grafana isn't the lab's own.
        password_file: where the password stands.
    """

    url: str
    dashboards: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    password_file: str = ""


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab that has been started.

    Attributes:
        id: unique; every process of the lab has it in its environment.
        boot: the run of the machine that it was started in; after a restart its processes are gone.
        ready: whether everything was started.
        starter: the process that is starting it, or watches it.
        project: the project's root.
        environment: the environment's name.
        urls: where to look: what a person calls it → URL.
        processes: what runs.
        made: what was made outside the state folder for it, in that order; removed afterwards.
        keep: whether the folder outlives the processes.
        began: when it was started, Unix seconds.
        grafana: how its Grafana is reached, if it has one.
        seconds: how long its start took; None until it is ready.
    """

    id: str
    boot: str
    ready: bool
    starter: Process
    project: str
    environment: str
    urls: Mapping[str, str] = field(default_factory=dict)
    processes: tuple[Running, ...] = ()
    made: tuple[str, ...] = ()
    keep: bool = False
    began: float = 0.0
    grafana: Grafana | None = None
    seconds: float | None = None


def this_boot() -> str:
    """The id of the machine's current run."""
    return BOOT_ID.read_text().strip()


def read(folder: Path) -> Lab | None:
    """The lab in that state folder, or None.

    Raises:
        ProvisionError: its file can't be read, or isn't one.
    """
    file = folder / FILE
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None
    except ValueError:
        found = None
    if isinstance(found, dict) and found.pop("format", None) == _FORMAT:
        with suppress(KeyError, TypeError):  # another version's has other fields
            return _lab(found)
    raise ProvisionError(
        "is not what this version of the lab writes",
        where=str(file),
        remedy="stop what it started by hand, and remove the folder",
    )


def write(folder: Path, lab: Lab) -> None:
    """Replace the file by one that says this."""
    _put(folder, lab, claim=False)


def claim(folder: Path, lab: Lab) -> bool:
    """Write the file if there is none yet; whether it did. Of two that try at once, one does."""
    return _put(folder, lab, claim=True)


def half_written(folder: Path) -> tuple[Path, ...]:
    """What a writer has left there that was killed in the middle."""
    return tuple(folder.glob(f".{FILE}.*"))


def _put(folder: Path, lab: Lab, *, claim: bool) -> bool:
    content = json.dumps({"format": _FORMAT, **asdict(lab)}, indent=2) + "\n"
    descriptor, beside = tempfile.mkstemp(prefix=f".{FILE}.", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        if claim:
            os.link(beside, folder / FILE)
        else:
            Path(beside).replace(folder / FILE)
    except FileExistsError:
        return False
    except FileNotFoundError:
        # Whoever has claimed it meanwhile takes what is half written for a dead one's.
        if claim and (folder / FILE).exists():
            return False
        raise
    finally:
        Path(beside).unlink(missing_ok=True)
    return True


def _lab(found: dict[str, Any]) -> Lab:
    found["starter"] = Process(**found["starter"])
    found["processes"] = tuple(Running(**process) for process in found["processes"])
    found["made"] = tuple(found["made"])
    if found.get("grafana") is not None:
        found["grafana"] = Grafana(**found["grafana"])
    return Lab(**found)
