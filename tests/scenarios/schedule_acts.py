"""Verbs of loans over time: what is due and when, what changes it, what is overdue."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kerong.engine.deal.calendar import working_days
from kerong.engine.deal.terms import (
    GRADES,
    BaseRate,
    Cash,
    DueRule,
    Fixed,
    Floating,
    Overdue,
    Schedule,
    Terms,
    TermsRefused,
    account,
    accrued_fen,
    extended,
    graded,
    latest_extension,
    prepaid,
    repriced,
    restructured,
    schedule,
)
from kerong.engine.deal.terms.schedule import Row
from tests.scenarios.money_words import fen_of
from tests.scenarios.world import World, told_wrong

COUNTS = {
    "实际/360": "act_360",
    "实际/365": "act_365",
    "实际/实际": "act_act",
    "30/360": "30_360",
    "对年对月对日": "months_360",
}
METHODS = {
    "等额本息": "annuity",
    "等额本金": "equal_principal",
    "按期付息": "interest_only",
    "利随本清": "bullet",
    "自定计划": "custom",
}
MOVES = {"不调整": "none", "顺延": "following", "顺延不跨月": "modified_following"}
KEEPS = {"期限": "term", "每期金额": "instalment"}
WHOLE = {"%": 10_000, "个基点": 100}


def ppm_of(words: str) -> int:
    """A rate in millionths: 3.45%, 30个基点."""
    found = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?)(%|个基点)", words)
    if found is None:
        raise ValueError(f"{words} is no rate: 3.45%, 30个基点")
    exact = Fraction(found[1]) * WHOLE[found[2]]
    if exact.denominator != 1:
        raise ValueError(f"{words} is no whole number of millionths")
    return int(exact)


def drawn(world: World, said: Mapping[str, Any]) -> list[str]:
    """A loan is drawn: `then` tells its schedule."""
    working = working_days(world.book.calendars)

    def make() -> Schedule:
        plan = tuple(Cash(one["on"], fen_of(one["amount"])) for one in said.get("plan", ()))
        draws = said.get("draws") or [{"on": said["on"], "amount": said["amount"]}]
        terms = Terms(
            drawdowns=tuple(Cash(one["on"], fen_of(one["amount"])) for one in draws),
            maturity=said["maturity"],
            rate=_rate(world, said),
            count=COUNTS[said["count"]],
            method=METHODS[said["method"]],
            dues=_dues(said.get("dues", {})),
            plan=plan,
            instalment_fen=fen_of(said["instalment"]) if "instalment" in said else None,
        )
        return schedule(terms, working, hold=said.get("hold", False))

    return _made(world, said, make)


def changed(world: World, said: Mapping[str, Any]) -> list[str]:
    """What was agreed is changed: `then` tells the schedule as it stands after."""
    before, on = world.kept["schedule"], said["on"]
    first = world.kept["first"]
    makes: Mapping[str, Callable[[], Schedule]] = {
        "提前还款": lambda: prepaid(
            before, on, fen_of(said["amount"]), KEEPS[said["keeps"]], ppm_of(said.get("fee", "0%")) // 100
        ),
        "调整利率": lambda: repriced(before, on, _rate(world, said)),
        "展期": lambda: extended(before, on, said["maturity"], latest_extension(first.start, first.maturity)),
        "重组": lambda: restructured(
            before,
            on,
            capitalises=said.get("capitalises", False),
            maturity=said["maturity"],
            rate=_rate(world, said),
        ),
    }
    return _made(world, said, makes[said["do"]])


def received(world: World, said: Mapping[str, Any]) -> list[str]:
    """Money comes in from the borrower."""
    world.kept.setdefault("receipts", []).append(Cash(said["on"], fen_of(said["amount"])))
    return []


def stands(world: World, said: Mapping[str, Any]) -> list[str]:
    """The account at the close of a day: what is overdue, what it costs, in which class the loan is."""
    rules = Overdue(**said.get("rules", {}))
    held = account(world.kept["schedule"], world.kept.get("receipts", []), said["on"], rules, hold=True)
    has = {
        "principal": held.principal_fen,
        "interest": held.interest_fen,
        "penalty": held.penalty_fen,
        "compound": held.compound_fen,
        "fee": held.fee_fen,
        "surplus": held.surplus_fen,
        "outstanding": held.outstanding_fen,
        "days": held.days_past_due,
        "class": GRADES[graded(held.days_past_due, said.get("restructured", False))].zh,
    }
    return told_wrong(said["then"], has)


def accrues(world: World, said: Mapping[str, Any]) -> list[str]:
    """What accrues from the beginning of one day to that of another."""
    return told_wrong(said["then"], {"interest": accrued_fen(world.kept["schedule"], said["since"], said["on"])})


def _rate(world: World, said: Mapping[str, Any]) -> Fixed | Floating:
    if "rate" in said:
        return Fixed(ppm_of(said["rate"]))
    base = world.given["base"]
    steps = tuple((one["on"], ppm_of(one["rate"])) for one in base["steps"])
    spread = ppm_of(said["spread"]) // 100
    return Floating(
        BaseRate(base["name"], steps, base["through"]), spread, said["reset_months"], said.get("reset_from")
    )


def _dues(said: Mapping[str, Any]) -> DueRule:
    fields = {name: value for name, value in said.items() if name != "adjust"}
    return DueRule(adjust=MOVES[said.get("adjust", "不调整")], **{"every_months": 1} | fields)


def _made(world: World, said: Mapping[str, Any], make: Callable[[], Schedule]) -> list[str]:
    expect = dict(said.get("then", {}))
    wanted = expect.pop("refused", "")
    try:
        made = make()
    except TermsRefused as refused:
        return [] if refused.kind == wanted else [f"refused as {refused.kind!r}, expected {wanted!r}"]
    if wanted:
        return [f"not refused, expected {wanted!r}"]
    world.kept["schedule"] = made
    world.kept.setdefault("first", made.terms)
    return _wrong(expect, made)


def _wrong(expect: dict[str, Any], made: Schedule) -> list[str]:
    rows = {str(row.number): row for row in made.rows}
    found = []
    for number, told in expect.pop("rows", {}).items():
        row = rows.get("0" if number == "settled" else number)
        found += [f"row {number}: {line}" for line in (told_wrong(told, _told(row)) if row else ["there is none"])]
    whole = {
        "periods": max(row.number for row in made.rows),
        "interest": made.interest_fen,
        "principal": made.principal_fen,
        "instalment": made.rows[-1].instalment_fen,
        "maturity": made.rows[-1].due,
    }
    return found + told_wrong(expect, whole)


def _told(row: Row) -> dict[str, int | date]:
    return {
        "due": row.due,
        "principal": row.principal_fen,
        "interest": row.interest_fen,
        "fee": row.fee_fen,
        "total": row.total_fen,
        "left": row.closing_fen,
        "days": (row.end - row.period).days,
    }


ACTS = {
    "放款": drawn,
    "提前还款": changed,
    "调整利率": changed,
    "展期": changed,
    "重组": changed,
    "到账": received,
    "对账": stands,
    "计提": accrues,
}
