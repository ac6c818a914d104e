"""Subsidies under way in a demo: budgets, calls, and cases brought by the services to where somebody has to act."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays
from kerong.engine.deal.subsidy import Payee, Stage, Terms
from kerong.rulebook.outcomes import MET
from kerong.web.base.models import Call, Case, Instruction, Role, User
from kerong.web.base.selectors.cases import awards_without_case
from kerong.web.base.selectors.payment_file import yuan_cell
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.budget_change import budget_change_decide, budget_change_propose
from kerong.web.base.services.call import budget_open, call_open
from kerong.web.base.services.case import Wish, case_move, case_open_from_award
from kerong.web.base.services.case_award import names_of
from kerong.web.base.services.case_payment import payment_file_send, return_file_settle
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger_refusals import LedgerRefused
from kerong.web.base.services.sealing import books_seal

PROGRAMME, SHARES = "technology", {"city": 7_000, "county": 3_000}
HANDS = ("official", "official_2", "official_3")  # who reviews, who approves, who releases money
SINCE = timedelta(days=40)  # how long ago the older cases began
CALLS = 4
# in this order: a payment file takes along whatever is instructed by then
WAYS = ("paid", "instructed", "noticed", "reserved", "verified", "accepted", "returned", "cleared", "applied")
STEPS = (
    ("accept", "accepted", 0),
    ("verify", "verified", 0),
    ("reserve", "reserved", 0),
    ("approve", "approved", 1),
    ("notice", "noticed", 0),
    ("clear", "cleared", 0),
    ("instruct", "instructed", 2),
)
OLD = ("paid", "instructed", "cleared")
LEFT_OUT = (CaseRefused, LedgerRefused, CalendarEnds)
Key = tuple[str, str]  # firm and row


@dataclass(frozen=True, slots=True)
class _Demo:
    published: Published
    today: date
    days: WorkingDays
    officials: Sequence[User]
    own: User | None


def demo_cases_make(published: Published, *, today: date, days: WorkingDays) -> int:
    """Opens the year's budgets and calls and brings cases on their way; how many there are. Nothing where calls stand.

    Raises PermissionDenied unless the settings say demo. What the run or the calendars do not carry is left out.
    """
    if not settings.DEMO:
        raise PermissionDenied("demo cases are made only where KERONG_DEMO is set")
    region = published.rulebook.region.name
    officials = [User.objects.filter(username=name, role=Role.OFFICIAL).first() for name in HANDS]
    found = [one for one in officials if one is not None]
    if len(found) < len(HANDS) or Call.objects.filter(region=region).exists():
        return Case.objects.filter(region=region).count()
    demo = _Demo(
        published, today, days, found, User.objects.filter(username="enterprise", role=Role.ENTERPRISE).first()
    )
    with suppress(*LEFT_OUT):  # a region without calendars: the pages are empty, and say so
        _opened(demo)
    books_seal(now=timezone.now())
    return Case.objects.filter(region=region).count()


def _opened(demo: _Demo) -> None:
    demo.days.after(demo.today, 1)  # refused where no calendar knows the day
    rules = _rules(demo)
    if not rules:
        return
    lead, region = demo.officials[0], demo.published.rulebook.region
    most = sum(fen for _, fen in rules) // 1_000_000 * 1_200_000 + 100_000_000
    for level, share in SHARES.items():
        budget = budget_open(lead, region.name, PROGRAMME, level, demo.today.year, region.currency)
        given = most * share // 10_000
        told = budget_change_propose(lead, f"demo {level}", budget, "appropriate", given, "demo")
        budget_change_decide(demo.officials[1], budget, told.pk, True, today=demo.today.replace(month=1, day=1))
    for number, (rule, _) in enumerate(rules):
        call = call_open(
            lead, demo.published.rulebook, rule, PROGRAMME, demo.today.year, _terms(demo, number), number == 1
        )
        _cases(demo, call, number)


def _rules(demo: _Demo) -> list[tuple[str, int]]:
    """The policies to open calls for, with what the run awards by each: those of the demo's own firm first."""
    book = demo.published.rulebook
    pays = [rule.name for rule in book.rules.values() if rule.is_policy and rule.amount is not None]
    awarded = demo.published.table("verdicts").filter(
        pl.col("outcome") == MET, pl.col("awarded_fen") > 0, pl.col("payee_kind").cast(pl.String) == "enterprise"
    )
    own = pl.col("enterprise_id") == (demo.own.enterprise_id if demo.own else "")
    told = awarded.select(pl.col("rule").cast(pl.String), "enterprise_id", "awarded_fen").group_by("rule")
    sums = told.agg(own.sum().alias("own"), pl.col("awarded_fen").sum().alias("fen"), pl.len().alias("count"))
    kept = sums.filter(pl.col("rule").is_in(pays)).with_columns(pl.col("own") > 0).collect()
    ordered = kept.sort(["own", "count", "rule"], descending=[True, True, False])
    found = [(rule, fen) for rule, fen in ordered.select("rule", "fen").head(CALLS).iter_rows()]
    is_only_one = ordered["own"].head(CALLS).sum() == 1
    return [found[1], found[0], *found[2:]] if is_only_one and len(found) > 1 else found  # then it is proposed to it


