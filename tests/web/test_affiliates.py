"""Who belongs to one group where the region declares nothing: whom the record's holdings tie, and never a guess."""

import pytest

from kerong.web.base.selectors.affiliates import affiliates_of, titles_of
from kerong.web.base.selectors.published import Published

FIELDS = ("ownership_group", "control_group")


@pytest.fixture
def named(published: Published) -> list[dict[str, str | None]]:
    """By firm the names of its groups."""
    rows: list[dict[str, str | None]] = published.enterprises.select("enterprise_id", *FIELDS).to_dicts()
    return rows


def test_a_group_is_of_all_whom_a_network_of_holdings_puts_together(
    published: Published, named: list[dict[str, str | None]]
) -> None:
    tied = 0
    for row in named[:80]:
        found = affiliates_of(published, str(row["enterprise_id"]))
        together = {
            str(other["enterprise_id"])
            for other in named
            if any(row[field] and other[field] == row[field] for field in FIELDS)
        }
        assert set(found.grounds) == together - {row["enterprise_id"]}
        assert all(why == ("holdings",) for why in found.grounds.values())
        assert found.keys == {}  # no award counts by them
        tied += bool(found.grounds)
    assert tied


def test_what_the_record_does_not_know_is_no_firm_that_stands_alone(
    published: Published, named: list[dict[str, str | None]]
) -> None:
    seen = set()
    for row in named:
        is_whole, found = all(row[field] for field in FIELDS), affiliates_of(published, str(row["enterprise_id"]))
        assert found.state in (("found", "alone") if is_whole else ("partly", "unknown"))
        seen.add(found.state)
    assert {"found", "alone", "unknown"} <= seen
    assert affiliates_of(published, "no-such-firm").state == "unknown"


def test_being_of_one_group_is_mutual(published: Published, ids: list[str]) -> None:
    for firm in ids[:60]:
        for other in affiliates_of(published, firm).grounds:
            assert firm in affiliates_of(published, other).grounds


def test_a_firm_without_a_name_goes_by_its_id(published: Published, ids: list[str]) -> None:
    told = titles_of(published, [ids[0], "no-such-firm", ids[0]])
    assert list(told) == [ids[0], "no-such-firm"]
    assert told["no-such-firm"] == "no-such-firm"
    assert told[ids[0]] != ids[0]
