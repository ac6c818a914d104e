"""Histories at random over every kind of capital and joint lending: what is done is in the table, and money adds up.

KERONG_NIGHTLY=1 makes 1,000 of them (KERONG_HISTORIES, 10 otherwise). The seed is printed, and KERONG_SEED draws the
same ones again.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kerong.engine.deal.moves import SEPARATED, Move
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms import TermsRefused
from kerong.web.base.models import Deal, DealEntry, DealStep, Role, Transfer
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.ledger import LedgerRefused
from tests.intake.office import code
from tests.web.cases.town import REGION
from tests.web.deals.capital import PEOPLE, CapitalTown, fund_book
from tests.web.deals.test_joint_investment import GROWTH, PAPERS
from tests.web.ledger.checked import all_adds_up

pytestmark = [pytest.mark.database, pytest.mark.slow]
NIGHTLY = bool(os.environ.get("KERONG_NIGHTLY"))
HISTORIES = int(os.environ.get("KERONG_HISTORIES", "1000" if NIGHTLY else "10"))
STEPS = 12
FEN, PURSE = 10_000_000, 15_000_000
TERMS = {"maturity": "2025-09-03", "rate": {"ppm": 60_000}, "count": "months_360"}
OPTION = {"share_bp": 200, "valuation_fen": 400_000_000, "ends": "2025-09-30"}
MEMBERS = [[code(1), 6_000_000], [code(2), 6_000_000]]
PARTIES: dict[str, dict[str, str]] = {
    "investment_loan": {"fund": "fund_ash"},
    "entrusted_lending": {"bank": "bank_river"},
}
OPENED = {
    "lease": ("apply", "tools"),
    "equity": ("propose", "stake"),
    "group_credit": ("propose", "group"),
    "investment_loan": ("propose", "linked"),
    "joint_growth": ("propose", "joint"),
    "entrusted_lending": ("apply", "unified"),
}
FUNDS = ("fund_ash", "platform_oak")
CAME, WENT = ("dividend", "proceeds"), ("invested",)
DONE: Counter[str] = Counter()
SAID: Counter[str] = Counter()
town: CapitalTown


class CapitalMachine(RuleBasedStateMachine):
    """Opens deals, moves them, rightly and wrongly, and lets days go by and be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        town.today = date(2025, 3, 3)
        self.deals: list[int] = []
        self.count = 0

    def teardown(self) -> None:
        if self.count % 3 == 0:
            all_adds_up()
            assert deals_audit().problems.rows() == []
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(kind=st.sampled_from(sorted(OPENED)), number=st.integers(1, 3), moves=st.integers(0, 9))
    def open_and_go(self, kind: str, number: int, moves: int) -> None:
        """A firm opens a deal, and it goes some moves on, each by somebody whose hand is free."""
        name, product = OPENED[kind]
        details = {"members": MEMBERS} if kind == "group_credit" else {}
        deal = town.opened(f"firm{number}", name, kind, product, parties=PARTIES.get(kind), fen=FEN, details=details)
        self.deals.append(deal.pk)
        for _ in range(moves):
            deal.refresh_from_db()
            ways = [move for move in KINDS[kind].moves_from(deal.state) if is_on_the_way(deal, move)]
            line = ways[self.count % len(ways)] if ways else None
            free = [] if line is None else [who for who in people_of(deal, line) if is_free(deal, who, line)]
            if line is not None and free:
                self.moved(deal, line.name, free[0], wish_of(deal, line, None))

    @rule(data=st.data(), wild=st.integers(0, 7))
    def move(self, data: st.DataObject, wild: int) -> None:
        """Somebody moves a deal: mostly as the table has it, sometimes anybody, anything, with another amount."""
        if not self.deals:
            return
        deal = Deal.objects.get(pk=data.draw(st.sampled_from(self.deals)))
        kind = KINDS[deal.kind]
        fitting = list(kind.moves_from(deal.state))
        every = list(kind.moves.values())
        line = data.draw(st.sampled_from(fitting if fitting and wild else every))
        able = people_of(deal, line) if wild > 1 else sorted(town.people)
        if able:
            who = data.draw(st.sampled_from(able))
            fen = data.draw(st.sampled_from([None, None, None, 1, 2_000_000, FEN, FEN + 1]))
            self.moved(deal, line.name, who, wish_of(deal, line, fen))

    def moved(self, deal: Deal, name: str, who: str, wish: dict[str, Any]) -> None:
        """One move: done as its line of the table says by whom it says, or nothing is changed at all."""
        self.count += 1
        before, state = standing(deal), deal.state
        line = KINDS[deal.kind].move(state, name)
        was_free = line is not None and is_free(deal, who, line)
        after, why = attempted(deal, who, name, wish)
        if after is None:
            SAID[why] += 1
            deal.refresh_from_db()
            assert standing(deal) == before, (deal.kind, state, name, why)
            return
        assert line is not None, (deal.kind, state, name)
        assert after.state == line.end
        assert str(town.people[who].role) in line.roles
        assert was_free, (deal.kind, state, name, who)
        DONE[f"{deal.kind} {name}"] += 1

    @rule(count=st.integers(1, 70), closes=st.booleans())
    def days_go_by(self, count: int, closes: bool) -> None:
        """Some days; business may be closed up to the day before."""
        town.today = min(town.today + timedelta(days=count), date(2025, 11, 28))
        if closes:
            town.close(town.today - timedelta(days=1))

    @invariant()
    def what_the_books_say_is_what_the_deals_say(self) -> None:
        """No purse is overdrawn, nothing stays reserved, and every fen in or out is an entry of a deal."""
        for fund in FUNDS:
            came, reserved, went = fund_book(fund)
            deals = Deal.objects.filter(parties__role=Role.FUND, parties__code=fund)
            entrusted = deals.filter(kind="entrusted_lending")
            shared = fen_of(deals.filter(kind="investment_loan"), "shared")
            assert went == fen_of(deals, *WENT) + fen_of(entrusted, "drawn") + shared
            assert came == PURSE + fen_of(deals, *CAME) + fen_of(entrusted, "received")
            assert reserved == 0
            assert went <= came

    @invariant()
    def a_line_is_never_drawn_beyond_it_or_beyond_a_member_s_own(self) -> None:
        """What is in use is what was drawn less what was given back."""
        for line in Deal.objects.filter(kind="group_credit"):
            limits = dict((line.details or {})["members"])
            used = {name: fen_of_member(line, name) for name in limits}
            assert all(0 <= used[name] <= limit for name, limit in limits.items())
            assert sum(used.values()) == line.outstanding_fen <= line.fen

    @invariant()
    def an_option_is_used_in_its_time_at_its_price(self) -> None:
        """Whatever was tried."""
        for deal in Deal.objects.filter(moves__name="exercise"):
            move = deal.moves.get(name="exercise")
            assert move.fen == FEN * 8 // 10
            option = (deal.details or {})["option"]
            assert option["begins"] <= move.on.isoformat() <= option["ends"]


