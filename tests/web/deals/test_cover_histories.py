"""Histories at random over every kind that covers a loan: what is done is in the table, and a loss is borne once.

KERONG_NIGHTLY=1 makes 1,000 of them (KERONG_HISTORIES, 20 otherwise). The seed is printed, and KERONG_SEED draws the
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
from kerong.web.base.models import Account, Deal, DealEntry, DealStep, PoolLoan, RiskPool, Role, Transfer
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_losses import covers_of, used_fen
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.ledger import LedgerRefused
from tests.web.cases.town import REGION
from tests.web.deals.cover import PEOPLE, CoverTown, held
from tests.web.deals.test_guarantees import loss
from tests.web.deals.test_policies_and_claims import insured
from tests.web.deals.test_shared_risk import lent, opened, signed
from tests.web.ledger.checked import all_adds_up

pytestmark = [pytest.mark.database, pytest.mark.slow]
NIGHTLY = bool(os.environ.get("KERONG_NIGHTLY"))
HISTORIES = int(os.environ.get("KERONG_HISTORIES", "1000" if NIGHTLY else "20"))
STEPS = 12
FEN, PURSE = 10_000_000, 12_000_000
TODAY = date(2025, 6, 30)
COVERS = ("guarantee", "insurance", "claim", "pledge")
JOINTS = ("government_bank_guarantee", "double_cover")
SHARES = {"bank": 2000, "guarantor": 8000}
POLICY = {"begins": "2025-06-30", "until": "2025-12-31", "cover_bp": 7000}
GUARANTEE = {"counter": False, "cover_bp": 8000, "fee_fen": 30_000, "reguarantor": "省再担保"}
GUARANTEE |= {"reguarantee_bp": 3000, "report_within_days": 30}
BOOKS = {"guarantor_fir": Role.GUARANTOR, "insurer_elm": Role.INSURER}
CAME, WENT = ("fee", "recovered", "given_back", "shared"), ("paid", "passed_on", "refunded")
STOPS = {"decline", "withdraw", "refuse", "refuse_call", "refuse_cover", "take_back", "withdraw_report", "cancel"}
STOPS |= {"void", "void_call", "undo_part", "expire", "close", "release", "stop", "settle", "ask", "endorse"}
ASIDE = {"report_loss", "receive", "prepay", "reprice", "extend", "restructure", "register", "write_off"}
DONE: Counter[str] = Counter()
SAID: Counter[str] = Counter()
town: CoverTown
lost: list[int] = []
bound: list[int] = []


class CoverMachine(RuleBasedStateMachine):
    """Opens covers on loans that are past due, moves them, rightly and wrongly, and lets days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        town.today = TODAY
        self.deals: list[int] = [*lost, *bound]
        self.count = 0

    def teardown(self) -> None:
        if self.count % 3 == 0:
            all_adds_up()
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(kind=st.sampled_from((*COVERS, "claim", "claim")), place=st.integers(0, 9), moves=st.integers(0, 14))
    def open_and_go(self, kind: str, place: int, moves: int) -> None:
        """Somebody opens a cover of a loan, or a claim on a policy, and it goes some moves on."""
        bases = list(Deal.objects.filter(kind="insurance" if kind == "claim" else "loan").order_by("pk"))
        if not bases:
            return
        base = bases[place % len(bases)]
        deal = made(kind, base)
        if deal is None:
            return
        self.deals.append(deal.pk)
        self.on_the_way(deal, moves)

    @rule(place=st.integers(0, 9), moves=st.integers(1, 9))
    def go_on(self, place: int, moves: int) -> None:
        """A deal that is there goes some moves on."""
        self.on_the_way(Deal.objects.get(pk=self.deals[place % len(self.deals)]), moves)

    def on_the_way(self, deal: Deal, moves: int) -> None:
        """The moves that lead on, each by somebody whose hand is free, with the amount that the page shows."""
        for _ in range(moves):
            deal.refresh_from_db()
            line = next((one for one in KINDS[deal.kind].moves_from(deal.state) if is_on_the_way(deal, one)), None)
            free = [] if line is None else [who for who in people_of(deal, line) if is_free(deal, who, line)]
            if line is None or not free or not self.moved(deal, line.name, free[0], shown(deal, line, free[0])):
                return

    @rule(data=st.data(), wild=st.booleans(), anybody=st.booleans())
    def move(self, data: st.DataObject, wild: bool, anybody: bool) -> None:
        """Somebody moves a deal: as the table has it or anyhow, with the amount shown or another."""
        deal = Deal.objects.get(pk=data.draw(st.sampled_from(self.deals)))
        kind = KINDS[deal.kind]
        fitting = list(kind.moves_from(deal.state))
        line = data.draw(st.sampled_from(list(kind.moves.values()) if wild or not fitting else fitting))
        able = sorted(town.people) if anybody else people_of(deal, line)
        if able:
            who = data.draw(st.sampled_from(able))
            fen = data.draw(st.sampled_from([None, None, None, 1, 2_000_000, FEN + 1]))
            self.moved(deal, line.name, who, shown(deal, line, who) if fen is None else wish_of(deal, line, fen))

    def moved(self, deal: Deal, name: str, who: str, wish: dict[str, Any]) -> bool:
        """One move: done as its line of the table says by whom it says, or nothing is changed at all. Was it done?"""
        self.count += 1
        before, state = standing(deal), deal.state
        line = KINDS[deal.kind].move(state, name)
        was_free = line is not None and is_free(deal, who, line)
        after, why, _ = attempted(deal, who, name, wish)
        if after is None:
            SAID[why] += 1
            deal.refresh_from_db()
            assert standing(deal) == before, (deal.kind, state, name, why)
            return False
        assert line is not None, (deal.kind, state, name)
        assert after.state == line.end
        assert str(town.people[who].role) in line.roles
        assert was_free, (deal.kind, state, name, who)
        DONE[f"{deal.kind} {name}"] += 1
        return True

    @rule(count=st.integers(1, 20), closes=st.booleans())
    def days_go_by(self, count: int, closes: bool) -> None:
        """Some days; business may be closed up to the day before."""
        town.today = min(town.today + timedelta(days=count), date(2025, 9, 30))
        if closes:
            town.close(town.today - timedelta(days=1))

    @invariant()
    def what_the_books_say_is_what_the_deals_say(self) -> None:
        """No book is overdrawn; what came, went and is set aside is what the entries and details of deals say."""
        for institution, role in BOOKS.items():
            came, reserved, went = held(institution)
            deals = Deal.objects.filter(parties__role=role, parties__code=institution).exclude(kind="loan")
            own = deals.filter(kind__in=("guarantee",) if role == Role.GUARANTOR else ("insurance", "claim"))
            assert went == fen_of(own, *WENT)
            assert came == PURSE + fen_of(own, *CAME)
            assert reserved == sum(int((one.details or {}).get("reserved_fen", 0)) for one in own)
            assert went + reserved <= came

    @invariant()
    def a_loss_is_borne_once(self) -> None:
        """Pool, guarantors and insurers bear no more than the loan's loss, and no role more than its part."""
        for loan in Deal.objects.filter(kind="loan"):
            covers = covers_of(loan)
            pooled = PoolLoan.objects.filter(deal=loan, is_void=False).first()
            assert sum(map(used_fen, covers)) + (pooled.paid_fen if pooled else 0) <= loss(loan)
            joint = Deal.objects.filter(pk=loan.base_id or 0, kind__in=JOINTS).first()
            parts = None if joint is None else (joint.details or {}).get("parts")
            if parts:
                assert sum(parts.values()) <= loss(loan)
                assert sum(map(used_fen, covers)) <= parts["guarantor"]
        pool, money = RiskPool.objects.get(), Account.objects.get(book__kind="pool", code="money")
        assert money.credits_posted - money.debits_posted - money.debits_reserved == (
            pool.paid_in_fen + pool.recovered_fen - pool.compensated_fen
        )

    @invariant()
    def a_cover_pays_no_more_than_it_stands_for_and_gets_back_no_more_than_it_paid(self) -> None:
        """Each guarantee by itself; all claims of a policy together."""
        for deal in Deal.objects.filter(kind__in=("guarantee", "claim")):
            told = deal.details or {}
            back = int(told.get("recovered_fen", 0)) + int(told.get("back_fen", 0))
            assert back <= int(told.get("paid_fen", 0)) <= deal.fen
        for policy in Deal.objects.filter(kind="insurance"):
            assert sum(map(used_fen, Deal.objects.filter(base=policy, kind="claim"))) <= policy.fen

    @invariant()
    def a_right_is_pledged_once(self) -> None:
        """Whoever records it."""
        rights = DealEntry.objects.filter(kind="right", deal__state__in=("recorded", "enforcing"))
        known = list(rights.values_list("text", flat=True))
        assert len(known) == len(set(known))


