"""A case from the award to the instruction: what each move does, and what is refused."""

import pytest

from tests.web.cases.town import Town, books

pytestmark = pytest.mark.database


def test_a_firm_applies_and_is_accepted_verified_reserved_and_approved_by_several_people(town: Town) -> None:
    town.call()
    case = town.at("approved")
    assert (case.entitled_fen, case.awarded_fen, case.fen, case.approved_fen) == (50_001, 50_001, 50_001, 50_001)
    assert books()["city 2025"][1:] == (35_001, 0)
    assert books()["county 2025"][1:] == (15_000, 0)