def attempted(deal: Deal, who: str, name: str, wish: dict[str, Any]) -> tuple[Deal | None, str]:
    """The deal as it is after the move, or None and why nothing was done."""
    if not visible(town.people[who], REGION).filter(pk=deal.pk).exists():
        return None, "unseen"
    try:
        with transaction.atomic():
            return town.do(who, deal, name, **wish), ""
    except (CaseRefused, LedgerRefused, PermissionDenied, TermsRefused) as refused:
        return None, str(getattr(refused, "key", type(refused).__name__))


def is_on_the_way(deal: Deal, move: Move) -> bool:
    """Does the move lead on, and not to a refusal?"""
    stops = ("decline", "withdraw", "refuse", "cancel", "freeze", "write_off", "let_go", "stay", "fail", "close")
    if move.name == "agree" and deal.moves.filter(name="agree").exists():
        return False
    return move.name not in stops and "machine" not in move.roles


def people_of(deal: Deal, move: Move) -> list[str]:
    """Who may make the move: of the right role and the right party."""
    codes = dict(deal.parties.values_list("role", "code"))
    found = [
        name
        for (role, institution), names in PEOPLE.items()
        for name in names
        if role in move.roles and codes.get(role) == institution
    ]
    firm = next((name for name, one in town.people.items() if one.enterprise_id == deal.enterprise_id), "")
    return [*found, firm] if Role.ENTERPRISE in move.roles and firm else found