def is_on_the_way(deal: Deal, move: Move) -> bool:
    """Does the move lead on, and not to a refusal or round in a circle?"""
    is_new = move.begin != move.end or not deal.moves.filter(name=move.name).exists()
    if move.name == "share" and not (deal.details or {}).get("reguarantor"):
        return False
    return is_new and move.name not in STOPS and move.name not in ASIDE


def made(kind: str, base: Deal) -> Deal | None:
    """A new cover on the base, or None where it is refused."""
    firm = next(one for one in town.people.values() if one.enterprise_id == base.enterprise_id)
    told: dict[str, tuple[str, str, dict[str, Any]]] = {
        "guarantee": ("fir", "apply", {}),
        "insurance": ("elm", "apply", {}),
        "claim": ("", "report", {"loss_on": TODAY.isoformat()}),
        "pledge": ("", "propose", {"rights": [{"register": "patent", "number": "ZL-1"}]}),
    }
    product, first, details = told[kind]
    try:
        with transaction.atomic():
            if kind == "claim" and base.state == "in_force":
                town.do("bai" if base.parties.filter(code="bank_river").exists() else firm.username, base, **LOSS)
            fen = 1_000_000 if kind == "claim" else 4_000_000
            return town.open_deal(firm, kind, base, product, first, fen=fen, details=details)
    except CaseRefused as refused:
        SAID[refused.key] += 1
        return None


