"""Deals under way in a demo: loans from the application to a compensated loss, a pool, covers and a stake asked for.

All of it is made by the services, with the hands that must be apart, on the days on which it would have happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays
from kerong.engine.deal.loan import schedule_of
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms import TermsRefused
from kerong.engine.deal.terms.days import plus_months
from kerong.rulebook.pools import PoolEvent
from kerong.web.base.models import Deal, Role, User
from kerong.web.base.selectors.deal_forms import Asking, granted_to
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal import DealWish, Opening, deal_move, deal_open
from kerong.web.base.services.deal_closing import days_close
from kerong.web.base.services.deal_deciding import agreed_of
from kerong.web.base.services.deal_opening import opening_of
from kerong.web.base.services.deal_pool import loan_facts
from kerong.web.base.services.demo_cases import applicant_of
from kerong.web.base.services.institution_book import BookEvent, institution_book_open, institution_money
from kerong.web.base.services.ledger_refusals import LedgerRefused
from kerong.web.base.services.pool import pool_money, pool_open
from kerong.web.base.services.sealing import books_seal

POOL_FEN, BOOK_FEN, MOST_LOAN_FEN = 5_000_000_000, 1_000_000_000, 200_000_000
BAD_LOAN_FEN = 8_000_000  # small beside the others, so that no fuse blows
UNPAID = ("compensated", "claimed", "overdue")
LEFT_OUT = (CaseRefused, LedgerRefused, CalendarEnds, TermsRefused)
HANDS: Mapping[str, tuple[str, ...]] = {
    Role.BANK: ("bank", "bank_2", "bank_3"),
    Role.OFFICIAL: ("official", "official_2"),
    Role.GUARANTOR: ("guarantor",),
    Role.INSURER: ("insurer",),
    Role.FUND: ("fund",),
}
# where a loan is to stand, and how many days ago it was drawn or asked for; the oldest first
LOANS = (
    ("compensated", 150),
    ("claimed", 140),
    ("repaying", 130),
    ("repaying", 100),
    ("overdue", 50),
    ("drawing", 20),
    ("approved", 6),
    ("recommended", 4),
    ("asked", 3),
    ("taken", 2),
    ("applied", 1),
)
STEPS = ("take", "recommend", "approve", "sign")
COVERS = ((Role.GUARANTOR, "guarantee"), (Role.INSURER, "insurance"), (Role.FUND, "equity"))


@dataclass(frozen=True, slots=True)
class _Demo:
    published: Published
    today: date
    days: WorkingDays
    people: Mapping[str, Sequence[User]]

    def move(self, who: User, deal: Deal, name: str, day: date, **wish: object) -> Deal:
        """A move of somebody's on a day, on the deal as it stands then."""
        deal.refresh_from_db()
        told = DealWish(name, deal.version, **wish)  # type: ignore[arg-type]
        moved = deal_move(who, deal.region, deal.pk, told, today=day, days=self.days, published=self.published)
        return moved or deal


def demo_deals_make(published: Published, *, today: date, days: WorkingDays) -> int:
    """Opens pools and books and brings deals on their way; how many there are. Nothing where deals stand.

    Raises PermissionDenied unless the settings say demo. What the run or the calendars do not carry is left out.
    """
    if not settings.DEMO:
        raise PermissionDenied("demo deals are made only where KERONG_DEMO is set")
    region = published.rulebook.region.name
    people = {role: [one for name in names if (one := _person(name, role))] for role, names in HANDS.items()}
    short = [role for role in (Role.BANK, Role.OFFICIAL) if len(people[role]) < len(HANDS[role])]
    if short or Deal.objects.filter(region=region).exists():
        return Deal.objects.filter(region=region).count()
    demo = _Demo(published, today, days, people)
    with suppress(*LEFT_OUT):  # a region without calendars: the pages are empty, and say so
        days.after(today, 1)
        _books(demo)
        _loans(demo)
        _covers(demo)
    books_seal(now=timezone.now())
    return Deal.objects.filter(region=region).count()


