"""What a purpose carries of the readings of cards: nothing that it does not name, nothing that it may not know."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from kerong.engine.score.credit import credit, for_purpose
from kerong.engine.score.declared import fields_behind
from kerong.rulebook import Rulebook, load
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.tree import Node, walk
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)


@cache
def book() -> Rulebook:
    return load(read_pack("demo"))


@cache
def readings() -> pl.DataFrame:
    """Two enterprises of whom nothing is known."""
    nodes: list[Node] = [part for model in book().models.values() for node in model.nodes() for part in walk(node)]
    fields = {node.field[1]: dtype_of(node.type) for node in nodes if node.kind == "field"}
    empty = {name: pl.Series([None, None], dtype=dtype) for name, dtype in sorted(fields.items())}
    return credit(pl.DataFrame({"enterprise_id": ["B", "A"], **empty}), book(), ON)[0]


def test_of_whom_nothing_is_known_the_whole_span_is_open() -> None:
    told = readings()
    assert told.select("card", "subject").rows() == [(card, who) for card in sorted(book().cards) for who in "AB"]
    of_the_day = {model.name for model in book().models.values() if frozenset() in fields_behind(model).values()}
    for card, covered in told.select("card", "coverage_bp").rows():  # the month of the day is known of everybody
        assert 0 <= covered < 500 if book().cards[card].model in of_the_day else covered == 0
    assert told["at_risk"].null_count() == told.height
    assert (told["points_low"] <= told["points"]).all()


def test_of_the_shipped_purposes_the_credit_review_alone_carries_a_reading_and_with_consent_alone() -> None:
    of_credit = {name for name, rules in book().cards.items() if book().models[rules.model].kind == "credit"}
    assert of_credit
    for purpose in book().purposes.values():
        carried, withheld = for_purpose(readings(), book(), purpose, consented=True)
        wanted = of_credit if purpose.name == "credit_review" else set()
        assert (set(carried["card"]), set(withheld)) == (wanted, set(book().cards) - wanted)
        assert for_purpose(readings(), book(), purpose, consented=False)[0].is_empty()


def test_whoever_carries_a_reading_needs_the_firms_consent_and_names_its_legal_basis() -> None:
    for purpose in book().purposes.values():
        if purpose.models:
            assert purpose.needs_consent
            assert purpose.legal_basis.zh
            assert purpose.legal_basis.en


def test_a_purpose_that_names_a_model_carries_its_reading_only_with_consent_and_all_that_it_rests_on() -> None:
    purpose = replace(book().purposes["loan_application"], models=("credit",), registers=())
    carried, withheld = for_purpose(readings(), book(), purpose, consented=True)
    assert carried["card"].unique().to_list() == ["credit"]
    others = dict.fromkeys(book().cards.keys() - {"credit"}, "model")
    assert others
    assert withheld == others
    assert for_purpose(readings(), book(), purpose, consented=False)[1]["credit"] == "consent"
    assert for_purpose(readings(), book(), replace(purpose, sensitivity="public"), consented=True)[1] == {
        "credit": "sensitivity",
        **others,
    }
    fewer = replace(purpose, registers=("company",))
    assert for_purpose(readings(), book(), fewer, consented=True)[1]["credit"] == "register"


def test_a_region_without_cards_has_an_empty_table_with_its_columns() -> None:
    bare = replace(book(), cards={})
    told, problems = credit(pl.DataFrame({"enterprise_id": ["A"]}), bare, ON)
    assert told.is_empty()
    assert problems.is_empty()
    assert told.columns[:4] == ["card", "subject", "on", "at_risk"]