LOSS: dict[str, Any] = {"name": "report_loss", "details": {"loss_on": TODAY.isoformat()}}


def attempted(deal: Deal, who: str, name: str, wish: dict[str, Any]) -> tuple[Deal | None, str, Any]:
    """The deal as it is after the move, or None, why nothing was done, and the facts that were told."""
    if not visible(town.people[who], REGION).filter(pk=deal.pk).exists():
        return None, "unseen", {}
    try:
        with transaction.atomic():
            return town.do(who, deal, name, **wish), "", {}
    except (CaseRefused, LedgerRefused, PermissionDenied) as refused:
        return None, str(getattr(refused, "key", type(refused).__name__)), getattr(refused, "facts", {})


def shown(deal: Deal, move: Move, who: str) -> dict[str, Any]:
    """The wish with the amount that the page shows: what a refusal of one fen says."""
    wish = wish_of(deal, move, None)
    if "fen" not in move.needs or ("seen" not in move.guards and "payable" not in move.guards):
        return wish
    sid = transaction.savepoint()
    _, _, facts = attempted(deal, who, move.name, wish_of(deal, move, 1))
    transaction.savepoint_rollback(sid)
    deal.refresh_from_db()
    told = facts.get("now") or facts.get("most")
    return wish | ({"fen": max(1, int(str(told).replace(",", "").replace(".", "")))} if told else {})


def wish_of(deal: Deal, move: Move, fen: int | None) -> dict[str, Any]:
    """What the move needs, rightly said, but for the amount where one is given."""
    found: dict[str, Any] = {"details": dict(details_of(deal, move))}
    if "fen" in move.needs or fen is not None:
        found["fen"] = amount_of(deal, move) if fen is None else fen
    if "contract" in move.guards:
        found["contract"] = f"{deal.kind} {deal.pk}"
    if "documents" in move.needs:
        found["documents"] = ("材料.pdf",)
    return found