def _person(name: str, role: str) -> User | None:
    return User.objects.filter(username=name, role=role).first()


def _books(demo: _Demo) -> None:
    """Pools and books with money in them, opened before the first loan is drawn."""
    office, on = demo.people[Role.OFFICIAL][0], demo.today - timedelta(days=LOANS[0][1] + 1)
    for name in demo.published.rulebook.pools:
        pool = pool_open(office, demo.published, name)
        event = PoolEvent(do="pay_in", on=on, fen=POOL_FEN, party="city")
        pool_money(office, f"demo {name}", demo.published, pool.pk, event)
    for role, _ in COVERS:
        for keeper in demo.people[role][:1]:
            institution_book_open(keeper, demo.published)
            paid = BookEvent("call_capital" if role == Role.FUND else "pay_in", on, BOOK_FEN, "owner")
            institution_money(keeper, "demo", demo.published, paid, today=demo.today)


def _loans(demo: _Demo) -> None:
    """Loans that were drawn come first, by their days: a pool hears of them in order."""
    made: list[tuple[str, Deal]] = []
    for way, ago, (firm, product, fen) in _chosen(demo):
        with suppress(*LEFT_OUT):  # what is refused stays where it was
            on = demo.today - timedelta(days=ago)
            most = BAD_LOAN_FEN if way in UNPAID else MOST_LOAN_FEN
            made.append((way, _loan(demo, firm, product, min(fen, most), way, on)))
    for way, deal in made:
        if way in ("repaying", "drawing"):
            with suppress(*LEFT_OUT):
                _paid(demo, deal)
    days_close(demo.published.rulebook.region.name, demo.today - timedelta(days=1), today=demo.today, days=demo.days)
    for way, deal in made:
        if way in ("claimed", "compensated"):
            with suppress(*LEFT_OUT):
                _claimed(demo, deal, way)


def _chosen(demo: _Demo) -> Iterator[tuple[str, int, tuple[str, str, int]]]:
    """For each way a firm with an offer of the bank's; the demo's own firm is the one that is asked for documents."""
    own = _person("enterprise", Role.ENTERPRISE)
    firm = own.enterprise_id if own is not None else ""
    offers = _offers(demo, demo.people[Role.BANK][0].institution, "loan")
    mine = [one for one in offers if one[0] == firm]
    others = iter([one for one in offers if one[0] != firm])
    for way, ago in LOANS:
        found = mine.pop(0) if way == "asked" and mine else next(others, None)
        if found is not None:
            yield way, ago, found


def _offers(demo: _Demo, institution: str, kind: str) -> list[tuple[str, str, int]]:
    """(firm, product, amount) of what an institution certainly offers, a product for a firm."""
    rules = demo.published.rulebook.rules.values()
    names = [rule.name for rule in rules if rule.provider == institution and rule.kind == kind]
    held = demo.published.offers.filter(
        pl.col("rule").cast(pl.String).is_in(names), pl.col("outcome") == 1, pl.col("amount_fen") > 0
    )
    rows = held.sort("enterprise_id", "rank").unique("enterprise_id", keep="first", maintain_order=True)
    return [tuple(row) for row in rows.select("enterprise_id", pl.col("rule").cast(pl.String), "amount_fen").rows()]


