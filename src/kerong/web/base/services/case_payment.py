"""Payment: instructions go out in files, lines come back and settle them, each exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.payment import Fault, ReturnLine, returns_read
from kerong.engine.money.ledger.chain import canonical, sm3
from kerong.web.base.models import Budget, Case, Instruction, PaymentFile, PaymentReturn, Role, User
from kerong.web.base.models.payment import WAITING
from kerong.web.base.selectors.payment_file import instruction_text
from kerong.web.base.services.case import Paid, Wish, locked, moved
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.ledger_refusals import LedgerRefused
from kerong.web.base.services.locks import lock

REFUSED_AS = {  # what may be true another day, or for another official
    "ledger.refused.closed": "return.why.closed",
    "calendar.refused.ends": "return.why.calendar",
    "calendar.refused.none": "return.why.calendar",
    "case.refused.hands.firm": "return.why.hands",
}
__all__ = ["FileRefused", "Settled", "payment_file_send", "return_file_settle", "return_settle"]


class FileRefused(ValueError):
    """A return file that is refused whole; `faults` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].key)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a line: "applied" or "quarantined" (`why`: a key of the words); `again`: it was known already."""

    instruction: str
    serial: str
    state: str
    why: str = ""
    again: bool = False


def payment_file_send(actor: User, budget: Budget, *, today: date, days: WorkingDays) -> PaymentFile:
    """Takes all instructions on a budget that wait to be sent into one file; their cases are in payment from now on.

    Raises PermissionDenied for anybody but an official, CaseRefused where none waits, or the actor has had another hand
    in one of the cases, LedgerBusy where a lock was not to be had in time.
    """
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
    with busy_told(), transaction.atomic():
        lock(f"payment files {budget.pk}")
        waiting = Instruction.objects.filter(part__budget=budget, state="made").order_by("id")
        cases = sorted(set(waiting.values_list("part__case_id", flat=True)))
        held = {case.pk: case for case in locked().filter(pk__in=cases).order_by("id")}
        again = waiting.select_related("part__case__rulebook").defer("part__case__rulebook__texts")
        found = list(again)  # some may have been recalled until now
        found = [one for one in found if one.part.case_id in held]
        if not found:
            raise CaseRefused("case.refused.nothing_to_send")
        for pk in sorted({one.part.case_id for one in found}):
            moved(actor, held[pk], Wish("send", held[pk].version), today=today, days=days)
        text = instruction_text(found)
        count = PaymentFile.objects.filter(budget=budget).count()
        file = PaymentFile.objects.create(
            budget=budget,
            number=f"{budget.pk}-{count + 1}",
            lines=len(found),
            fen=sum(one.fen for one in found),
            text=text,
            digest=sm3(text.encode()).hex(),
            made_by=actor,
        )
        Instruction.objects.filter(pk__in=[one.pk for one in found]).update(state="sent", file=file)
    return file


def return_file_settle(actor: User, region: str, data: bytes, *, today: date, days: WorkingDays) -> tuple[Settled, ...]:
    """Settles every line of a return file, each by itself: the same file again changes nothing.

    Raises PermissionDenied for anybody but an official, FileRefused where the file cannot be read whole.
    """
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
    lines, faults = returns_read(data)
    if faults:
        raise FileRefused(faults)
    source = sm3(data).hex()
    return tuple(return_settle(actor, region, line, source, today=today, days=days) for line in lines)


def return_settle(
    actor: User | None,
    region: str,
    line: ReturnLine,
    source: str,
    *,
    today: date,
    days: WorkingDays,
    level: str | None = None,
) -> Settled:
    """Settles one line, once for its instruction, serial number and content.

    `level`: the only one whose payments the sender may speak about; None: an official, who may about all.
    What does not fit or is refused is kept in quarantine and changes nothing; sent again when it fits, it is taken.
    Raises LedgerBusy where a lock was not to be had in time.
    """
    known = PaymentReturn.objects.filter(
        region=region, instruction=line.instruction, serial=line.serial, digest=_digest(line)
    )
    if not _is_of(line, level):
        if known.exists():
            return Settled(line.instruction, line.serial, "quarantined", "return.why.level", again=True)
        return _kept(region, line, source, "return.why.level", None)
    if known.filter(state="applied").exists():  # what had its effect stays so: no lock is asked for
        return Settled(line.instruction, line.serial, "applied", again=True)
    with busy_told(), transaction.atomic():
        case = locked().filter(parts__instructions__number=line.instruction).first()
        kept = known.first()
        if kept is not None and kept.state == "applied":
            return Settled(line.instruction, line.serial, "applied", again=True)
        why = _misfit(region, line, case, today)
        if case is not None and not why:
            why = _refused(lambda: _applied(actor, case, line, today, days))
        return _kept(region, line, source, why, kept)


def _is_of(line: ReturnLine, level: str | None) -> bool:
    """May the sender speak about the instruction? Of one that there is not, anybody may, and it stays unknown."""
    own = Instruction.objects.filter(number=line.instruction).values_list("part__budget__level", flat=True).first()
    return level is None or own is None or own == level


def _misfit(region: str, line: ReturnLine, case: Case | None, today: date) -> str:
    """Why the line has no effect; empty where it has."""
    if case is None:
        return "return.why.unknown"
    if case.region != region:
        return "return.why.tenant"
    before = PaymentReturn.objects.filter(instruction=line.instruction, serial=line.serial, state="applied")
    if before.exists():
        return "return.why.conflict"
    found = Instruction.objects.select_related("part__budget__book").get(number=line.instruction)
    if found.state != "sent":
        return {"made": "return.why.not_sent", "recalled": "return.why.recalled"}.get(found.state, "return.why.settled")
    fits = line.fen < found.fen if line.outcome == "partial" else line.fen == found.fen
    if not fits:
        return "return.why.amount"
    if not found.on <= line.paid_on <= today:
        return "return.why.day"
    day = today if _is_late(found, line, case) else line.paid_on
    return "return.why.year" if line.outcome != "failed" and day.year != case.budget_year else ""


def _is_late(found: Instruction, line: ReturnLine, case: Case) -> bool:
    """Was it paid on a day that the book takes no more: its period is closed, or what was left went into another year?

    Then it is posted on the day on which that is told (docs/algorithms/subsidy.md).
    """
    closed = found.part.budget.book.closed_through
    is_closed = closed is not None and line.paid_on <= closed
    return line.outcome != "failed" and (is_closed or line.paid_on.year < case.budget_year)


def _refused(act: Callable[[], None]) -> str:
    """Why the line cannot have its effect yet, and then nothing was done: one line does not stop those after it."""
    try:
        with transaction.atomic():
            act()
    except (CaseRefused, LedgerRefused) as refused:
        if refused.key not in REFUSED_AS:
            raise
        return REFUSED_AS[refused.key]
    return ""


def _applied(actor: User | None, case: Case, line: ReturnLine, today: date, days: WorkingDays) -> None:
    found = Instruction.objects.select_related("part__budget__book").get(number=line.instruction)
    is_late = _is_late(found, line, case)
    found.state = "settled"
    found.save()
    fen = 0 if line.outcome == "failed" else line.fen
    others = Instruction.objects.filter(part__case=case, state__in=WAITING).exists()
    if others:
        name = "settle_one" if fen else "bounce_one"
    elif case.paid_fen + fen == case.fen:
        name = "settle_all"
    elif fen:
        name = "settle_part"
    else:
        name = "bounce_rest" if case.paid_fen else "bounce"  # where the case ends is the same in any order of lines
    wish = Wish(name, case.version, note=f"{line.instruction} {line.serial}")
    late = f"{line.instruction}|{line.serial}|{line.paid_on}" if is_late else ""
    paid = Paid(found, fen, today if is_late else line.paid_on, late)
    moved(actor, case, wish, today=today, days=days, paid=paid)


def _kept(region: str, line: ReturnLine, source: str, why: str, kept: PaymentReturn | None) -> Settled:
    state, again = ("quarantined" if why else "applied"), kept is not None
    if kept is not None:
        PaymentReturn.objects.filter(pk=kept.pk, state="quarantined").update(state=state, why=why)
    else:
        try:
            with transaction.atomic():
                PaymentReturn.objects.create(
                    region=region,
                    instruction=line.instruction,
                    serial=line.serial,
                    outcome=line.outcome,
                    fen=line.fen,
                    paid_on=line.paid_on,
                    digest=_digest(line),
                    state=state,
                    why=why,
                    source=source,
                )
        except IntegrityError:
            if not why:
                raise
            again = True  # another keeps the same misfit at this moment
    return Settled(line.instruction, line.serial, state, why, again)


def _digest(line: ReturnLine) -> str:
    told = {"outcome": line.outcome, "fen": line.fen, "paid_on": line.paid_on.isoformat()}
    return sm3(canonical(told).encode()).hex()
