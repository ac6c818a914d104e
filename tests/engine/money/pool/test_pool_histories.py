"""Histories of a pool, drawn at random, against a plain model: money adds up, caps hold, the fuse holds."""

import json
import os
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kerong.engine.money.pool import REASONS, Answer, Happened, State, after, event_of, pool_again, told_of
from kerong.rulebook.pools import PoolEvent
from tests.engine.money.pool.plain_pool import PlainPool
from tests.engine.money.pool.pool_texts import two

HISTORIES = 10_000 if "KERONG_NIGHTLY" in os.environ else 1_000
BEGIN = date(2024, 1, 1)  # of 2024 a loan is shared 70 : 30
NAMES = ["L1", "L2", "L3", "L4", "L5"]
LOANS = st.sampled_from(NAMES)
LENT = [
    ("A", "F", 300_001),
    ("A", "G", 150_000),
    ("B", "H", 90_003),
    ("B", "F", 250_007),
    ("A", "H", 60_000),
    ("B", "G", 99),
]
FEN = st.integers(1, 400_000)
NUMBERS: Mapping[str, int] = MappingProxyType(
    {
        "trigger_days": 60,
        "loan_cap_fen": 90_000,
        "firm_cap_fen": 100_000,
        "group_cap_fen": 110_000,
        "bank_year_cap_fen": 150_000,
        "programme_year_cap_fen": 180_000,
        "multiple_bp": 30_000,
        "fuse_bp": 5_000,
        "reopen_bp": 2_000,
    }
)
POOL = two(NUMBERS)
CAPS = tuple(value for name, value in NUMBERS.items() if name.endswith("cap_fen"))


