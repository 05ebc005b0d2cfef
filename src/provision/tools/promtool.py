"""promtool: its version, and what it says of rule files and of prometheus.yml."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import find_tool, run

_TIME_LIMIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that promtool refuses.

    Attributes:
        file: the name it was given.
        message: what is wrong.
        line: the line in that file, counted from 1, or None when promtool doesn't say.
        group: the rule group it is about, or None.
        rule: the rule's position in that group, counted from 0, or None.
    """

    file: str
    message: str
    line: int | None = None
    group: str | None = None
    rule: int | None = None


def find(tools_dir: Path | None = None) -> Path | None:
    """promtool on the PATH or in the project's tools folder; None when there is none."""
    return find_tool("promtool", () if tools_dir is None else (tools_dir,))


def version(tool: Path) -> tuple[int, int, int] | None:
    """Its version; None for a build that doesn't know its own.

    Raises:
        MissingTool: it doesn't run, or is another program.
    """
    answer = run([tool, "--version"])
    if answer.code != 0 or "promtool, version" not in answer.text:
        raise MissingTool("isn't a promtool that runs", where=str(tool))
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", answer.text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def check_rules(tool: Path, texts: Mapping[str, bytes]) -> tuple[Complaint, ...]:
    """What promtool refuses of rule files, given as name → content; empty when it accepts them all. Rules that
    stand twice are not its business here.

    Raises:
        ProvisionError: it failed without saying why, or took too long.
    """
    if not texts:
        return ()
    with tempfile.TemporaryDirectory(prefix="provision-") as folder:
        files = {f"{number}.yml": name for number, name in enumerate(texts)}
        for file, name in files.items():
            (Path(folder) / file).write_bytes(texts[name])
        command: list[str | Path] = [tool, "check", "rules", "--lint=none", *files]
        answer = run(command, cwd=Path(folder), time_limit_seconds=_TIME_LIMIT_SECONDS)
    complaints = _complaints(
        f"{answer.stdout.decode(errors='replace')}\n{answer.stderr.decode(errors='replace')}", files
    )
    if answer.code != 0 and not complaints:
        raise ProvisionError(f"failed with exit code {answer.code}: {answer.text[-500:]}", where=str(tool))
    return complaints


def check_config(tool: Path, text: bytes) -> tuple[Complaint, ...]:
    """What promtool refuses of a prometheus.yml; empty when it accepts it. Only its syntax is looked at: the
    files it names lie on the server.

    Raises:
        ProvisionError: it failed without saying why, or took too long.
    """
    with tempfile.TemporaryDirectory(prefix="provision-") as folder:
        (Path(folder) / "prometheus.yml").write_bytes(text)
        command: list[str | Path] = [
            tool,
            "check",
            "config",
            "--syntax-only",
            "--lint=none",
            "prometheus.yml",
        ]
        answer = run(command, cwd=Path(folder), time_limit_seconds=_TIME_LIMIT_SECONDS)
    if answer.code == 0:
        return ()
    said = answer.text.partition("FAILED:")[2].strip().removeprefix("parsing YAML file prometheus.yml: ")
    if not said:
        raise ProvisionError(f"failed with exit code {answer.code}: {answer.text[-500:]}", where=str(tool))
    return tuple(_split("prometheus.yml", said))


def _complaints(said: str, files: Mapping[str, str]) -> tuple[Complaint, ...]:
    """The lines that begin with a file's name, each with the indented lines that go on from it."""
    found: dict[Complaint, None] = {}
    file, message = "", ""
    for line in [*said.splitlines(), ""]:
        begun = re.match(r"(\d+\.yml): (.*)", line)
        if file and not begun and line.startswith("  line "):
            message += "\n" + line
            continue
        if file:
            found.update(dict.fromkeys(_split(files[file], message)))
        file, message = (begun[1], begun[2]) if begun and begun[1] in files else ("", "")
    return tuple(found)


def _split(file: str, message: str) -> list[Complaint]:
    """A message as complaints: one a line of YAML that doesn't fit, else one."""
    fields = re.findall(r"^\s*line (\d+): (.*)$", message, re.MULTILINE)
    if fields:
        return [Complaint(file, text, int(line)) for line, text in fields]
    match = re.match(
        r"""(?:(?P<line>\d+):\d+:\ )?(?:group\ "(?P<group>.*?)",\ rule\ (?P<rule>\d+),\ )?(?P<text>.*)""",
        message,
        re.VERBOSE | re.DOTALL,
    )
    assert match is not None
    yaml_line = re.match(r"yaml: line (\d+): ", match["text"])
    line = int(yaml_line[1]) if yaml_line else int(match["line"] or 0) or None
    rule = int(match["rule"]) - 1 if match["rule"] else None
    return [Complaint(file, match["text"].strip(), line, match["group"], rule)]