def _loan(demo: _Demo, firm: str, product: str, fen: int, way: str, on: date) -> Deal:
    """A loan of the firm, brought along until it stands where it should; what pays on it comes later."""
    review, approve, release = demo.people[Role.BANK]
    deal = _opened(demo, applicant_of(firm), "loan", product, None, fen, on)
    stops = {"applied": 0, "taken": 1, "asked": 1, "recommended": 2, "approved": 3}
    for name in STEPS[: stops.get(way, len(STEPS))]:
        who = approve if name == "approve" else review
        given: dict[str, object] = {"fen": fen, "terms": _terms(on) if name == "recommend" else None}
        deal = demo.move(who, deal, name, on, contract=f"借{on.year}-{deal.pk:04d}", **given)
    if way == "asked":
        return demo.move(review, deal, "ask", on, note="请补充上年度审计报告。")
    if way in stops:
        return deal
    if way == "drawing":
        return demo.move(release, deal, "draw_part", on, fen=fen // 2)
    deal = demo.move(release, deal, "draw", on, fen=fen)
    return _registered(demo, review, deal, on)


def _registered(demo: _Demo, officer: User, deal: Deal, on: date) -> Deal:
    """In the first pool that takes it; what a pool asks of a loan is answered with yes, or with the first code."""
    for pool in demo.published.rulebook.pools.values():
        one = pool.instruments.get("loan")
        if one is not None:
            facts: dict[str, object] = {name: True for name, given in one.loss.given.items() if given is None}
            facts |= {
                name: type_.codes[0] for name, type_ in loan_facts(demo.published.rulebook, pool).items() if type_.codes
            }
            with suppress(*LEFT_OUT):
                return demo.move(officer, deal, "register", on, pool=pool.name, facts=facts)
    return deal


def _opened(demo: _Demo, who: User, kind: str, product: str, base: int | None, fen: int, on: date) -> Deal:
    move = opening_of(KINDS[kind])
    wish = DealWish(move.name, 0, fen=fen, documents=("财务报表.pdf",))
    asked = Opening(kind, product, base)
    return deal_open(who, demo.published, demo.published.run_id, asked, wish, today=on, days=demo.days)


def _terms(on: date) -> Mapping[str, object]:
    return {
        "maturity": plus_months(on, 12).isoformat(),
        "rate": {"ppm": 34_500},
        "count": "act_360",
        "method": "interest_only",
        "dues": {"every_months": 1},
    }


def _paid(demo: _Demo, deal: Deal) -> None:
    """Whatever falls due until yesterday is paid on its day."""
    officer = demo.people[Role.BANK][0]
    for row in schedule_of(agreed_of(deal, demo.days)).rows:
        if row.due < demo.today and row.total_fen:
            deal = demo.move(officer, deal, "receive", row.due, fen=row.total_fen, on=row.due)


def _claimed(demo: _Demo, deal: Deal, way: str) -> None:
    """The loss is claimed; one is verified, paid by another person, and something of it comes back."""
    bank, (check, pay) = demo.people[Role.BANK][0], demo.people[Role.OFFICIAL]
    deal = demo.move(bank, deal, "claim", demo.today)
    if way != "compensated":
        return
    fen = _granted(demo, check, deal)
    deal = demo.move(check, deal, "verify", demo.today, fen=fen)
    deal = demo.move(pay, deal, "compensate", demo.today, fen=fen)
    demo.move(bank, deal, "recover", demo.today, fen=fen // 10)


def _granted(demo: _Demo, who: User, deal: Deal) -> int:
    move = KINDS[deal.kind].moves[deal.state, "verify"]
    answer = granted_to(Asking(who, demo.published, deal, move, demo.today))
    return 0 if answer is None else sum(moved.fen for moved in answer.moved)


def _covers(demo: _Demo) -> None:
    """A guarantee, a policy and a stake that a firm asked for; what covers a loan stands on one where there is one."""
    for role, kind in COVERS:
        for keeper in demo.people[role][:1]:
            _asked(demo, keeper.institution, kind)


def _asked(demo: _Demo, institution: str, kind: str) -> None:
    for firm, product, fen in _offers(demo, institution, kind):
        sound = Deal.objects.filter(kind="loan", enterprise_id=firm).exclude(state__in=UNPAID)
        loan = None if kind == "equity" else sound.first()
        if kind == "guarantee" and loan is None:
            continue
        most = fen if loan is None else min(fen, loan.fen)
        with suppress(*LEFT_OUT):
            _opened(demo, applicant_of(firm), kind, product, None if loan is None else loan.pk, most, demo.today)
            return
