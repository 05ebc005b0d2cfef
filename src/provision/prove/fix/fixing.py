"""Sources written anew, compiled again, and put back where the result isn't what it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import Problem, ProvisionError
from provision.model import Definition
from provision.project import SOURCE_ROOMS
from provision.promql.edits import Corrected
from provision.promql.renaming import Renamed, corrected, corrected_variable
from provision.prove.fix.outcome import differs, text_at
from provision.prove.fix.python import rewritten_words
from provision.prove.fix.sources import rewritten
from provision.tools.writing import write_beside

Reload = Callable[[], tuple[Sequence[Definition], Sequence[Problem]]]
"""Compiles the sources again."""

_NOT_LITERALLY: Final = "the expression doesn't stand literally in its source"
_PUT_BACK: Final = "its source, so changed, would come to something else, and was put back"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A correction of one text of a definition.

    Attributes:
        pointer: JSON pointer to the text in the definition.
        before: the text.
    """

    definition: Definition
    pointer: str
    before: str
    after: Corrected


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was corrected.

    Attributes:
        files: content before and after of each file that was written, by its path relative to the root.
        left: what wasn't corrected, and why; a sentence.
    """

    files: Mapping[str, tuple[bytes, bytes]]
    left: tuple[tuple[Wanted, str], ...]


def fix(
    root: Path,
    wanted: Sequence[Wanted],
    definitions: Sequence[Definition],
    reload: Reload,
    renames: Sequence[Renamed] = (),
) -> Fixed:
    """Correct the sources of a project. Each file holds its old content or a new one that is known to come to the
    corrected expressions and else to what it came to before.

    Args:
        root: what the paths of definitions are relative to.
        definitions: all of the project's, as they are now.
        renames: what may be called otherwise in other expressions, too, when it is replaced in what they are put
            together of.

    Raises:
        ProvisionError: a file can't be written.
    """
    work = _Work(root, tuple(wanted), definitions, reload, tuple(renames))
    try:
        work.attempt(_literally(work))
        for labels in (True, False):
            work.attempt(_by_words(work, labels=labels))
    except BaseException:
        work.put_back()
        raise
    files = {path: (work.original[path], content) for path, content in work.written.items()}
    left = (
        (wanted[number], _PUT_BACK if number in work.refused else _NOT_LITERALLY) for number in work.open()
    )
    return Fixed(files, tuple(left))


def undo(root: Path, fixed: Fixed) -> None:
    """Give the files that were written their content before.

    Raises:
        ProvisionError: one can't be written.
    """
    for path, (before, _) in fixed.files.items():
        _write(root, path, before)


def _write(root: Path, path: str, content: bytes) -> None:
    try:
        write_beside((root / path).resolve(), content)
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=path) from None


@dataclass(slots=True)
class _Work:
    """How far the corrections are.

    Attributes:
        original: what files held first.
        written: what those that were changed hold now.
        done: the positions of what is corrected.
        refused: the positions of what was tried and put back.
    """

    root: Path
    wanted: tuple[Wanted, ...]
    definitions: Sequence[Definition]
    reload: Reload
    renames: tuple[Renamed, ...]
    original: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)

    def open(self) -> list[int]:
        """The positions of what isn't corrected yet."""
        return [number for number in range(len(self.wanted)) if number not in self.done]

    def open_in(self, path: str) -> list[tuple[str, Corrected]]:
        """What isn't corrected yet of a source."""
        left = (self.wanted[number] for number in self.open())
        return [(each.before, each.after) for each in left if each.definition.place.path == path]

    def text(self, path: str) -> str | None:
        """A source as it is now; None when it can't be read or isn't UTF-8."""
        if path not in self.original:
            try:
                self.original[path] = (self.root / path).read_bytes()
            except OSError:
                return None
        try:
            return self.written.get(path, self.original[path]).decode()
        except UnicodeDecodeError:
            return None

    def attempt(self, texts: Mapping[str, str]) -> None:
        """Write these sources; put back those that don't come to what they should, and all when nothing is gained."""
        before = {path: self.written.get(path, self.original[path]) for path in texts}
        tried = {path for path, text in texts.items() if text.encode() != before[path]}
        self._write({path: texts[path].encode() for path in tried})
        sources = {definition.place.path for definition in self.definitions}
        while tried:
            now, problems = self.reload()
            wrong = self._wrong(now, problems)
            if not wrong:
                break
            # Of what sources import nobody knows whose fault it is.
            guilty = tried & wrong or {path for path in tried if path not in sources} or tried
            self._write({path: before[path] for path in guilty})
            tried -= guilty
            self.refused.update(
                number for number in self.open() if self.wanted[number].definition.place.path in guilty
            )
        if tried:
            gained = len(self.done)
            self.done = self._corrected(now)
            if len(self.done) == gained:
                self._write({path: before[path] for path in tried})

    def put_back(self) -> None:
        """Give all files their first content."""
        self._write({path: self.original[path] for path in tuple(self.written)})

    def _write(self, contents: Mapping[str, bytes]) -> None:
        for path, content in sorted(contents.items()):
            _write(self.root, path, content)
            if content == self.original[path]:
                self.written.pop(path, None)
            else:
                self.written[path] = content

    def _wrong(self, now: Sequence[Definition], problems: Sequence[Problem]) -> set[str]:
        """The sources that don't compile or come to something that nobody wanted."""
        found = {_named(each): each for each in now}
        texts = {each.before.strip(): each.after.text.strip() for each in self.wanted}

        def explained(before: str, after: str) -> bool:
            if texts.get(before.strip()) == after.strip():
                return True
            also = corrected(before, self.renames) or corrected_variable(before, self.renames)
            return also is not None and also.text == after

        wrong = {problem.path for problem in problems}
        for definition in self.definitions:
            other = found.pop(_named(definition), None)
            if other is None or differs(definition.body, other.body, explained):
                wrong.add(definition.place.path)
        return wrong | {each.place.path for each in found.values()}

    def _corrected(self, now: Sequence[Definition]) -> set[int]:
        """The positions of what is corrected by now."""
        bodies = {_named(each): each.body for each in now}
        return {
            number
            for number, each in enumerate(self.wanted)
            if (body := bodies.get(_named(each.definition))) is not None
            and (text_at(body, each.pointer) or "").strip() == each.after.text.strip()
        }


def _named(definition: Definition) -> tuple[str, str, str]:
    """What tells a definition from others; files that are no sources may hold the same."""
    return definition.kind, definition.key, definition.place.path


def _literally(work: _Work) -> dict[str, str]:
    """The sources with each expression corrected that stands in them as it is."""
    texts = {}
    for path in dict.fromkeys(each.definition.place.path for each in work.wanted):
        source = work.text(path)
        if source is not None:
            texts[path] = rewritten(path, source, work.open_in(path)).text
    return texts


def _by_words(work: _Work, *, labels: bool) -> dict[str, str]:
    """The Python of the project with the words replaced of which the expressions that are left are put together."""
    left = [
        (each.before, each.after)
        for each in (work.wanted[number] for number in work.open())
        if each.definition.place.path.endswith(".py")
    ]
    texts = {}
    for path in _modules(work.root) if left else ():
        source = work.text(path)
        if source is not None:
            texts[path] = rewritten_words(source, left, labels=labels)
    return texts


def _modules(root: Path) -> Iterator[str]:
    """The Python files of the rooms of sources, those that sources import included."""
    for room in SOURCE_ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            if not any(part.startswith(".") for part in file.relative_to(root).parts):
                yield file.relative_to(root).as_posix()
