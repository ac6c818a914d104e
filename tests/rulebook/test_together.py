"""Rules in one pass: what they ask alike is asked once, and each keeps its own parameters."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook import coded, plain
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Parameter
from kerong.rulebook.parse import parse
from kerong.rulebook.tables import Entries, Table
from kerong.rulebook.together import Together
from tests.rulebook.generated import ON, PARAMETERS, SCOPE

SINCE = date(2020, 1, 1)
FIRMS = pl.DataFrame({"a_fen": [1, 5, None], "kind": ["x", "y", None]}, schema_overrides={"a_fen": pl.Int64})


def of(**values: int | Table) -> dict[str, Parameter]:
    return {name: Parameter(name, None, PARAMETERS[name], ((SINCE, value, ""),)) for name, value in values.items()}


def test_a_condition_with_the_same_value_is_asked_once_and_with_another_value_twice() -> None:
    together, node = Together(ON), parse("enterprise.a_fen >= line_fen", SCOPE)
    first, same, other = (together.add(node, f"r{n}", of(line_fen=line)) for n, line in enumerate((5, 5, 1)))
    assert first == same != other
    found = together.evaluate(FIRMS).frame
    assert found[first].to_list() == [False, True, None]
    assert found[other].to_list() == [True, True, None]


def test_tables_are_told_apart_by_what_they_say_and_not_by_their_name() -> None:
    together, node = Together(ON), parse("lookup(enterprise.kind, shares_bp)", SCOPE)
    says = (Entries({"x": 1}, 0), Entries({"x": 1}, 0), Entries({"x": 2}, 0))
    first, same, other = (together.add(node, f"r{n}", of(shares_bp=table)) for n, table in enumerate(says))
    assert first == same != other
    assert together.evaluate(FIRMS).frame.select(first, other).rows() == [(1, 2), (0, 0), (None, None)]


def test_a_parameter_that_is_not_in_force_is_unknown_for_its_rule_alone() -> None:
    together, node = Together(ON), parse("enterprise.a_fen >= line_fen", SCOPE)
    later = {"line_fen": Parameter("line_fen", None, PARAMETERS["line_fen"], ((date(2030, 1, 1), 1, ""),))}
    unknown, known = together.add(node, "a", later), together.add(node, "b", of(line_fen=1))
    found = together.evaluate(FIRMS).frame
    assert found[unknown].to_list() == [None, None, None]
    assert found[known].to_list() == [True, True, None]


texts = st.one_of(st.none(), st.sampled_from(["", "x", "高新", "other"]))
tables = st.builds(
    Entries,
    st.dictionaries(st.sampled_from(["", "x", "高新", "never"]), st.integers(-9, 9), min_size=1),
    st.one_of(st.none(), st.integers(-9, 9)),
)


@pytest.mark.parametrize("many", [0, 10_000])
@given(rows=st.lists(texts, max_size=6), table=tables)
def test_a_lookup_by_numbers_says_what_a_lookup_by_texts_says(
    many: int, rows: list[str | None], table: Entries
) -> None:
    node = parse("lookup(enterprise.kind, shares_bp)", SCOPE)
    frame = pl.DataFrame({"kind": pl.Series(rows, dtype=pl.String)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded, "WORTH", 0)
        patch.setattr(coded, "MANY", many)
        numbered = coded.coded(frame, [node])
        assert numbered.columns == ["kind", "#kind"]
        found = evaluate(numbered, {"x": node}, ON, of(shares_bp=table))
    errors = set(found.errors["row"])
    for row, text in enumerate(rows):
        said = plain.evaluate(node, {("enterprise", "kind"): text}, ON, {"shares_bp": table})
        assert (row in errors) == isinstance(said, plain.Fault)
        assert found.frame["x"][row] == (None if isinstance(said, plain.Fault) else said)