def _terms(demo: _Demo, number: int) -> Terms:
    """The third call is paid in two stages, the fourth asks for experts."""
    year = demo.today.year
    stages = (Stage(6_000), Stage(4_000, "项目中期验收")) if number == 2 else (Stage(10_000),)
    experts = {"experts": 2, "pass_mark": 60} if number == 3 else {}
    return Terms(date(year, 1, 1), date(year, 12, 31), SHARES, stages, **experts)


def _cases(demo: _Demo, call: Call, number: int) -> None:
    """The first call: others' cases in many states. The second: proposals. The last two: the demo firm's own cases."""
    awards = awards_without_case(demo.published, call)
    own = pl.col("enterprise_id") == (demo.own.enterprise_id if demo.own else "")
    others = awards.filter(~own).unique("enterprise_id", keep="first", maintain_order=True)
    for (firm, row), way in _chosen(_keys(awards.filter(own).head(1)), _keys(others), number):
        with suppress(*LEFT_OUT):  # what a limit refuses stays where it was
            _brought(demo, call, firm, row, way)


def _chosen(own: list[Key], others: list[Key], number: int) -> list[tuple[Key, str]]:
    if number == 0:
        return list(zip(others, WAYS, strict=False))
    mine, theirs, count = {1: ("proposed", "proposed", 3), 2: ("noticed", "verified", 2)}.get(
        number, ("returned", "accepted", 2)
    )
    return [*((key, mine) for key in own), *((key, theirs) for key in others[:count])]


def _keys(awards: pl.DataFrame) -> list[Key]:
    return [(firm, row or "") for firm, row in awards.select("enterprise_id", "row_key").iter_rows()]


def _brought(demo: _Demo, call: Call, firm: str, row: str, way: str) -> None:
    """A case of the firm, brought along the steps until it stands where it should."""
    at = demo.published
    if way == "proposed":
        case_open_from_award(demo.officials[0], at, at.run_id, call.rule, firm, row, today=demo.today, days=demo.days)
        return
    begun = max(date(demo.today.year, 1, 1), demo.today - SINCE) if way in OLD else demo.today
    applicant = applicant_of(firm)
    payee = Payee(names_of(at, firm)[0], "示范银行", f"6222{int.from_bytes(firm.encode()) % 10**12:012d}")
    case = case_open_from_award(
        applicant, at, at.run_id, call.rule, firm, row, today=begun, days=demo.days, payee=payee
    )
    if way == "returned":
        _moved(demo, case, "return", 0, begun, "请补充上年度审计报告。")
        return
    for name, end, hand in STEPS:
        if case.state == ("instructed" if way == "paid" else way):
            break
        case = _moved(demo, case, name, hand, demo.today if name in ("clear", "instruct") else begun)
        if case.state != end:
            return
    if way == "paid":
        _paid(demo, case)


def _moved(demo: _Demo, case: Case, name: str, hand: int, on: date, note: str = "") -> Case:
    wish = Wish(name, case.version, note=note, fen=case.fen, stage=1 if name == "instruct" else None)
    moved = case_move(demo.officials[hand], case.region, case.pk, wish, today=on, days=demo.days)
    return moved or case


def _paid(demo: _Demo, case: Case) -> None:
    """The files of the case's instructions go out, and the bank says that all is paid."""
    releases, on = demo.officials[2], demo.today
    for part in case.parts.filter(is_dropped=False).select_related("budget"):
        file = payment_file_send(releases, part.budget, today=on, days=demo.days)
        held = Instruction.objects.filter(file=file).order_by("id")
        rows = [f"{one.number},D{one.pk},支付成功,{yuan_cell(one.fen)},{on}" for one in held]
        total = f"合计,{len(rows)},,{yuan_cell(sum(one.fen for one in held))},"
        told = "\n".join(["指令号,流水号,结果,金额,日期", *rows, total])
        return_file_settle(releases, case.region, told.encode(), today=on, days=demo.days)


def applicant_of(firm: str) -> User:
    """Somebody of the firm; one made here cannot log in."""
    there = User.objects.filter(role=Role.ENTERPRISE, enterprise_id=firm).first()
    if there is not None:
        return there
    return User.objects.create_user(username=f"firm-{firm}"[:150], role=Role.ENTERPRISE, enterprise_id=firm)
