"""The forms by which people move cases and deals: what a move asks for, as boxes that any page can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from kerong.engine.deal.moves import DUTIES
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.rulebook.content import Text
from kerong.web.base.models import CaseStep, DealStep
from kerong.web.base.models.move import Move
from kerong.web.base.words import WORDS


@dataclass(frozen=True, slots=True)
class Field:
    """A box of a form. `kind`: money, percent, whole, day, line, note, choice, flag or files; `value`: what stands in
    it before anything is typed; `options` of a choice: (value, title)."""

    name: str
    kind: str
    title: Text
    value: str = ""
    options: tuple[tuple[str, Text], ...] = ()
    is_needed: bool = True
    longest: int = 200
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class MoveForm:
    """A move that the person may make. `part`: its name on the page; `why_not`: what stands against it now.

    `try_title`: what it is called to see beforehand what the move would do; None where nothing is foreseen. `told`:
    what is known beforehand, in sentences.
    """

    part: str
    name: str
    title: Text
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    moves_money: bool
    is_awaited: bool
    why_not: Text | None
    try_title: Text | None = None
    told: tuple[Text, ...] = ()

    @property
    def takes_files(self) -> bool:
        """Does it ask for files?"""
        return any(field.kind == "files" for field in self.fields)

    @property
    def is_ready(self) -> bool:
        """Is it waited for, and does nothing stand against it?"""
        return self.is_awaited and self.why_not is None


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way: "done", "now", "ahead", or "ended" where it came to nothing."""

    title: Text
    state: str


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A movement of money behind a move."""

    on: date
    title: Text
    book: str
    ref: str
    fen: int


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A move in words. `by`: the role or institution that made it; `who` and `note` "" where they are not the
    reader's."""

    move: Move
    title: Text
    begin: Text | None
    end: Text
    by: Text
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the history with the hand it was done in and the money that it moved; `is_new`: since a page was made.

    `details`: what else the move said, by title.
    """

    told: MoveLine
    duty: Text | None
    transfers: tuple[TransferLine, ...]
    is_new: bool
    details: tuple[tuple[Text, Text], ...] = ()


def worded(key: str) -> Text:
    """The words for a key in both languages."""
    return Text(*WORDS[key])


def note_field(is_needed: bool, longest: int) -> Field:
    """The box for a reason, or for a note."""
    title = worded("case.need.note" if is_needed else "case.note")
    return Field("note", "note", title, is_needed=is_needed, longest=longest)


def history_of(
    lines: Sequence[MoveLine],
    steps: "QuerySet[CaseStep] | QuerySet[DealStep]",
    seen_version: int,
    details: Mapping[int, tuple[tuple[Text, Text], ...]] | None = None,
) -> tuple[HistoryLine, ...]:
    """A history, newest first. `steps`: the transfers of its moves; moves after `seen_version` are marked new."""
    moved: dict[int, tuple[TransferLine, ...]] = {}
    for step in steps.select_related("transfer__book"):
        one = step.transfer
        line = TransferLine(one.on, MOVEMENTS[one.step].title, one.book.title, one.ref, one.fen)
        moved[step.move_id] = (*moved.get(step.move_id, ()), line)
    return tuple(
        HistoryLine(
            told=line,
            duty=DUTIES[line.move.duty] if line.move.duty != "none" else None,
            transfers=moved.get(line.move.pk, ()),
            is_new=0 < seen_version < line.move.version,
            details=(details or {}).get(line.move.pk, ()),
        )
        for line in reversed(lines)
    )
