"""The money of a case's move: the parts of an amount, and the ledger's transfers for each effect that a move names."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from kerong.engine.deal.settled import Head, Part, Said, Unfounded, ordered, parts_of
from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.ordered import transfers_made
from kerong.engine.money.split import largest_remainder
from kerong.web.base.models import Budget, Case, CasePart
from kerong.web.base.models import Transfer as Row
from kerong.web.base.selectors.ledger import transfers
from kerong.web.base.services.case_deciding import Deciding
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger import posted

EVIDENCE_TOLD = 200  # characters of it that a transfer carries


def parts_make(at: Deciding) -> None:
    """Parts the amount among stages, then each stage among the levels that pay, by largest remainder; drops old parts.

    Raises CaseRefused where a level has no budget of the year.
    """
    case, call = at.case, at.case.call
    case.parts.filter(is_dropped=False).update(is_dropped=True)
    levels = dict(call.shares)
    budgets = {level: _budget(case, level, at.today.year) for level in levels}
    shares = [share for share, _ in call.stages]
    for number, level, fen in parts_of(case.fen, levels, shares, largest_remainder):
        milestone = call.stages[number - 1][1]
        CasePart.objects.create(case=case, stage=number, budget=budgets[level], fen=fen, milestone=milestone)
    case.budget_year = at.today.year


def effects_done(at: Deciding) -> tuple[str, ...]:
    """Does what the move's effects name, in their order, and posts all transfers in one act; their refs.

    Raises CaseRefused where the case does not have the money, or a level has no budget of the year.
    """
    said = _said(at)
    if not at.move.effects:
        return ()
    rows = {row.pk: row for row in at.parts()}
    before = _paid_by_year(at.case) if "claw_back" in at.move.effects else {}
    parts = [part_of(row, before.get(number, ())) for number, row in rows.items()]
    try:
        after, orders = ordered(at.move.effects, head_of(at.case), parts, said, largest_remainder)
    except Unfounded as unfounded:
        raise CaseRefused("case.refused.instruction") from unfounded
    budgets = _Budgets(at.case, rows.values())
    reserved = {row.reservation_id: number for number, row in rows.items() if row.reservation_id is not None}
    held = {reserved[one.ref]: one for one in transfers(Row.objects.filter(ref__in=reserved))}
    made = transfers_made(orders, budgets.book, held)
    refs = posted(made, at.actor) if made else ()
    for part in after:
        row, open_one = rows[part.number], held.get(part.number)
        row.reservation_id = None if open_one is None else open_one.ref
        row.reserved_fen, row.paid_fen, row.returned_fen = part.reserved, part.paid, part.returned
        row.budget = budgets.of(part.level, part.year)
        row.save()
    if "carry_over" in at.move.effects:
        at.case.budget_year += 1
    at.case.reserved_fen = sum(part.reserved for part in after)
    at.case.paid_fen = sum(part.paid for part in after)
    at.case.returned_fen = sum(part.returned for part in after)
    return refs


def head_of(case: Case) -> Head:
    """What the ledger is told of a case; its purse is the region's programme."""
    purse = purse_of(case.region, case.call.programme)
    return Head(case.pk, purse, case.payee, case.rule, case.rulebook.digest, case.evidence[:EVIDENCE_TOLD])


def purse_of(region: str, programme: str) -> str:
    """Whose budgets pay: those of one region and programme."""
    return f"{region}|{programme}"


def part_of(row: CasePart, paid_by_year: Iterable[tuple[int, int]] = ()) -> Part:
    """A stored part as the engine has it; (year, fen) of what was paid on which year's budget, where that is needed."""
    sums = (row.reserved_fen, row.paid_fen, row.returned_fen)
    before = tuple((year, fen) for year, fen in paid_by_year if year < row.budget.year)
    return Part(row.pk, row.stage, row.budget.level, row.budget.year, row.fen, *sums, paid_before=before)


def _paid_by_year(case: Case) -> dict[int, tuple[tuple[int, int], ...]]:
    """By part what was paid of it in which year, as the case's history has it: a year pays from its own budget."""
    found: dict[int, Counter[int]] = {}
    for detail, fen in case.moves.order_by("version").values_list("detail", "fen"):
        if detail.get("paid_on") and fen:
            found.setdefault(detail["part"], Counter())[date.fromisoformat(detail["paid_on"]).year] += fen
    return {part: tuple(sorted(years.items())) for part, years in found.items()}


def _said(at: Deciding) -> Said:
    """What the move says of money; it is kept with the move, so that a replay has it too."""
    if at.paid is not None:
        at.detail["part"], at.detail["paid_on"] = at.paid.instruction.part_id, at.paid.on.isoformat()
        if at.paid.late:
            at.detail["late"] = at.paid.late
        return Said(at.version, at.on, at.paid.fen, at.paid.instruction.part_id, at.paid.late)
    if "claw_back" in at.move.effects:
        at.detail["fen"] = at.wish.fen
    return Said(at.version, at.on, at.wish.fen or 0)


class _Budgets:
    """The budgets of a case's programme, by level and year, each looked up once."""

    def __init__(self, case: Case, rows: Iterable[CasePart]) -> None:
        self.case = case
        self.known = {(row.budget.level, row.budget.year): row.budget for row in rows}

    def of(self, level: str, year: int) -> Budget:
        """Raises CaseRefused where there is none."""
        if (level, year) not in self.known:
            self.known[level, year] = _budget(self.case, level, year)
        return self.known[level, year]

    def book(self, purse: str, level: str, year: int) -> Book:
        """The book of one; the purse is the case's own."""
        return book_of(self.of(level, year))


def book_of(budget: Budget) -> Book:
    """The budget's book as the engine holds it."""
    return Book(budget.book.code, budget.book.kind, budget.book.currency)


def _budget(case: Case, level: str, year: int) -> Budget:
    found = Budget.objects.select_related("book").filter(
        region=case.region, programme=case.call.programme, level=level, year=year
    )
    budget = found.first()
    if budget is None:
        raise CaseRefused("case.refused.budget", level=level, year=year)
    return budget
