"""What the clauses of pools ask of a loan can be said by the bank, in every shipped pool, and is read as what it is."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook import Rulebook, load
from kerong.rulebook.pools import Pool
from kerong.rulebook.tree import walk
from kerong.store.packs import read_pack, region_names
from kerong.web.base.deal_wishes import deal_wished
from kerong.web.base.selectors.deal_forms import pool_fields
from kerong.web.base.selectors.move_forms import Field
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_pool import DRAWN_ON, LOAN, eligible_as_said, loan_facts, stated

BOOKS = {name: load(read_pack(name)) for name in region_names()}
POOLS = [(region, name) for region, book in BOOKS.items() for name in book.pools]
TYPED = {"day": "2025-06-30", "money": "12.50", "percent": "2.5", "whole": "3", "line": "any", "flag": "1"}
PYTHON = {"date": date, "bool": bool, "int": int, "float": float, "text": str}
ANGEL = (BOOKS["hangzhou"], BOOKS["hangzhou"].pools["angel_guarantee_pool"])


def typed(field: Field) -> str:
    """What somebody types into a box: of a choice the last that there is."""
    return field.options[-1][0] if field.options else TYPED[field.kind]


def wished(book: Rulebook, pool: Pool, instrument: str) -> dict[str, Any]:
    """The facts of a registration whose form was filled in whole."""
    fields = pool_fields(book, pool, pool.instruments[instrument])
    given = {"pool": pool.name, "instrument": instrument, **{one.name: typed(one) for one in fields}}
    published = cast("Published", SimpleNamespace(rulebook=book))
    return dict(deal_wished("register", given, published, ()).facts)


@pytest.mark.parametrize(("region", "name"), POOLS)
def test_every_field_that_a_pools_clauses_read_can_be_said_in_the_form_and_has_its_type(region: str, name: str) -> None:
    book, pool = BOOKS[region], BOOKS[region].pools[name]
    rule = book.rules[pool.rule] if pool.rule is not None else None
    asked = [rule.clauses[at - 1].condition for at in pool.clauses] if rule is not None else []
    fields = {node.field for one in asked for node in walk(one) if node.kind == "field"}
    read = {f"{table}.{column}" for table, column in fields if table != "enterprise"}
    for instrument in pool.instruments:
        filled = wished(book, pool, instrument)
        said = stated(book, pool, filled)
        assert read - said.keys() <= {f"{LOAN}.{DRAWN_ON}"}
        for field, type_ in loan_facts(book, pool).items():
            assert isinstance(said[field], PYTHON[type_.kind]), (field, filled)


@pytest.mark.parametrize(
    ("on", "expected"), [("2021-06-01", True), ("2020-12-31", False), ("2024-01-01", False), (None, None)]
)
def test_the_day_on_which_a_guarantee_began_decides_in_the_pool_of_hangzhou(
    on: str | None, expected: bool | None
) -> None:
    book, pool = ANGEL
    row = pl.DataFrame({"tech_sme_spells": [[{"begins": date(2021, 1, 1), "ends": date(2023, 12, 31)}]]})
    said = {} if on is None else {"guarantee.start_on": on}
    assert eligible_as_said(book, pool, row, date(2021, 7, 1), said) is expected


@given(st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.lists(st.integers())))
def test_what_is_no_day_is_refused_by_name_where_a_day_is_asked(value: object) -> None:
    book, pool = ANGEL
    with pytest.raises(CaseRefused, match="fact") as told:
        stated(book, pool, {"guarantee.start_on": value})
    assert "guarantee.start_on" in told.value.sentence("en")


@given(st.dates())
def test_a_day_is_taken_as_the_form_writes_it_and_as_it_is(day: date) -> None:
    book, pool = ANGEL
    for said in (day, day.isoformat()):
        assert stated(book, pool, {"guarantee.start_on": said}) == {"guarantee.start_on": day}


@pytest.mark.parametrize("value", ["nothing", 1, True, ["unsecured"], ""])
def test_a_code_that_the_register_does_not_have_is_refused(value: object) -> None:
    book = BOOKS["luoyang"]
    with pytest.raises(CaseRefused) as told:
        stated(book, book.pools["loan_pool"], {"loan.security": value})
    assert told.value.key == "deal.refused.fact"
