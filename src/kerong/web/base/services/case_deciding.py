"""What a move of a case is judged and made with: the case, the line of the table, the wish, the day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays
from kerong.engine.deal.moves import Move
from kerong.engine.deal.subsidy import Payee
from kerong.engine.money.ledger.transfers import Transfer
from kerong.web.base.models import Case, CasePart, Instruction, User
from kerong.web.base.services.case_refusals import CaseRefused


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do with the case as it was when the page was made (`version`, `fen`).

    `fen`: the amount that the page showed, or the new one where the move asks for one; `stage`: counted from 1;
    `score`: of 100.
    """

    name: str
    version: int
    note: str = ""
    fen: int | None = None
    payee: Payee | None = None
    stage: int | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """What a return file says of one instruction: fen paid (0: returned), and the business day.

    `late`: where the bank's own day cannot be the business day any more, the instruction and that day; else empty.
    """

    instruction: Instruction
    fen: int
    on: date
    late: str = ""


@dataclass(slots=True)
class Deciding:
    """One move in the making. `on`: the business day of its money; `made`: instructions and detail it leaves behind."""

    actor: User | None
    case: Case
    move: Move
    wish: Wish
    today: date
    days: WorkingDays
    paid: Paid | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)

    @property
    def on(self) -> date:
        """The business day of the money: the bank's day for what it paid, else today."""
        return self.paid.on if self.paid is not None else self.today

    @property
    def version(self) -> int:
        """The number that the move will have."""
        return self.wish.version + 1

    def parts(self, stage: int | None = None) -> list[CasePart]:
        """The parts of the case, or of one stage, in order."""
        found = self.case.parts.filter(is_dropped=False).select_related("budget__book", "reservation")
        return list(found if stage is None else found.filter(stage=stage))

    def after(self, day: date, count: int) -> date:
        """The working day so many after `day`. Raises CaseRefused where the calendars end."""
        try:
            return self.days.after(day, count)
        except CalendarEnds as ends:
            raise CaseRefused(str(ends), day=ends.day, last=ends.last) from ends