def details_of(deal: Deal, move: Move) -> Iterator[tuple[str, Any]]:
    if deal.kind == "guarantee" and move.name == "recommend":
        yield from GUARANTEE.items()
    elif deal.kind == "guarantee" and move.name == "counter":
        yield "counters", [{"kind": "deposit", "giver": "企业", "value_fen": None, "document": "材料.pdf"}]
    elif deal.kind == "insurance" and move.name == "quote":
        yield from (POLICY | {"begins": town.today.isoformat()}).items()
    elif move.name == "report_loss":
        yield "loss_on", town.today.isoformat()
    elif deal.kind == "pledge":
        yield "valuer", "中立评估所"
    elif move.name in ("examine", "cover"):
        yield "shares", SHARES


def amount_of(deal: Deal, move: Move) -> int:
    if move.name == "quote":
        return 36_000
    return deal.fen if "seen" in move.guards or move.name in ("recommend", "survey", "examine", "cover") else 5_000


def people_of(deal: Deal, move: Move) -> list[str]:
    """Who may make the move: of the right role and the right party."""
    codes = dict(deal.parties.values_list("role", "code"))
    known = {"bank_river": ("bai", "chen", "deng", "fang"), "": ("lin", "wang", "zhao")}
    known |= {code: names for code, (_, names) in PEOPLE.items()}
    found = [name for role in sorted(move.roles) if role in codes for name in known.get(codes[role], ())]
    firm = next((name for name, one in town.people.items() if one.enterprise_id == deal.enterprise_id), "")
    return [*found, firm] if Role.ENTERPRISE in move.roles and firm else found


def is_free(deal: Deal, who: str, move: Move) -> bool:
    """Has the person had no other separated duty on the deal?"""
    before = {duty for by, duty in deal.moves.values_list("by__username", "duty") if by == who}
    return not any(move.duty in group and (before & group) - {move.duty} for group in SEPARATED)


def standing(deal: Deal) -> tuple[Any, ...]:
    """All that a refused move could have left behind."""
    counted = (DealEntry.objects.count(), DealStep.objects.count(), Transfer.objects.count())
    kept = (deal.state, deal.version, deal.fen, deal.contract, str(deal.details))
    return (*kept, *counted, *map(held, BOOKS))


def fen_of(deals: Any, *kinds: str) -> int:
    return DealEntry.objects.filter(deal__in=deals.values("pk"), kind__in=kinds).aggregate(fen=Sum("fen"))["fen"] or 0


def prepared(run: Path) -> None:
    """One loan in a pool, one plain, one of a joint deal with its guarantee; nothing was ever paid on any."""
    global town
    town = CoverTown.open(run, PURSE)
    for number in (1, 2):
        town.firm(number)
    first, second = town.pooled(1, 6_000_000), town.drawn(2, 5_000_000)
    policy = insured(town, first, 4_000_000)
    town.made = 50  # contracts 1 and 2 are those of the loans before
    joint = opened(town, fen=FEN)
    loan = signed(town, joint)
    guarantee = town.guaranteed(loan, terms={"fee_fen": 0})
    town.do("bai", joint, "examine", fen=FEN, details={"shares": SHARES})
    town.do("fir2", joint, "guarantee")
    town.do("lin", joint, "file")
    lent(town, joint, loan)
    town.lost(loan, TODAY)
    lost[:] = [first.pk, second.pk]
    bound[:] = [joint.pk, guarantee.pk, policy.pk]


def test_whatever_is_done_to_what_covers_loans_is_in_the_table_and_a_loss_is_borne_once(
    cover_run: Path, db: None
) -> None:
    prepared(cover_run)
    drawn = int(os.environ.get("KERONG_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed {drawn}: {HISTORIES} histories of up to {STEPS} steps")  # noqa: T201
    run_state_machine_as_test(
        seed(drawn)(CoverMachine),
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
    assert sum(DONE.values()) > HISTORIES
    assert sum(SAID.values()) > HISTORIES // 4
    if HISTORIES >= 100:  # fewer may miss a kind
        assert {*COVERS, JOINTS[0]} <= {name.split()[0] for name in DONE}
