"""Whether rule files may be written, asked before any of them is touched: by the folder, the server and promtool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from provision.client.prometheus import Prometheus
from provision.compile.dialect.prometheus import too_new_in_file
from provision.compile.dialect.versions import Version, show_version
from provision.errors import ProvisionError
from provision.model import Action, digest
from provision.ship.target import swap
from provision.ship.target.rules_folder import RulesFolder, is_name, text_of
from provision.tools import promtool


def lifecycle_fault(client: Prometheus) -> str:
    """Why the server can't be told to reload, one sentence; empty when it can.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    if client.flags().get("web.enable-lifecycle", "true") == "false":
        return f"{client.url}: its reload is turned off; start Prometheus with --web.enable-lifecycle"
    return ""


def refused(rules: RulesFolder, actions: Sequence[Action], owner: str) -> dict[str, str]:
    """What must not be written, and why: key → sentence.

    Raises:
        ProvisionError: a file can't be read, or promtool can't be asked.
    """
    faults: dict[str, str] = {}
    texts: dict[str, bytes] = {}
    for action in actions:
        fault = _fault(rules, action)
        if fault:
            faults[action.key] = fault
        elif action.desired is not None:
            texts[action.key] = text_of(action, owner)
    tool = promtool.find(rules.tools_dir)
    if tool is None or not texts or not _decides(promtool.version(tool), rules.version):
        return faults
    return {**_complaints(tool, texts), **faults}


def explained(tools_dir: Path | None, actions: Sequence[Action], owner: str) -> dict[str, str]:
    """What promtool, of whatever version, holds against files that the server may have refused: key → sentence."""
    tool = promtool.find(tools_dir)
    texts = {action.key: text_of(action, owner) for action in actions if action.desired is not None}
    try:
        return {} if tool is None else _complaints(tool, texts)
    except ProvisionError:  # it was only to find words, and files sooner
        return {}


def _decides(tool: Version | None, server: Version | None) -> bool:
    """Whether promtool is at least as new as the server; an older one refuses what the server accepts."""
    return tool is not None and server is not None and tool[:2] >= server[:2]


def _fault(rules: RulesFolder, action: Action) -> str:
    file = rules.path / action.key
    if not is_name(action.key):
        return f"{action.key!r} is not the name of a file in {rules.path}"
    if file.is_symlink():
        return f"{file} is a link to {file.readlink()}; remove it, or point --rules-dir at the folder of the real file"
    text = swap.content_of(file)
    read = "" if action.live is None else action.live.lock
    if read != ("" if action.live is None and text is None else digest(text or b"")):
        return f"{file} was changed while this was planned; plan again"
    newer = too_new_in_file(action.after, rules.dialect) if action.after else ()
    if newer:
        return (
            f"{newer[0].field} needs Prometheus {show_version(newer[0].since)}, "
            f"and {rules.client.url} is {show_version(rules.dialect.version)}"
        )
    return ""


def _complaints(tool: Path, texts: Mapping[str, bytes]) -> dict[str, str]:
    """What promtool refuses, and why: name of a file → sentence."""
    found: dict[str, str] = {}
    for complaint in promtool.check_rules(tool, texts):
        about = f'group "{complaint.group}": ' if complaint.group else ""
        found.setdefault(complaint.file, f"promtool refuses it: {about}{complaint.message}")
    return found
