"""Many at once on the last of a budget, of a cap, of a piece of evidence, and of a return file: exactly full, once."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from kerong.engine.deal.payment import ReturnLine
from kerong.engine.money.ledger import Act, movements
from kerong.web.base.models import Budget, Case, CaseMove, CasePart, Instruction, PaymentReturn
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.case_money import book_of
from kerong.web.base.services.case_payment import return_settle
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused, posted
from tests.web.cases.town import REGION, TERMS, Town, books
from tests.web.ledger.checked import all_adds_up
from tests.web.ledger.real import alone, at_once, copied

pytestmark = pytest.mark.database
WRITERS = 50
NIGHTLY = bool(os.environ.get("KERONG_NIGHTLY"))
LINES = 1_000 if NIGHTLY else 100
AT_ONCE = 20


def patient(work: Callable[[], str]) -> str:
    """Asks again while the database is busy, as a client does on 409."""
    while True:
        try:
            return work()
        except LedgerBusy:
            continue


def result(work: Callable[[], object]) -> Callable[[], str]:
    """ "done", or the word of the refusal."""

    def told() -> str:
        try:
            work()
        except (LedgerRefused, CaseRefused) as refused:
            return refused.key.rpartition(".")[2]
        return "done"

    return lambda: patient(told)


@pytest.fixture
def real_town(
    grants_run: Path, transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[Town]:
    """The town on a durable database with a connection for every thread; each budget has CNY 3,000."""

    def opened() -> Town:
        town = Town.open(grants_run, fen=300_000)
        town.call(terms=TERMS)
        return town

    with copied(tmp_path, django_db_blocker):
        yield alone(opened)


def test_fifty_reservations_on_the_last_of_a_budget_fill_it_exactly(real_town: Town) -> None:
    town, each = real_town, 10_000

    def verified() -> list[Case]:
        made = [town.do("lin", town.applied(number), "accept") for number in range(1, WRITERS + 1)]
        return [town.do("lin", case, "verify", fen=each) for case in made]

    cases = alone(verified)
    given = at_once([result(lambda case=case: town.do("lin", case, "reserve")) for case in cases])  # type: ignore[misc]
    held = alone(books)
    # the city bears 7,000 of each: 42 fit into 300,000 fen
    assert Counter(given) == {"done": 42, "overdrawn": WRITERS - 42}
    assert held["city 2025"][:2] == (300_000, 42 * 7_000)
    assert held["county 2025"][:2] == (300_000, 42 * 3_000)
    reserved = alone(lambda: list(Case.objects.filter(state="reserved").values_list("reserved_fen", flat=True)))
    assert reserved == [each] * 42
    alone(all_adds_up)


def test_of_fifty_who_approve_and_refuse_the_same_page_at_once_one_is_heard(real_town: Town) -> None:
    town = real_town
    case = alone(lambda: town.at("reserved"))
    page = {"version": case.version, "fen": case.fen}

    def decide(number: int) -> Callable[[], str]:
        name = "approve" if number % 2 else "reject"
        return result(lambda: town.do(("wang", "zhao", "sun")[number % 3], case, name, **page))

    given = at_once([decide(number) for number in range(WRITERS)])
    assert Counter(given) == {"done": 1, "version": WRITERS - 1}
    assert alone(lambda: CaseMove.objects.filter(case=case, name__in=("approve", "reject")).count()) == 1
    alone(all_adds_up)


def instructed(town: Town, count: int) -> list[ReturnLine]:
    """So many cases in payment, each with one instruction of 100 fen and up on the city's budget."""
    first = town.at("instructed")
    budget = Budget.objects.get(level="city")
    lines, transfers, parts = [], [], []
    for number in range(1, count + 1):
        fen = 100 + number
        case = Case.objects.get(pk=first.pk)
        case.pk, case.row_key, case.state = None, f"copy {number}", "in_payment"
        case.fen = case.approved_fen = case.reserved_fen = fen
        case.save()
        (made,) = movements.reserve_grant(Act(f"copy {number}", town.today), book_of(budget), case.payee, fen)
        transfers.append(made)
        parts.append(CasePart(case=case, stage=1, budget=budget, fen=fen, reserved_fen=fen))
    with transaction.atomic():
        posted(transfers, None)
        for part, made in zip(parts, transfers, strict=True):
            part.reservation_id = made.ref
            part.save()
            told = {"payee_name": "x", "bank": "b", "account": "62220000", "on": town.today, "state": "sent"}
            Instruction.objects.create(number=f"I{part.pk}", part=part, fen=part.fen, **told)
            lines.append(ReturnLine(f"I{part.pk}", f"S{part.pk}", "paid", part.fen, town.today))
    return lines


def test_return_lines_that_come_one_to_seven_times_shuffled_and_side_by_side_count_once(real_town: Town) -> None:
    town, rng = real_town, random.Random(11)
    town.days.is_working(town.today)
    lines = alone(lambda: instructed(town, LINES))
    before = alone(books)["city 2025"]
    every = [line for line in lines for _ in range(rng.randint(1, 7))]
    rng.shuffle(every)

    def settle(line: ReturnLine) -> str:
        settled = return_settle(None, REGION, line, "race", today=town.today, days=town.days)
        return "again" if settled.again else settled.state

    def work(place: int) -> Callable[[], list[str]]:
        return lambda: [patient(lambda line=line: settle(line)) for line in every[place::AT_ONCE]]  # type: ignore[misc]

    given = Counter(one for answers in at_once([work(place) for place in range(AT_ONCE)]) for one in answers)
    assert given == {"applied": LINES, "again": len(every) - LINES}
    total = sum(line.fen for line in lines)
    assert alone(books)["city 2025"] == (before[0], before[1] - total, before[2] + total)
    other = [replace(line, fen=line.fen + 1) for line in lines[:AT_ONCE]]
    told = at_once([lambda line=line: patient(lambda: settle(line)) for line in other])  # type: ignore[misc]
    assert Counter(told) == {"quarantined": AT_ONCE}
    kept = alone(lambda: Counter(PaymentReturn.objects.values_list("state", "why")))
    assert kept == {("applied", ""): LINES, ("quarantined", "return.why.conflict"): AT_ONCE}
    alone(all_adds_up)
