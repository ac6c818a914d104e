"""Cases and their moves as `flow.settle` takes them, and the stored ledger beside."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kerong.engine.deal.calendar import working_days
from kerong.engine.deal.settled import History, Made, Part, Standing
from kerong.engine.deal.settled_deals import DealHistory, DealMade, DealStanding
from kerong.engine.money.ledger import Transfer, is_of_deal
from kerong.engine.money.pool import Happened, PoolHistory, State, event_of
from kerong.settlement import Deals
from kerong.web.base import models
from kerong.web.base.selectors import ledger
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_money import book_of, head_of, part_of, purse_of
from kerong.web.base.services.deal import MONEY
from kerong.web.base.services.pool_events import state_of

Written = tuple[str, Transfer]  # when (ISO, UTC), and what


def stored_transfers() -> tuple[list[Written], list[Written]]:
    """All transfers in the order in which they took effect: (those that a move must found, all others)."""
    founded: list[Written] = []
    given: list[Written] = []
    rows = models.Transfer.objects.order_by("id").values_list(*ledger.COLUMNS, "at")
    for *values, at in rows.iterator(ledger.CHUNK):
        transfer = Transfer(*values)
        (founded if is_of_deal(transfer) else given).append((ledger.moment(at), transfer))
    return founded, given


def deals(given: list[Written]) -> Deals:
    """Every case, deal and pool of every region with its history; `given` as `stored_transfers` tells it."""
    budgets = models.Budget.objects.select_related("book")
    books = {(purse_of(one.region, one.programme), one.level, one.year): book_of(one) for one in budgets}
    held = set(books.values())
    others = [book for book in ledger.books() if book not in held]
    return Deals(_histories(), books, given, others, _deals(), _pools(), _working_days())


def standings() -> Mapping[int, Standing]:
    """Where every case stands as it is stored, by its id."""
    parts: defaultdict[int, list[Part]] = defaultdict(list)
    for row in models.CasePart.objects.filter(is_dropped=False).select_related("budget").order_by("id"):
        parts[row.case_id].append(part_of(row))
    columns = ("id", "state", "version", "fen")
    return {
        number: Standing(number, state, version, fen, tuple(parts[number]))
        for number, state, version, fen in models.Case.objects.order_by("id").values_list(*columns)
    }


def deal_standings() -> Mapping[int, DealStanding]:
    """Where every deal stands as it is stored, by its id."""
    rows = models.Deal.objects.order_by("id").values_list("id", "state", "version")
    return {number: DealStanding(number, state, version) for number, state, version in rows}


def pool_states() -> Mapping[str, State]:
    """How every pool is stored, by the code of its book."""
    return {one.book.code: state_of(one) for one in models.RiskPool.objects.select_related("book").order_by("id")}


def deal_steps() -> Mapping[str, tuple[int, int]]:
    """By ref of a transfer the deal and the number of the move that it is stored under."""
    columns = ("transfer_id", "move__deal_id", "move__version")
    return {ref: (deal, version) for ref, deal, version in models.DealStep.objects.values_list(*columns)}


def sums() -> Mapping[int, tuple[int, int, int]]:
    """What each case says of its own money: fen reserved, paid, returned."""
    columns = ("id", "reserved_fen", "paid_fen", "returned_fen")
    return {number: (held, paid, back) for number, held, paid, back in models.Case.objects.values_list(*columns)}


def steps() -> Mapping[str, tuple[int, int]]:
    """By ref of a transfer the case and the number of the move that it is stored under."""
    columns = ("transfer_id", "move__case_id", "move__version")
    return {ref: (case, version) for ref, case, version in models.CaseStep.objects.values_list(*columns)}


def _histories() -> list[History]:
    written: dict[int, datetime] = dict(models.CaseStep.objects.values_list("move_id", "transfer__at"))
    moves: defaultdict[int, list[Made]] = defaultdict(list)
    columns = ("id", "case_id", "version", "name", "begin", "end", "on", "fen", "detail", "at")
    rows = models.CaseMove.objects.order_by("case_id", "version").values_list(*columns)
    for number, case, version, name, begin, end, on, fen, detail, at in rows.iterator(ledger.CHUNK):
        # a transfer's own moment orders it among others of its accounts: it was written while they were locked
        kept = (version, name, begin, end, on, fen)
        moves[case].append(_made(kept, detail, ledger.moment(written.get(number, at))))
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for number, case in models.CasePart.objects.order_by("id").values_list("id", "case_id"):
        numbers[case].append(number)
    cases = models.Case.objects.select_related("call", "rulebook").defer("decided_on", "claim", "rulebook__texts")
    return [
        History(
            head_of(case),
            case.kind,
            dict(case.call.shares),
            [share for share, _ in case.call.stages],
            numbers[case.pk],
            moves[case.pk],
        )
        for case in cases.order_by("id")
    ]


def _deals() -> list[DealHistory]:
    written: dict[int, datetime] = dict(models.DealStep.objects.values_list("move_id", "transfer__at"))
    moves: defaultdict[int, list[DealMade]] = defaultdict(list)
    columns = ("id", "deal_id", "version", "name", "begin", "end", "on", "detail", "at")
    rows = models.DealMove.objects.order_by("deal_id", "version").values_list(*columns)
    for number, deal, version, name, begin, end, on, detail, at in rows.iterator(ledger.CHUNK):
        moment = ledger.moment(written.get(number, at))
        moves[deal].append(DealMade(version, name, begin, end, on, detail.get(MONEY, ()), moment))
    kinds = models.Deal.objects.order_by("id").values_list("id", "kind")
    return [DealHistory(deal, kind, moves[deal]) for deal, kind in kinds]


def _pools() -> list[PoolHistory]:
    found = []
    for row in models.RiskPool.objects.select_related("book").order_by("id"):
        columns = ("number", "told", "rulebook__digest", "deal_id", "version")
        events = [
            Happened(number, event_of(told), pinned_rules(digest).pools[row.name], deal, version)
            for number, told, digest, deal, version in row.moves.order_by("number").values_list(*columns)
        ]
        found.append(PoolHistory(row.book.code, events))
    return found


def _working_days() -> tuple[date, ...]:
    """Of the calendar that reaches furthest: a later one only adds days."""
    digests = models.PoolMove.objects.order_by().values_list("rulebook__digest", flat=True).distinct()
    known = [working_days(pinned_rules(digest).calendars).days for digest in sorted(digests)]
    return max(known, key=len, default=())


def _made(kept: tuple[int, str, str, str, date, int], detail: Mapping[str, Any], at: str) -> Made:
    """A move as it was kept; what its detail says of money was written by `case_money`."""
    paid_on = detail.get("paid_on")
    day = date.fromisoformat(paid_on) if paid_on else None
    return Made(*kept, int(detail.get("fen") or 0), detail.get("part"), day, at, str(detail.get("late") or ""))
