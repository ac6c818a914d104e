"""Columns that systems share with the city: the same to the byte as if each had worked them out."""

from dataclasses import replace

from kerong.engine import record
from kerong.lab.systems import city
from kerong.lab.systems.shared import alike, districts, features
from kerong.rulebook import load
from tests.lab import north
from tests.lab.systems.small import FIRMS, books

FORMULAS = north.FORMULAS.replace("[parameter", "MORE\n[parameter").replace(
    "MORE",
    """[[formula]]
name = "is_central"
title = { zh = "中心", en = "Central" }
value = "enterprise.district = '990101'"
[[formula]]
name = "is_small_and_central"
title = { zh = "中心小企业", en = "Small and central" }
value = "enterprise.is_small and enterprise.is_central"
[[formula]]
name = "per_head"
title = { zh = "人均利息", en = "Interest per head" }
value = "enterprise.interest_fen / enterprise.headcount"
""",
)


def test_shared_columns_equal_those_that_a_system_works_out_alone_with_their_errors() -> None:
    home = load({**north.TEXTS, "formulas/all.toml": FORMULAS})
    other = load({**north.TEXTS, "formulas/all.toml": FORMULAS.replace("< small_count", "<= small_count")})
    firms = [*FIRMS, north.Firm(0, loans=(5,))]
    for book in (home, other):
        place = city(north.facts(firms), home, [home, other], [], north.ON)
        moved = place.firms.with_columns(district=place.firms["district"].replace({"990101": "990102"}))
        one, tables, problems = features(place, moved, place.registers, book)
        alone, own, wrong = record.features(moved, place.registers, book, north.ON)
        assert set(one.columns) == set(alone.columns)
        assert one.select(alone.columns).equals(alone)
        assert all(tables[name].equals(own[name]) for name in own)
        assert problems.sort(problems.columns).equals(wrong.sort(wrong.columns))
        assert wrong.height == 1  # a firm of nobody has no interest per head


def test_what_reads_a_district_or_differs_is_worked_out_by_each_system() -> None:
    home = load({**north.TEXTS, "formulas/all.toml": FORMULAS})
    other = load({**north.TEXTS, "formulas/all.toml": FORMULAS.replace("< small_count", "<= small_count")})
    assert alike(home, home) == {"interest_fen", "is_small", "per_head"}
    assert alike(other, home) == {"interest_fen", "per_head"}
    assert districts(home) == {("firm", "district"), ("enterprise", "district")}


def test_a_measure_over_another_register_of_that_name_is_not_shared() -> None:
    home, book = books()["north"], books()["south"]
    measure = replace(book.measures["interest_fen"], window="12m")
    assert "interest_fen" not in alike(replace(book, measures={"interest_fen": measure}), home)