class Histories(RuleBasedStateMachine):
    """Every act is done by the engine and by the model; their answers and what they hold are the same."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        assert len(CAPS) == 5
        self.model = PlainPool(CAPS, 30_000, 5_000, 2_000)
        self.on = BEGIN
        self.taken: list[Happened] = []

    def teardown(self) -> None:
        """What was taken, taken again, ends where it ended; an undone claim is as though it had not been granted."""
        again = pool_again(self.taken, self.on)
        assert (again.state, again.refused) == (self.state, ())
        claimed = [one.event.loan for one in self.taken if one.event.do == "claim"]
        if self.taken and self.taken[-1].event.do == "claim":
            before = pool_again(self.taken[:-1], self.on).state
            undone, answer = after(POOL, self.state, PoolEvent(do="undo_claim", on=self.on, loan=claimed[-1]))
            assert not answer.refused
            assert (undone.loans, undone.balance_fen) == (before.loans, before.balance_fen)

    def do(self, do: str, **said: object) -> Answer:
        self.model.look()
        event = PoolEvent(do=do, on=self.on, **said)  # type: ignore[arg-type]
        assert event_of(json.loads(json.dumps(told_of(event)))) == event
        self.state, answer = after(POOL, self.state, event)
        assert answer.refused in REASONS or not answer.refused
        if not answer.refused:
            self.taken.append(Happened(len(self.taken) + 1, event, POOL))
        return answer

    def moved(self, answer: Answer) -> int:
        return sum(one.fen for one in answer.moved)

    @initialize(fen=st.sampled_from([200_000, 500_000, 2_000_000]), loans=st.permutations(LENT))
    def begins_with_money_and_loans(self, fen: int, loans: list[tuple[str, str, int]]) -> None:
        self.money_comes_or_goes("pay_in", fen)
        for name, (bank, firm, lent) in zip(NAMES, loans, strict=False):
            self.a_loan_is_registered(name, bank, firm, lent)
        self.on += timedelta(days=100)

    @rule(days=st.sampled_from([0, 1, 40, 300]))
    def time_passes(self, days: int) -> None:
        self.on += timedelta(days=days)

    @rule(do=st.sampled_from(["pay_in", "interest", "fee", "refund"]), fen=FEN)
    def money_comes_or_goes(self, do: str, fen: int) -> None:
        moved = self.moved(self.do(do, fen=fen))
        if do in ("pay_in", "interest"):
            assert moved == fen
            self.model.held += fen
            return
        exposed = sum(one.owed for one in self.model.live() if not one.year)
        left = self.model.held - fen
        goes = left >= 0 and (do == "fee" or exposed * 10_000 <= self.model.multiple * left)
        assert moved == (fen if goes else 0)
        self.model.held -= moved

    @rule(loan=LOANS, bank=st.sampled_from("AB"), firm=st.sampled_from("FGH"), fen=FEN)
    def a_loan_is_registered(self, loan: str, bank: str, firm: str, fen: int) -> None:
        group = {"F": "", "G": "K", "H": "K"}[firm]
        answer = self.do(
            "register", loan=loan, bank=bank, firm=firm, group=group, fen=fen, instrument="loan",
            drawn_on=BEGIN, eligible=True,
        )  # fmt: skip
        assert (answer.refused == "") == self.model.register(loan, bank, firm, group, fen), answer.refused

    @rule(loan=LOANS, fen=FEN)
    def something_is_repaid(self, loan: str, fen: int) -> None:
        one = self.model.loans.get(loan)
        done = one is not None and not one.year and fen <= one.owed
        assert (self.do("repay", loan=loan, fen=fen).refused == "") == done
        if one is not None and done:
            one.owed -= fen

    @rule(loan=LOANS, ago=st.integers(0, 200))
    def a_loan_falls_overdue(self, loan: str, ago: int) -> None:
        since = max(self.on - timedelta(days=ago), BEGIN)
        one = self.model.loans.get(loan)
        done = one is not None and one.since is None
        assert (self.do("default", loan=loan, since=since).refused == "") == done
        if one is not None and done:
            one.since = since

    @rule(loan=LOANS, off=st.booleans())
    def a_loan_is_cured_or_written_off(self, loan: str, off: bool) -> None:
        one = self.model.loans.get(loan)
        done = one is not None and one.since is not None and (not one.off if off else not one.year)
        assert (self.do("write_off" if off else "cure", loan=loan).refused == "") == done
        if one is not None and done:
            one.off, one.since = (True, one.since) if off else (one.off, None)

    @rule(loan=LOANS)
    def a_loan_is_lost(self, loan: str) -> None:
        self.a_loan_falls_overdue(loan, 90)
        self.a_loss_is_claimed(loan, 3)

    @rule(order=st.permutations(NAMES))
    def all_loans_are_lost(self, order: list[str]) -> None:
        for loan in order:
            self.a_loan_is_lost(loan)

    @rule(loan=LOANS, part=st.integers(1, 4))
    def a_loss_is_claimed(self, loan: str, part: int) -> None:
        one = self.model.loans.get(loan)
        principal = max((one.owed if one else 100) * part // 3, 1)
        answer = self.do("claim", loan=loan, principal_fen=principal)
        assert self.moved(answer) == self.model.claim(loan, principal, self.on), answer.refused
        if not answer.refused:
            assert sum(answer.parts.values()) == principal

    @rule(loan=LOANS, fen=st.sampled_from([1, 3, 10_001, 99_999, 400_000]))
    def something_is_recovered(self, loan: str, fen: int) -> None:
        answer = self.do("recover", loan=loan, fen=fen)
        assert self.moved(answer) == self.model.recover(loan, fen), answer.refused

    @rule(loan=LOANS)
    def a_claim_was_false(self, loan: str) -> None:
        assert self.moved(self.do("claw_back", loan=loan)) == self.model.claw_back(loan)

    @invariant()
    def the_money_adds_up_and_the_fuse_is_where_the_model_has_it(self) -> None:
        now = self.state
        came = now.paid_in_fen + now.interest_fen + now.recovered_fen
        assert now.balance_fen == came - now.compensated_fen - now.refunded_fen - now.fees_fen == self.model.held >= 0
        self.model.look()
        assert now.is_open == (not self.model.shut)

    @invariant()
    def nobody_gets_more_than_a_loan_owed(self) -> None:
        for loan in self.state.loans.values():
            assert sum(loan.borne.values()) <= loan.fen
            assert all(0 <= loan.returned.get(party, 0) <= fen for party, fen in loan.borne.items())


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