def is_free(deal: Deal, who: str, move: Move) -> bool:
    """Has the person had no other separated duty on the deal?"""
    before = {duty for by, duty in deal.moves.values_list("by__username", "duty") if by == who}
    return not any(move.duty in group and (before & group) - {move.duty} for group in SEPARATED)


def wish_of(deal: Deal, move: Move, fen: int | None) -> dict[str, Any]:
    """What the move needs, rightly said, but for the amount where one is given."""
    found: dict[str, Any] = {"details": dict(details_of(deal, move))}
    if "fen" in move.needs or fen is not None:
        found["fen"] = amount_of(deal, move) if fen is None else fen
    if "terms" in move.needs:
        found["terms"] = TERMS if deal.kind == "lease" else TERMS | {"method": "interest_only"}
    if "contract" in move.guards:
        found["contract"] = f"{deal.kind} {deal.pk}"
    if "documents" in move.needs:
        papers = {"frame": PAPERS[:1], "promise": PAPERS[1:2], "lend": PAPERS[2:]}
        found["documents"] = papers.get(move.name, ("材料.pdf",))
    return found


def details_of(deal: Deal, move: Move) -> Iterator[tuple[str, Any]]:
    if move.name in ("bind", "grant"):
        yield "option", OPTION | {"begins": town.today.isoformat()}
        yield "bank_share_bp", 3000
    elif move.name == "frame":
        yield from GROWTH.items()
    elif move.name == "join":
        yield "members", [[code(4), 1_000_000]]
    elif deal.kind == "group_credit":
        yield "member", code(1 + deal.version % 2)


def amount_of(deal: Deal, move: Move) -> int:
    details = deal.details or {}
    if move.name == "exit":
        return int(details["exit_fen"])
    if move.name == "exercise":
        return FEN * 8 // 10
    if move.name == "hand_over":
        return int(details["lease"]["residual_fen"])
    return deal.fen if "seen" in move.guards or move.name in ("term", "recommend", "select", "examine") else 3_000_000


def standing(deal: Deal) -> tuple[Any, ...]:
    """All that a refused move could have left behind."""
    counted = (DealEntry.objects.count(), DealStep.objects.count(), Transfer.objects.count())
    held = (deal.state, deal.version, deal.fen, deal.drawn_fen, deal.outstanding_fen, str(deal.details))
    return (*held, *counted, *map(fund_book, FUNDS))


def fen_of(deals: Any, *kinds: str) -> int:
    return DealEntry.objects.filter(deal__in=deals.values("pk"), kind__in=kinds).aggregate(fen=Sum("fen"))["fen"] or 0


def fen_of_member(line: Deal, member: str) -> int:
    held = line.entries.filter(text=member)
    used, back = (held.filter(kind=kind).aggregate(fen=Sum("fen"))["fen"] or 0 for kind in ("used", "given_back"))
    return int(used - back)


def test_whatever_is_done_to_capital_and_joint_deals_is_in_the_table_and_adds_up(capital_run: Path, db: None) -> None:
    global town
    town = CapitalTown.open(capital_run, fen=PURSE)
    for number in (1, 2, 3):
        town.firm(number)
    drawn = int(os.environ.get("KERONG_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed {drawn}: {HISTORIES} histories of up to {STEPS} steps")  # noqa: T201
    for kind in OPENED:  # one history of each kind, however few are drawn
        begun = CapitalMachine()
        begun.open_and_go(kind, 1, 5)
        begun.teardown()
    run_state_machine_as_test(
        seed(drawn)(CapitalMachine),
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.reuse, Phase.generate, *((Phase.shrink,) if NIGHTLY else ())),
        ),
    )
    print(sorted(DONE.items()), sorted(SAID.items()))  # noqa: T201
    assert {name.split()[0] for name in DONE} == set(OPENED)
    assert SAID
