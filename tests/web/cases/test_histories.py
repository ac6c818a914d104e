"""Histories at random: stored cases and budgets do, refuse and hold what a plain model of them does.

KERONG_NIGHTLY=1 makes 10,000 of them (KERONG_HISTORIES, 1,000 otherwise; a tenth on PostgreSQL) and makes a failing one
smaller. The seed is printed, and KERONG_SEED draws the same ones again.
"""

import os
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kerong.engine.deal.payment import ReturnLine
from kerong.engine.deal.states import SUBSIDY
from kerong.web.base.models import Account, Budget, Case, Instruction
from kerong.web.base.models.case import GONE
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.case import CaseRefused, Wish, case_move
from kerong.web.base.services.case_payment import payment_file_send, return_settle
from kerong.web.base.services.ledger import LedgerRefused
from tests.web.cases.plain_cases import PlainCase, PlainCases, clash
from tests.web.cases.town import REGION, TERMS, Town

pytestmark = [pytest.mark.database, pytest.mark.slow]
NIGHTLY = bool(os.environ.get("KERONG_NIGHTLY"))
STEPS = 10
LEFT = 150_000  # of each budget: enough for two of three firms
FIRMS = (1, 2, 3)
AWARDS = {number: number * 50_000 + 1 for number in FIRMS}
OFFICE = ("lin", "wang", "zhao", "qian", "sun")
BY_HAND = sorted(
    {name for _, name in SUBSIDY.moves}
    - {"propose", "apply", "confirm", "decline", "return", "correct", "lapse", "score", "conclude", "meet", "send"}
    - {"settle_one", "settle_all", "settle_part", "bounce_one", "bounce", "bounce_rest", "carry_propose"}
    - {"carry_confirm"}
)
STRAIGHT = {"applied": "accept", "accepted": "verify", "verified": "reserve", "reserved": "approve"}
STRAIGHT |= {
    "approved": "notice",
    "noticed": "clear",
    "cleared": "instruct",
    "partly": "instruct",
    "failed": "instruct",
}
STRAIGHT |= {"objected": "dismiss", "paid": "order_back"}
DONE: Counter[str] = Counter()  # by name: how many moves were done
town: Town


