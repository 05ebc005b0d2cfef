"""A folder of files as a target: what `build` writes to.

What this project made is remembered in `.provision.json` in the folder, written ahead of the files, so that a
build that was killed recognises its own work. Any other file in the folder is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import orjson

from provision.errors import ProvisionError
from provision.model import Action, Live, Mark, Outcome, Plan, Resource, Verb, digest
from provision.tools.writing import write_beside

FILE = "file"
LEDGER = ".provision.json"


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder at `root`, which need not exist yet. Keys are paths relative to it, bodies the files' bytes."""

    root: Path

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"folder {self.root}"

    @property
    def identity(self) -> str:
        """What tells it apart from every other target."""
        return str(self.root)

    @property
    def order(self) -> tuple[str, ...]:
        """The only kind."""
        return (FILE,)

    @property
    def marks(self) -> frozenset[str]:
        """Files are marked, in the ledger."""
        return frozenset((FILE,))

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """The files in the ledger and those in `wanted` that exist.

        Raises:
            ProvisionError: the folder or its ledger can't be read.
        """
        owner, made = self._ledger()
        for key in sorted(made.keys() | {key for _, key in wanted}):
            file = self.root / key
            try:
                body = file.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None
            if (FILE, key) not in wanted and digest(body) != made[key]:
                continue  # somebody put something else there: it is not this project's to remove
            # A built file is only ever written here, so one that was edited is simply written again.
            yield Live(FILE, key, body, Mark(owner, digest(body)) if key in made else None)

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        """Nothing here is shared with others, and every body is as it was read."""
        del desired
        return live

    def applied(self, live: Live) -> bytes | None:
        """A file knows nothing of what stood in it before."""
        del live
        return None

    def missing_permissions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """The file system says what it doesn't allow when it is asked to write."""
        del actions
        return ()

    def obstacles(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """Nothing but what a write itself finds out."""
        del actions
        return ()

    def begin(self, plan: Plan) -> None:
        """Nothing: the marks are written with the files."""

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        """Write or remove files; each is written beside its place and renamed. One ledger entry for all of them
        is written first, so the whole batch is taken at once.

        Raises:
            ProvisionError: the ledger can't be written; no file has been touched then.
        """
        batch = tuple(batch)
        _, made = self._ledger()
        ahead = made | {action.key: digest(action.after or b"") for action in batch}
        self._write_ledger(owner, ahead)
        for action in batch:
            started = time.perf_counter()
            try:
                if action.verb is Verb.DELETE:
                    self._remove(self.root / action.key)
                    del ahead[action.key]
                else:
                    write_beside(self.root / action.key, action.after or b"")
            except OSError as error:
                yield Outcome(action, "failed", _why(error))
                continue
            yield Outcome(action, "done", seconds=time.perf_counter() - started)
        self._write_ledger(owner, ahead)

    def remember(self, keys: Sequence[str], owner: str) -> None:
        """Take files that are already as they should be into the ledger.

        Raises:
            ProvisionError: the ledger can't be written.
        """
        _, made = self._ledger()
        missing = [key for key in keys if key not in made]
        if missing:
            found = {key: digest((self.root / key).read_bytes()) for key in missing}
            self._write_ledger(owner, made | found)

    def _ledger(self) -> tuple[str, dict[str, str]]:
        file = self.root / LEDGER
        try:
            ledger = orjson.loads(file.read_bytes())
            made = {str(key): str(value) for key, value in ledger["files"].items()}
            if any(PurePosixPath(key).is_absolute() or ".." in PurePosixPath(key).parts for key in made):
                raise ValueError
            return str(ledger["owner"]), made
        except FileNotFoundError:
            return "", {}
        except NotADirectoryError:
            raise ProvisionError(
                "is not a folder", where=str(self.root), remedy="choose another with -o"
            ) from None
        except OSError as error:
            raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ProvisionError(
                "is not this tool's list of files",
                where=str(file),
                remedy="remove it and the files beside it",
            ) from None

    def _write_ledger(self, owner: str, files: dict[str, str]) -> None:
        text = orjson.dumps(
            {"owner": owner, "files": files}, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
        )
        try:
            write_beside(self.root / LEDGER, text + b"\n")
        except OSError as error:
            raise ProvisionError(_why(error), where=str(self.root)) from None

    def _remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == self.root or any(parent.iterdir()):
                break
            parent.rmdir()


def _why(error: OSError) -> str:
    """Why a file can't be written: the folder that is in the way is named, the file beside its place isn't."""
    named = str(error.filename or "")
    where = "" if not named or Path(named).name.startswith(".") else f": {named}"
    return f"can't be written: {error.strerror}{where}"
