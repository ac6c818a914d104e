"""The money of a case's move: the parts of an amount, and the ledger's transfers for each effect that a move names."""

from collections.abc import Callable, Iterable, Mapping

from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.transfers import Act, Transfer
from kerong.engine.money.split import largest_remainder
from kerong.web.base.models import Budget, Case, CasePart
from kerong.web.base.models import Transfer as Row
from kerong.web.base.selectors.ledger import transfers
from kerong.web.base.services.case_deciding import Deciding
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger import posted


def parts_make(at: Deciding) -> None:
    """Parts the amount among stages, then each stage among the levels that pay, by largest remainder; drops old parts.

    Raises CaseRefused where a level has no budget of the year.
    """
    case, call = at.case, at.case.call
    case.parts.filter(is_dropped=False).update(is_dropped=True)
    levels = dict(call.shares)
    budgets = {level: _budget(case, level, at.today.year) for level in levels}
    stages = {str(number): share for number, (share, _) in enumerate(call.stages, 1)}
    for number, fen in largest_remainder(case.fen, stages).items():
        for level, part in largest_remainder(fen, levels).items():
            if part:
                CasePart.objects.create(
                    case=case,
                    stage=int(number),
                    budget=budgets[level],
                    fen=part,
                    milestone=call.stages[int(number) - 1][1],
                )
    case.budget_year = at.today.year


def effects_done(at: Deciding) -> tuple[str, ...]:
    """Does what the move's effects name, in their order, and posts all transfers in one act; their refs."""
    if not at.move.effects:
        return ()
    work = _Work(at, at.parts())
    for name in at.move.effects:
        EFFECTS[name](work)
    refs = posted(work.transfers, at.actor) if work.transfers else ()
    for part in work.parts:
        part.save()
    at.case.reserved_fen = sum(part.reserved_fen for part in work.parts)
    at.case.paid_fen = sum(part.paid_fen for part in work.parts)
    return refs


class _Work:
    """The parts of a case while a move's effects change them, and the transfers so far."""

    def __init__(self, at: Deciding, parts: list[CasePart]) -> None:
        self.at, self.parts = at, parts
        self.transfers: list[Transfer] = []
        held = {part.reservation_id: part.pk for part in parts if part.reservation_id is not None}
        self.open = {held[one.ref]: one for one in transfers(Row.objects.filter(ref__in=held))}

    def act(self, part: CasePart) -> Act:
        """The act of this move on one part: the same move always gives the same refs."""
        case = self.at.case
        return Act(
            key=f"case {case.pk} {self.at.version} {part.pk}",
            on=self.at.on,
            about=f"case:{case.pk}",
            rule=case.rule,
            rule_version=case.rulebook.digest,
            evidence=case.evidence[:200],
        )

    def add(self, transfers: Iterable[Transfer]) -> Transfer:
        """Takes the transfers up; the last of them."""
        self.transfers += transfers
        return self.transfers[-1]


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


def _reserve(work: _Work) -> None:
    for part in work.parts:
        left = part.fen - part.paid_fen
        if part.pk not in work.open and left:
            made = movements.reserve_grant(work.act(part), book_of(part.budget), work.at.case.payee, left)
            work.open[part.pk] = work.add(made)
            part.reservation_id, part.reserved_fen = made[0].ref, left


def _release(work: _Work) -> None:
    for part in work.parts:
        if part.pk in work.open:
            work.add(movements.release_grant(work.act(part), work.open.pop(part.pk)))
            part.reservation_id, part.reserved_fen = None, 0


def _carry(work: _Work) -> None:
    """What was just set free goes into the next year's budget of the same level."""
    case = work.at.case
    for part in work.parts:
        left = part.fen - part.paid_fen
        if left:
            new = _budget(case, part.budget.level, case.budget_year + 1)
            work.add(movements.carry_over(work.act(part), book_of(part.budget), book_of(new), left))
            part.budget = new
    case.budget_year += 1


def _pay(work: _Work) -> None:
    paid = work.at.paid
    if paid is None:
        raise CaseRefused("case.refused.instruction")
    for part in work.parts:
        if part.pk == paid.instruction.part_id:
            work.add(movements.pay_grant(work.act(part), work.open.pop(part.pk), paid.fen))
            part.reservation_id, part.reserved_fen = None, 0
            part.paid_fen += paid.fen


def _claw_back(work: _Work) -> None:
    """What comes back goes where it came from, in proportion; of a past year to the treasury."""
    fen = work.at.wish.fen or 0
    net = {str(part.pk): part.paid_fen - part.returned_fen for part in work.parts}
    shares = largest_remainder(fen, net, sum(net.values()))
    for part in work.parts:
        back = shares[str(part.pk)]
        if back:
            is_past = part.budget.year < work.at.on.year
            builder = movements.return_to_treasury if is_past else movements.claw_back
            work.add(builder(work.act(part), book_of(part.budget), work.at.case.payee, back))
            part.returned_fen += back
    work.at.case.returned_fen += fen


EFFECTS: Mapping[str, Callable[[_Work], None]] = {
    "reserve_grant": _reserve,
    "release_grant": _release,
    "carry_over": _carry,
    "pay_grant": _pay,
    "claw_back": _claw_back,
}