class CaseMachine(RuleBasedStateMachine):
    """Moves, sends, settles, applies again, and lets days go by, beside the plain model."""

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.model = PlainCases({"city": LEFT, "county": LEFT})
        self.stored = {int(case.row_key[1:]): case.pk for case in Case.objects.all()}
        self.model.cases = {number: applied(number) for number in FIRMS}
        self.serial = 0
        town.today = date(2025, 3, 3)

    def teardown(self) -> None:
        DONE["histories"] += 1
        if DONE["histories"] % 8 == 0:  # a replay of all cases is the stored ledger, whatever was done
            assert deals_audit().problems.rows() == []
            DONE["audited"] += 1
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @initialize(number=st.sampled_from(FIRMS), moves=st.sampled_from([0, 0, 0, 0, 6, 12]))
    def begin(self, number: int, moves: int) -> None:
        """Some histories begin further on the way, so that few of them reach its end too."""
        self.go_straight(number, moves, 0)

    @rule(number=st.sampled_from(FIRMS))
    def apply(self, number: int) -> None:
        """A firm applies again: possible once its case has come to nothing."""
        if self.model.cases[number].state in GONE:
            self.stored[number] = town.applied(number).pk
            self.model.cases[number] = applied(number)
        else:
            with pytest.raises(CaseRefused, match="twice"), transaction.atomic():
                town.applied(number)

    @rule(number=st.sampled_from(FIRMS), moves=st.integers(1, 12), first=st.integers(0, 4))
    def go_straight(self, number: int, moves: int, first: int) -> None:
        """Some moves on the way to payment, each by somebody whose hand is free."""
        for _ in range(moves):
            plain = self.model.cases[number]
            if plain.state == "in_payment":
                on_the_way = sorted(set(plain.sent) - plain.made)
                if not on_the_way:
                    return
                self.settled(number, on_the_way[0], "paid", 1)
                continue
            name = "send" if plain.state == "instructed" else STRAIGHT.get(plain.state)
            if name is None:
                return
            if name == "clear":
                town.today = max(town.today, town.days.after(plain.notice_ends, 1))
            duty = SUBSIDY.moves[plain.state, name].duty
            people = [*OFFICE[first:], *OFFICE[:first]]
            free = [who for who in people if not clash(duty, plain.hands.get(who, set()))]
            if name == "send":
                self.send(free[0], ["city", "county"])
            elif free:
                self.moved(number, name, free[0], plain.fen, plain.version)

    @rule(data=st.data(), number=st.sampled_from(FIRMS), wild=st.integers(0, 9))
    def move(self, data: st.DataObject, number: int, wild: int) -> None:
        """A move by somebody: most are in the table, some are by the wrong hand, of an old page or another amount."""
        plain = self.model.cases[number]
        fitting = [one.name for one in SUBSIDY.moves_from(plain.state) if one.name in BY_HAND]
        name = data.draw(st.sampled_from(fitting if fitting and wild else BY_HAND))
        line = SUBSIDY.moves.get((plain.state, name))
        people = list(OFFICE) if line is None or "official" in line.roles else [f"firm{number}"]
        amounts = [plain.fen, plain.still] if wild > 2 else [plain.fen - 1, 1, plain.award + 1]
        who, fen = data.draw(st.sampled_from(people)), data.draw(st.sampled_from(amounts))
        self.moved(number, name, who, fen, plain.version - (wild == 3))

    def moved(self, number: int, name: str, who: str, fen: int, version: int) -> None:
        """One move on both sides: done by both, or refused by both."""
        ends, role = town.days.after(town.today, TERMS.notice_days), str(town.people[who].role)
        expected = self.model.move(number, name, who, role, fen, version, town.today, ends)
        wish = Wish(name, version, "因为", fen, town.payee(number, account="77770000"), stage=1, score=80)
        refusal: Exception | None = None
        try:
            with transaction.atomic():
                case_move(town.people[who], REGION, self.stored[number], wish, today=town.today, days=town.days)
        except (CaseRefused, LedgerRefused, PermissionDenied) as refused:
            refusal = refused
        assert expected == (refusal is None), (name, who, self.model.cases[number], refusal)
        DONE[name] += expected

    @rule(who=st.sampled_from(OFFICE), levels=st.sampled_from([["city", "county"], ["city"], ["county"]]))
    def send(self, who: str, levels: list[str]) -> None:
        """What is instructed on some budgets goes into files, unless whoever sends had another hand in it."""
        going = [case for case in self.model.cases.values() if case.made & set(levels)]
        is_refused = any(clash("release", case.hands.get(who, set())) for case in going)
        refusal = None
        try:
            with transaction.atomic():
                waiting = Budget.objects.filter(parts__instructions__state="made", level__in=levels)
                for budget in waiting.distinct().order_by("id"):
                    payment_file_send(town.people[who], budget, today=town.today, days=town.days)
        except CaseRefused as refused:
            refusal = refused
        assert is_refused == (refusal is not None)
        for case in [] if is_refused else going:
            case.state, case.version = "in_payment", case.version + len(case.made & set(levels))
            case.made -= set(levels)
            case.hands.setdefault(who, set()).add("release")

    @precondition(lambda self: any(set(case.sent) - case.made for case in self.model.cases.values()))
    @rule(data=st.data(), outcome=st.sampled_from(["paid", "paid", "failed", "partial"]), times=st.integers(1, 3))
    def settle(self, data: st.DataObject, outcome: str, times: int) -> None:
        """The bank says what became of one instruction, once or several times."""
        number = data.draw(st.sampled_from([n for n, c in self.model.cases.items() if set(c.sent) - c.made]))
        plain = self.model.cases[number]
        level = data.draw(st.sampled_from(sorted(set(plain.sent) - plain.made)))
        self.settled(number, level, outcome, times)

    def settled(self, number: int, level: str, outcome: str, times: int) -> None:
        """One line of the bank, so many times."""
        case = self.stored[number]
        found = Instruction.objects.get(part__case=case, part__budget__level=level, state="sent")
        outcome = "paid" if outcome == "partial" and found.fen == 1 else outcome
        fen = found.fen - 1 if outcome == "partial" else found.fen
        self.serial += 1
        line = ReturnLine(found.number, f"S{self.serial}", outcome, fen, town.today)
        for again in range(times):
            told = return_settle(None, REGION, line, "test", today=town.today, days=town.days)
            assert (told.state, told.again) == ("applied", bool(again))
        self.model.settle(number, level, 0 if outcome == "failed" else fen)
        DONE[outcome] += 1

    @rule(count=st.integers(1, 6))
    def days_go_by(self, count: int) -> None:
        """Some working days."""
        town.today = min(town.days.after(town.today, count), date(2025, 11, 28))

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        """Every case and every budget has what the model says, and the law of trust holds."""
        cases = {case.pk: case for case in Case.objects.defer("decided_on").annotate(told=Count("moves"))}
        for number, plain in self.model.cases.items():
            case = cases[self.stored[number]]
            assert (case.state, case.version, case.fen) == (plain.state, plain.version, plain.fen)
            assert (case.reserved_fen, case.paid_fen) == (sum(plain.reserved.values()), plain.paid_fen)
            assert 0 <= case.paid_fen <= case.approved_fen <= case.awarded_fen <= case.entitled_fen
            assert case.told == case.version
        columns = ("book__budget__level", "credits_posted", "debits_posted", "debits_reserved")
        for level, given, paid, reserved in Account.objects.filter(kind="appropriation").values_list(*columns):
            assert 0 <= reserved + paid <= given
            assert given - paid - reserved == self.model.left[level]


def applied(number: int) -> PlainCase:
    return PlainCase(AWARDS[number], fen=AWARDS[number], hands={f"firm{number}": {"submit"}})


def test_stored_cases_do_what_a_plain_model_does(grants_run: Path, db: None) -> None:
    global town
    town = Town.open(grants_run, fen=LEFT)
    town.call(terms=TERMS)
    for number in FIRMS:
        town.applied(number)
    drawn = int(os.environ.get("KERONG_SEED") or random.SystemRandom().randrange(2**32))
    histories = (10_000 if NIGHTLY else int(os.environ.get("KERONG_HISTORIES", "1000"))) // (
        10 if connection.vendor == "postgresql" else 1
    )
    print(f"seed {drawn}: {histories} histories of up to {STEPS} steps")  # noqa: T201
    run_state_machine_as_test(
        seed(drawn)(CaseMachine),
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.reuse, Phase.generate, *((Phase.shrink,) if NIGHTLY else ())),
        ),
    )
    assert DONE["paid"]
    assert DONE["audited"]
    assert DONE["approve"] > DONE["instruct"] > 0
