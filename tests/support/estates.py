"""Small projects as teams bring them: compiled, outlined for people, built and pushed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.compile.dialect import files
from provision.compile.load import Loaded, load
from provision.model import Definition, Outcome, Plan, decode
from provision.project import Project, open_project
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target.folder import Folder

ESTATES = Path(__file__).parents[1] / "golden" / "estates"


@dataclass(frozen=True)
class Estate:
    """A project in a folder of its own."""

    project: Project

    @property
    def root(self) -> Path:
        return self.project.root

    def load(self, **options: Any) -> Loaded:
        return load(self.project, **options)

    def definitions(self) -> tuple[Definition, ...]:
        loaded = self.load()
        assert loaded.problems == ()
        return loaded.definitions

    def problems(self) -> list[str]:
        """What is wrong, as it is printed."""
        return [str(problem) for problem in self.load().problems]

    def build(self) -> tuple[Plan, tuple[Outcome, ...]]:
        """As `provision build` does it."""
        folder = Folder(self.root / "build")
        plan = make_plan(files.shape(self.definitions(), self.project), folder, self.project.name, prune=True)
        return plan, tuple(apply(plan, folder))

    def write(self, name: str, content: str | bytes) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        (self.root / name).write_text(text.replace(old, new), encoding="utf-8")


def estate(name: str, folder: Path) -> Estate:
    """A copy of one of the estates that lie beside the tests."""
    shutil.copytree(ESTATES / name, folder)
    return Estate(open_project(folder))


def empty(folder: Path) -> Estate:
    """A project with nothing in it."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[tool.provision]\nname = "estate"\n')
    return Estate(open_project(folder))


def push(
    definitions: Sequence[Definition], target: Any, owner: str, *, prune: bool = False
) -> tuple[Plan, tuple[Outcome, ...]]:
    """As `provision push --grafana` does it."""
    from provision.compile.dialect import grafana

    desired = grafana.shape(definitions, target.dialect)
    plan = make_plan(desired, target, owner, prune=prune)
    return plan, tuple(apply(plan, target))


def dashboards(definitions: Sequence[Definition]) -> dict[str, dict[str, Any]]:
    """uid → dashboard."""
    return {found.key: decode(found.body)["spec"] for found in definitions if found.kind == "dashboard"}


def outline(definitions: Sequence[Definition]) -> str:
    """What dashboards there are, where they come from, and their panels, for people to review."""
    lines = []
    for found in sorted(definitions, key=lambda one: (one.kind, one.place.path, one.key)):
        body = decode(found.body)
        if found.kind != "dashboard":
            lines.append(f"{found.kind} {found.key}\n")
            continue
        spec = body["spec"]
        lines.append(
            f"dashboard {found.key}  {spec['title']!r} in {body['folder'] or 'no folder'}  {found.place.path}"
        )
        lines += [f"    ${variable['name']} {variable['type']}" for variable in _listed(spec, "templating")]
        for panel in spec.get("panels", ()):
            lines.extend(_panel(panel, "    "))
        lines.append("")
    return "\n".join(lines) + "\n"


def _listed(spec: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec.get(name, {}).get("list", [])
    return found


def _panel(panel: dict[str, Any], indent: str) -> Iterator[str]:
    at = panel.get("gridPos", {})
    place = f"{at.get('x')},{at.get('y')} {at.get('w')}x{at.get('h')}"
    source = panel.get("datasource")
    asked = f"  {source.get('type', '?')}:{source.get('uid')}" if isinstance(source, dict) else ""
    letters = ",".join(str(target["refId"]) for target in panel.get("targets", ()))
    yield f"{indent}{panel['id']:>10} {panel['type']} {panel.get('title', '')!r} at {place}{asked}" + (
        f"  {letters}" if letters else ""
    )
    for inner in panel.get("panels", ()):
        yield from _panel(inner, indent + "    ")
