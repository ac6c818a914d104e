"""What changes a loan while it runs: prepayment, another rate, extension, restructuring with interest made principal.

The rows before the change stay as they are, byte for byte. A change that moves money settles the interest to its day in
a row of its own (number 0); one that does not goes on from the first day of the interest period that it falls into.
Changes come in the order of their days: none before the last one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.days import plus_months
from kerong.engine.deal.terms.loans import MOST_FEN, Cash, Terms
from kerong.engine.deal.terms.rates import Fixed, Floating, Rate, Stepped
from kerong.engine.deal.terms.refusals import TermsRefused, amount, day, one_of
from kerong.engine.deal.terms.schedule import Row, Schedule, half_up, interest_fen, run_to, schedule
from kerong.rulebook.said import Text

WHOLE_BP = 10_000
KEEPS: Mapping[str, Text] = MappingProxyType(
    {
        "term": Text("期限不变、减少每期金额", "the term; instalments fall"),
        "instalment": Text("每期金额不变、缩短期限", "the instalment; the term falls"),
    }
)


def latest_extension(start: date, maturity: date) -> date:
    """The last maturity that an extension may reach, all extensions together.

    贷款通则（中国人民银行令1996年第2号）第十二条: of a loan of at most a year as long again, of at most five years half
    as long again, of a longer one three years. Half of an odd number of days is rounded down.
    """
    days = (maturity - start).days
    if maturity <= plus_months(start, 12):
        return maturity + timedelta(days=days)
    return maturity + timedelta(days=days // 2) if maturity <= plus_months(start, 60) else plus_months(maturity, 36)


def prepaid(
    before: Schedule,
    on: date,
    fen: int,
    keeps: str = "term",
    fee_bp: int = 0,
    working: WorkingDays | None = None,
    hold: bool = False,
) -> Schedule:
    """`fen` of principal repaid early on `on`, with the interest of the whole balance to that day and a fee on `fen`.

    `keeps` "term": the instalments are worked out anew to the same maturity. "instalment": they stay, and the loan ends
    earlier. What repays all leaves no rows after it. A plan loses its last repayments ("instalment") or of each the
    same share ("term"). A prepayment on a day of payment comes after that payment.
    """
    one_of("keeps", keeps, KEEPS)
    amount("prepaid", fen, 1, MOST_FEN)
    amount("fee", fee_bp, 0, WHOLE_BP)
    kept, settled = _settled(before, on)
    if fen > settled.closing_fen:
        raise TermsRefused("prepaid", fen=fen, outstanding=settled.closing_fen)
    left = settled.closing_fen - fen
    settled = replace(settled, principal_fen=fen, closing_fen=left, fee_fen=half_up(fen * fee_bp, WHOLE_BP))
    instalment = before.terms.instalment_fen
    if before.terms.method in ("annuity", "equal_principal"):
        instalment = settled.instalment_fen if keeps == "instalment" else None
    plan = _shortened(before.terms, on, left, keeps)
    return _continued(before, (*kept, settled), on, left, working, hold, instalment_fen=instalment, plan=plan)


def repriced(
    before: Schedule, on: date, rate: Fixed | Floating, working: WorkingDays | None = None, hold: bool = False
) -> Schedule:
    """Another rate from `on` on: interest is split on that day, an annuity is worked out anew from the next period."""
    _within(before, on)
    terms = replace(before.terms, rate=_from(before.terms, on, rate))
    return _joined(before.rows[: before.earlier], terms, working, hold)


def extended(
    before: Schedule, on: date, maturity: date, latest: date, working: WorkingDays | None = None, hold: bool = False
) -> Schedule:
    """A later maturity, agreed on `on`, before the old one; later than `latest` is refused as "extension".

    `latest`: the last day that the law allows (`latest_extension`). Instalments are worked out anew from the period in
    which it is agreed; a plan repays on the new maturity what it had for the old one.
    """
    old = before.terms.maturity
    if day("maturity", maturity) <= old:
        raise TermsRefused("order", later_name="new maturity", later=maturity, earlier_name="maturity", earlier=old)
    if maturity > latest:
        raise TermsRefused("extension", maturity=maturity, latest=latest)
    plan = tuple(replace(cash, on=maturity) if cash.on == old else cash for cash in before.terms.plan)
    return _from_period(before, on, working, hold, maturity=maturity, plan=plan)


def restructured(
    before: Schedule,
    on: date,
    added_fen: int = 0,
    capitalises: bool = False,
    working: WorkingDays | None = None,
    hold: bool = False,
    **changed: Any,
) -> Schedule:
    """New terms from `on`: `changed` as the fields of Terms (maturity, rate, method, count, dues, plan, instalment).

    Interest is settled to the day. With `capitalises` it is not paid: it is due on the day and drawn anew, and so is
    `added_fen` (overdue amounts that become principal). The principal of all rows is then what was drawn and added.
    """
    amount("added", added_fen, 0, MOST_FEN)
    kept, settled = _settled(before, on)
    added = added_fen + (settled.interest_fen if capitalises else 0)
    drawn = (*settled.drawn, Cash(on, added)) if added else settled.drawn
    settled = replace(settled, drawn=drawn, closing_fen=settled.closing_fen + added)
    changed = {"plan": (), "instalment_fen": None} | changed
    if "rate" in changed:
        changed["rate"] = _from(before.terms, on, changed["rate"])
    return _continued(before, (*kept, settled), on, settled.closing_fen, working, hold, **changed)


def _within(before: Schedule, on: date) -> None:
    """Refuses a day before the last change or after the last row."""
    end = before.rows[-1].end
    begin = before.rows[before.earlier].begin if before.earlier < len(before.rows) else end
    if not begin <= day("change", on) < end:
        raise TermsRefused("change_outside", on=on, begin=begin, end=end)


def _settled(before: Schedule, on: date) -> tuple[tuple[Row, ...], Row]:
    """The rows that end by `on`, and the row that settles the interest from there to `on`."""
    _within(before, on)
    if any(cash.on >= on and cash.on > before.terms.start for cash in before.terms.drawdowns):
        raise TermsRefused("undrawn", on=on)
    kept = tuple(row for row in before.rows if row.end <= on)
    next_row = before.rows[len(kept)]
    paying = next(row for row in before.rows[len(kept) :] if row.stretches or row.period == row.end)
    run = run_to(paying.stretches, paying.period, on)
    drawn = tuple(cash for cash in next_row.drawn if cash.on <= on)
    settled = Row(
        number=0,
        period=paying.period,
        begin=next_row.begin,
        end=on,
        due=on,
        opening_fen=next_row.opening_fen,
        drawn=drawn,
        principal_fen=0,
        interest_fen=interest_fen(run),
        closing_fen=next_row.opening_fen + sum(cash.fen for cash in drawn),
        stretches=run,
        instalment_fen=next_row.instalment_fen,
        is_held=next_row.is_held,
    )
    return kept, settled


def _shortened(terms: Terms, on: date, left: int, keeps: str) -> tuple[Cash, ...]:
    """What a plan still repays after `on`, in all `left`."""
    rest = sorted((cash for cash in terms.plan if cash.on > on), key=lambda cash: cash.on)
    if keeps == "term":
        whole = sum(cash.fen for cash in rest)
        shares = [Cash(cash.on, cash.fen * left // whole) for cash in rest]
        if shares:
            shares[-1] = Cash(shares[-1].on, left - sum(cash.fen for cash in shares[:-1]))
    else:
        shares = []
        for cash in rest:
            shares.append(Cash(cash.on, min(cash.fen, left - sum(share.fen for share in shares))))
    return tuple(share for share in shares if share.fen)


def _from(terms: Terms, on: date, rate: Fixed | Floating) -> Stepped:
    """The rate of the terms up to `on`, and another from there."""
    parts = terms.rate.parts if isinstance(terms.rate, Stepped) else ((terms.start, terms.rate),)
    return Stepped((*((begin, part) for begin, part in parts if begin < on), (on, rate)))


def _continued(
    before: Schedule,
    rows: tuple[Row, ...],
    start: date,
    fen: int,
    working: WorkingDays | None,
    hold: bool,
    **changed: Any,
) -> Schedule:
    """The rows, and after them the schedule of `fen` from `start` on the terms as they were but for `changed`."""
    old = before.terms
    rule = replace(
        old.dues, day=old.dues.day or old.start.day, month=old.dues.month or old.start.month, least_first_days=0
    )
    rate: Rate = old.rate if isinstance(old.rate, Stepped) else Stepped(((old.start, old.rate),))
    later = tuple(cash for cash in old.drawdowns if cash.on >= start > old.start)
    if not fen and not later:
        return Schedule(old, rows, len(rows))
    first = (Cash(start, fen),) if fen else ()
    fields: dict[str, Any] = {"drawdowns": (*first, *later), "dues": rule, "rate": rate} | changed
    terms = replace(old, **fields)
    return _joined(rows, terms, working, hold)


def _joined(rows: tuple[Row, ...], terms: Terms, working: WorkingDays | None, hold: bool) -> Schedule:
    """The rows, and after them those of the terms, numbered on."""
    number = max((row.number for row in rows), default=0)
    after = [replace(row, number=row.number + number) for row in schedule(terms, working, hold).rows]
    carried = Cash(terms.start, rows[-1].closing_fen) if rows else None
    if carried is not None and carried.fen:  # what is outstanding is no drawdown
        drawn = list(after[0].drawn)
        drawn.remove(carried)
        after[0] = replace(after[0], opening_fen=carried.fen, drawn=tuple(drawn))
    return Schedule(terms, (*rows, *after), len(rows))


def _from_period(before: Schedule, on: date, working: WorkingDays | None, hold: bool, **changed: Any) -> Schedule:
    """Goes on from the first day of the interest period that `on` falls into, as if it were drawn then."""
    _within(before, on)
    period = next(row for row in before.rows[before.earlier :] if row.end > on).period
    kept = tuple(row for row in before.rows if row.end <= period)
    if len(kept) <= before.earlier:
        return _joined(kept, replace(before.terms, **changed), working, hold)
    plan = tuple(cash for cash in changed.get("plan", before.terms.plan) if cash.on > period)
    return _continued(before, kept, period, kept[-1].closing_fen, working, hold, **(changed | {"plan": plan}))
