"""What a push is about to delete, written to a file first (docs/json.md, provision.backup).

Grafana's trash doesn't keep what has a manager (seen on 12.4), so that nothing else would bring it back. Each
resource stands there as the source that makes it; a secret isn't: it is a reference, or `(secret)`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from provision.compile.kinds import FOLDER
from provision.diff import title_of
from provision.diff.hidden import concealed
from provision.errors import ProvisionError
from provision.model import Live, Plan, Verb
from provision.ship.pull.files import folder_paths, source_files
from provision.tools.writing import write_beside

FORMAT: Final = "provision.backup/1"
FOLDER_NAME: Final = ".provision/backup"


def backup_json(plans: Iterable[Plan]) -> bytes | None:
    """The document for all that the plans delete; None when they delete nothing."""
    targets = [_target(plan) for plan in plans if any(_deleted(plan))]
    if not targets:
        return None
    document = {"format": FORMAT, "targets": targets}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def keep(plans: Sequence[Plan], root: Path, file: Path | None) -> Path | None:
    """Write what the plans delete to a file, before it is deleted; the file, or None when nothing is.

    Args:
        root: the project's; without `file` a new one is made below it, in `.provision/backup`.

    Raises:
        ProvisionError: it can't be written, so that nothing must be deleted.
    """
    document = backup_json(plans)
    if document is None:
        return None
    to = _new(root / FOLDER_NAME) if file is None else file
    try:
        if file is None:
            to.parent.mkdir(parents=True, exist_ok=True)
            (to.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        write_beside(to, document)
    except OSError as error:
        raise ProvisionError(
            f"what is to be deleted can't be kept: {error.strerror}, so nothing was written",
            where=str(to),
            remedy="name another file with --backup FILE",
        ) from None
    return to


def _new(folder: Path) -> Path:
    stem = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    names = (f"{stem}.json", *(f"{stem}-{number}.json" for number in range(2, 1000)))
    return next(folder / name for name in names if not (folder / name).exists())


def _deleted(plan: Plan) -> Iterable[Live]:
    return (action.live for action in plan.actions if action.verb is Verb.DELETE and action.live is not None)


def _target(plan: Plan) -> dict[str, Any]:
    gone = list(_deleted(plan))
    known = [action.live for action in plan.actions if action.live is not None]
    paths = folder_paths(found for found in known if found.kind == FOLDER)
    titles = {(found.kind, found.key): title_of(found.kind, found.key, found.body) for found in gone}
    return {
        "target": plan.target,
        "owner": plan.owner,
        "sources": [
            {
                "kind": file.kind,
                "key": file.key,
                "title": titles[file.kind, file.key],
                "path": file.path,
                "content": concealed(file.value),
            }
            for file in source_files(gone, paths)
        ],
    }
