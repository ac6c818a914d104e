"""A thousand calls, each one to seven times, shuffled, twenty side by side, over HTTP: a thousand effects."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from kerong.engine.deal.payment import ReturnLine
from kerong.web.base.models import PaymentReturn
from tests.web.cases.test_callback_route import Machine
from tests.web.cases.test_races import AT_ONCE, LINES, instructed, real_town
from tests.web.cases.town import REGION, Town, books
from tests.web.ledger.checked import all_adds_up
from tests.web.ledger.real import alone, at_once

__all__ = ["real_town"]
pytestmark = pytest.mark.database


def test_a_thousand_calls_one_to_seven_times_shuffled_and_side_by_side_count_once(
    real_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, rng = real_town, random.Random(23)
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    lines = alone(lambda: instructed(town, LINES))
    before, channel = alone(books)["city 2025"], alone(lambda: Machine(town))
    every = [line for line in lines for _ in range(rng.randint(1, 7))]
    rng.shuffle(every)

    def told(line: ReturnLine, fen: int) -> int:
        """The status, once the database is not busy."""
        machine = Machine.__new__(Machine)
        machine.channel, machine.key, machine.client = channel.channel, channel.key, type(channel.client)()
        said = f'"instruction": "{line.instruction}", "serial": "{line.serial}", "outcome": "paid", "fen": {fen}'
        body = f'{{"tenant": "{REGION}", {said}, "paid_on": "{line.paid_on}"}}'.encode()
        while (status := machine.call(body, datetime.now(UTC))[0]) == 409:
            continue
        return status

    def work(place: int) -> Callable[[], list[int]]:
        return lambda: [told(line, line.fen) for line in every[place::AT_ONCE]]

    given = Counter(one for answers in at_once([work(place) for place in range(AT_ONCE)]) for one in answers)
    assert given == {200: len(every)}
    total = sum(line.fen for line in lines)
    assert alone(books)["city 2025"] == (before[0], before[1] - total, before[2] + total)
    other = at_once([lambda line=line: told(line, line.fen + 1) for line in lines[:AT_ONCE]])  # type: ignore[misc]
    assert Counter(other) == {202: AT_ONCE}
    kept = alone(lambda: Counter(PaymentReturn.objects.values_list("state", "why")))
    assert kept == {("applied", ""): LINES, ("quarantined", "return.why.conflict"): AT_ONCE}
    alone(all_adds_up)
