"""A line for a group: members by name, each within its own limit, all within the line, at once as one by one."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django.plugin import DjangoDbBlocker

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.ledger import LedgerBusy
from tests.intake.office import code
from tests.web.cases.town import REGION
from tests.web.deals.capital import CapitalTown
from tests.web.deals.test_capital_lease import refused
from tests.web.ledger.real import alone, at_once, copied

pytestmark = pytest.mark.database
LINE = 10_000_000
MEMBERS = [[code(1), 6_000_000], [code(2), 6_000_000], [code(3), 1_000_000]]


def proposed(town: CapitalTown, members: object = MEMBERS, who: str = "lin") -> Deal:
    """A line that the office proposes for firm 1 and others."""
    told: dict[str, Any] = {"fen": LINE, "firm": code(1), "details": {"members": members}}
    return town.opened(who, "propose", "group_credit", "group", **told)


def opened(town: CapitalTown, members: object = MEMBERS) -> Deal:
    """A line that is open: `bai`, `chen`, `deng`."""
    deal = proposed(town, members)
    town.do("bai", deal, "examine", fen=LINE)
    town.do("chen", deal, "approve", fen=LINE)
    return town.do("deng", deal, "sign", contract="集群1")


def test_members_draw_within_their_own_limits_and_the_line_and_give_room_back(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = opened(town)
    first, second, third = ({"member": name} for name, _ in MEMBERS)
    town.do("deng", deal, "use", fen=6_000_000, details=first)
    assert refused(town, "deng", deal, "use", fen=1, details=first) == "limit"
    assert refused(town, "deng", deal, "use", fen=1_000_001, details=third) == "limit"
    town.do("deng", deal, "use", fen=4_000_000, details=second)
    assert refused(town, "deng", deal, "use", fen=1, details=third) == "limit"  # the line is full
    assert refused(town, "fang", deal, "give_back", fen=4_000_001, details=second) == "used"
    deal = town.do("fang", deal, "give_back", fen=1_000_000, details=second)
    assert deal.outstanding_fen == 9_000_000
    deal = town.do("deng", deal, "use", fen=1_000_000, details=third)
    assert deal.outstanding_fen == LINE
    assert refused(town, "deng", deal, "use", fen=1, details={"member": code(4)}) == "member"
    assert refused(town, "chen", deal, "end") == "in_use"
    assert refused(town, "chen", deal, "use", fen=1, details=first) == "hands.twice"


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([[code(1), 1]], "members"),
        ([[code(1), 1], [code(1), 1]], "members"),
        ([[code(1), 1], ["nobody", 1]], "member"),
        ([[code(1), 1], [code(2), 0]], "member_limit"),
        ([[code(1), 1], [code(2), LINE + 1]], "member_limit"),
        ([[code(1), 1], [code(2), 1.5]], "members"),
        ([[code(1), 1], [code(2)]], "members"),
        ([[code(1), 1], [2, 1]], "members"),
        ([[code(1), 1], None], "members"),
        ({code(1): 1, code(2): 1}, "members"),
        ("ab", "members"),
        ([], "members"),
        (None, "members"),
    ],
)
def test_members_are_firms_of_the_record_each_once_with_a_limit_within_the_line(
    capital_town: CapitalTown, members: object, why: str
) -> None:
    with pytest.raises(CaseRefused) as told:
        proposed(capital_town, members)
    assert told.value.key == f"deal.refused.{why}"


def test_who_joins_is_new_and_who_leaves_has_nothing_in_use(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = opened(town)
    assert refused(town, "bai", deal, "join", details={"members": [[code(2), 1]]}) == "members"
    assert refused(town, "bai", deal, "join", details={"members": [["nobody", 1]]}) == "member"
    deal = town.do("bai", deal, "join", details={"members": [[code(4), 2_000_000]]})
    deal = town.do("deng", deal, "use", fen=5, details={"member": code(4)})
    assert refused(town, "bai", deal, "leave", details={"member": code(4)}) == "in_use"
    town.do("fang", deal, "give_back", fen=5, details={"member": code(4)})
    for number in (4, 3):
        deal = town.do("bai", deal, "leave", details={"member": code(number)})
    assert refused(town, "bai", deal, "leave", details={"member": code(2)}) == "members"
    assert deal.details == {"members": {code(1): 6_000_000, code(2): 6_000_000}}
    assert refused(town, "deng", deal, "use", fen=1, details={"member": code(3)}) == "member"


def test_a_frozen_line_is_not_drawn_on_and_thaws_only_when_no_member_is_past_due(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = opened(town)
    loan = town.opened("firm2", "apply", "loan", "growth")
    Deal.objects.filter(pk=loan.pk).update(days_past_due=3)
    deal = town.do("chen", deal, "freeze")
    assert refused(town, "deng", deal, "use", fen=1, details={"member": code(1)}) == "state"
    assert refused(town, "chen", deal, "thaw") == "past_due"
    Deal.objects.filter(pk=loan.pk).update(days_past_due=0)
    deal = town.do("chen", deal, "thaw")
    assert town.do("chen", deal, "end").state == "ended"


def test_the_bank_may_name_other_limits_and_a_smaller_line_and_approves_what_the_page_shows(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = proposed(town)
    assert refused(town, "bai", deal, "examine", fen=5_000_000) == "member_limit"
    fewer = {code(1): 3_000_000, code(2): 3_000_000}
    deal = town.do("bai", deal, "examine", fen=5_000_000, details={"members": list(fewer.items())})
    assert refused(town, "chen", deal, "approve", fen=LINE) == "seen"
    deal = town.do("chen", deal, "approve", fen=5_000_000)
    assert deal.details == {"members": fewer}


def test_a_line_is_seen_by_who_proposed_it_and_its_bank(capital_town: CapitalTown) -> None:
    town = capital_town
    by_office, by_firm = proposed(town), None
    town.firm(1)
    by_firm = proposed(town, MEMBERS, "firm1")
    town.firm(2)
    assert set(visible(town.people["lin"], REGION)) == {by_office}
    assert (
        set(visible(town.people["firm1"], REGION)) == set(visible(town.people["bai"], REGION)) == {by_office, by_firm}
    )
    for who in ("gao", "firm2", "mei"):
        assert not visible(town.people[who], REGION).exists()
    with pytest.raises(PermissionDenied):
        town.do("firm1", by_firm, "examine", fen=LINE)


@pytest.fixture
def real_town(
    capital_run: Path, transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[CapitalTown]:
    """The town on a durable database with a connection for every thread."""
    with copied(tmp_path, django_db_blocker):
        yield alone(lambda: CapitalTown.open(capital_run))


def test_twenty_draws_at_once_on_the_last_of_a_line_fill_it_exactly(real_town: CapitalTown) -> None:
    town, each, writers = real_town, 900_000, 20
    deal = alone(lambda: opened(town, [[code(1), LINE], [code(2), LINE]]))
    town.days.is_working(town.today)

    def draw(number: int) -> Callable[[], str]:
        def told() -> str:
            fen = each
            while True:
                try:
                    mine = Deal.objects.get(pk=deal.pk)
                    town.do("deng", mine, "use", fen=fen, details={"member": code(1 + number % 2)})
                except LedgerBusy:
                    continue
                except CaseRefused as refusal:
                    if refusal.key.endswith("version"):
                        continue
                    if fen == each:
                        fen = LINE % each
                        continue
                    return "nothing"
                return "whole" if fen == each else "rest"

        return told

    given = at_once([draw(number) for number in range(writers)])
    assert Counter(given) == {"whole": LINE // each, "rest": 1, "nothing": writers - LINE // each - 1}

    def stands() -> tuple[int, int]:
        found = Deal.objects.get(pk=deal.pk)
        return found.outstanding_fen, sum(found.entries.filter(kind="used").values_list("fen", flat=True))

    assert alone(stands) == (LINE, LINE)
