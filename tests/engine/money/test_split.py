"""Laws of waterfalls: parts sum to the amount, caps hold, and nothing depends on the order of rows."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.money import Split, split, split_table
from kerong.engine.money.split import largest_remainder
from kerong.rulebook import plain
from kerong.rulebook.plain import Fault
from kerong.rulebook.types import BP
from kerong.rulebook.waterfalls import Layer, Waterfall
from tests.engine.money.drawn import (
    FEN_VALUES,
    MOST_PARTED,
    ON,
    PLACE,
    TITLE,
    Row,
    blemished,
    number,
    rows,
    waterfall_of,
    waterfalls,
    whole_shares,
)

OUTCOMES: dict[int, type] = {1: Split, 2: type(None), 3: Fault}


def parted(waterfall: Waterfall, row: Row) -> Split:
    found = split(waterfall, row, ON)
    assert isinstance(found, Split), found
    return found


def table(waterfall: Waterfall, lines: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=dict.fromkeys(waterfall.inputs, pl.Int64))


@given(st.data())
def test_parts_sum_to_the_amount_and_none_is_negative(data: st.DataObject) -> None:
    waterfall = data.draw(waterfalls())
    row = data.draw(rows(waterfall))
    found = parted(waterfall, row)
    assert sum(found.parts.values()) == row["amount_fen"]
    assert min((found.rest, *(fen for layer in found.layers for fen in layer.values()))) >= 0
    assert tuple(found.parts) == tuple(waterfall.parties)


@given(st.data())
def test_no_party_takes_more_than_its_cap_in_a_layer_and_every_cut_is_told(data: st.DataObject) -> None:
    waterfall = data.draw(waterfalls())
    row = data.draw(rows(waterfall))
    found = parted(waterfall, row)
    for at, layer in enumerate(waterfall.layers):
        facts = {("", name): value for name, value in row.items()}
        for party, node in layer.caps.items():
            exact = plain.evaluate(node, facts, ON, {})
            assert isinstance(exact, int)
            cap = exact // node.type.divisor
            assert found.layers[at][party] <= cap
            cut = [cut for cut in found.cuts if (cut.layer, cut.party) == (at + 1, party)]
            assert not cut or (found.layers[at][party] == cap and cut[0].fen > 0 and cut[0].over == layer.over)


@given(st.data())
def test_a_higher_cap_never_lowers_what_its_party_takes_in_the_layer(data: st.DataObject) -> None:
    before, after, at, party = _raised(data, data.draw(waterfalls()))
    if at is not None and party is not None:
        assert after.layers[at][party] >= before.layers[at][party]
        assert after.layers[:at] == before.layers[:at]


@given(st.data())
def test_between_two_parties_a_higher_cap_never_lowers_what_its_party_takes_in_all(data: st.DataObject) -> None:
    before, after, at, party = _raised(data, data.draw(waterfalls(most_parties=2)))
    if at is not None and party is not None:
        assert after.parts[party] >= before.parts[party]


def _raised(data: st.DataObject, waterfall: Waterfall) -> tuple[Split, Split, int | None, str | None]:
    """The split before and after one cap is raised, and which."""
    row = data.draw(rows(waterfall))
    caps = [(at, party) for at, layer in enumerate(waterfall.layers) for party in layer.caps]
    before = parted(waterfall, row)
    if not caps:
        return before, before, None, None
    at, party = data.draw(st.sampled_from(caps))
    low = row[f"cap_{at}_{party}"] or 0
    higher = {
        **row,
        f"cap_{at}_{party}": data.draw(st.integers(low, MOST_PARTED) | st.integers(low, min(low + 5, MOST_PARTED))),
    }
    return before, parted(waterfall, higher), at, party


@given(FEN_VALUES, st.data())
def test_a_share_differs_from_its_exact_part_by_less_than_a_fen(fen: int, data: st.DataObject) -> None:
    shares = data.draw(whole_shares(4))
    parts = largest_remainder(fen, dict(zip("abcd", shares, strict=True)))
    assert sum(parts.values()) == fen
    for part, share in zip(parts.values(), shares, strict=True):
        assert abs(10_000 * part - fen * share) < 10_000


def test_an_odd_fen_goes_to_the_largest_remainder_and_of_equal_ones_to_the_first() -> None:
    assert largest_remainder(101, {"a": 5_000, "b": 5_000}) == {"a": 51, "b": 50}
    assert largest_remainder(101, {"b": 5_000, "a": 5_000}) == {"b": 51, "a": 50}
    assert largest_remainder(10, {"a": 3_333, "b": 3_333, "c": 3_334}) == {"a": 3, "b": 3, "c": 4}
    assert largest_remainder(1, {"a": 1, "b": 9_999}) == {"a": 0, "b": 1}


@given(st.data())
def test_the_columnar_form_agrees_with_the_plain_one_row_by_row(data: st.DataObject) -> None:
    waterfall = data.draw(waterfalls())
    lines = data.draw(st.lists(rows(waterfall) | blemished(waterfall), max_size=6))
    found = split_table(waterfall, table(waterfall, lines), ON)
    assert found.frame.height == len(lines)
    wrong = set(found.errors["row"])
    for at, (line, got) in enumerate(zip(lines, found.frame.iter_rows(named=True), strict=True)):
        plainly = split(waterfall, line, ON)
        assert isinstance(plainly, OUTCOMES[got["outcome"]])
        assert (at in wrong) == isinstance(plainly, Fault)
        if isinstance(plainly, Split):
            _agree(waterfall, plainly, got)
        else:
            assert {value for name, value in got.items() if name != "outcome"} == {None}


def _agree(waterfall: Waterfall, plainly: Split, got: dict[str, int]) -> None:
    assert got["amount"] == plainly.amount
    assert got["rest"] == plainly.rest
    assert {party: got[f"total.{party}"] for party in waterfall.parties} == plainly.parts
    cuts = {(cut.layer, cut.party): cut.fen for cut in plainly.cuts}
    for at, layer in enumerate(waterfall.layers, 1):
        assert {party: got[f"{at}.{party}"] for party in waterfall.parties} == plainly.layers[at - 1]
        assert {p: got[f"{at}.{p}.cut"] for p in layer.caps} == {p: cuts.get((at, p), 0) for p in layer.caps}


@given(st.data())
def test_permuting_rows_permutes_the_parts_and_changes_nothing_else(data: st.DataObject) -> None:
    waterfall = data.draw(waterfalls())
    lines = data.draw(st.lists(blemished(waterfall), min_size=1, max_size=6))
    order = data.draw(st.permutations(range(len(lines))))
    found = split_table(waterfall, table(waterfall, lines), ON).frame
    moved = split_table(waterfall, table(waterfall, [lines[at] for at in order]), ON).frame
    assert found[order].equals(moved)


@given(st.data())
def test_an_unknown_input_makes_the_split_unknown_and_so_does_a_missing_column(data: st.DataObject) -> None:
    waterfall = data.draw(waterfalls())
    row = data.draw(rows(waterfall))
    name = data.draw(st.sampled_from(sorted(row)))
    assert split(waterfall, {**row, name: None}, ON) is None
    assert split(waterfall, {key: value for key, value in row.items() if key != name}, ON) is None
    found = split_table(waterfall, table(waterfall, [row]).drop(name), ON)
    assert found.frame["outcome"].to_list() == [2]


@given(st.data())
def test_shares_that_do_not_sum_to_the_whole_and_negative_numbers_are_errors(data: st.DataObject) -> None:
    waterfall = data.draw(waterfalls())
    row = data.draw(rows(waterfall))
    name = data.draw(st.sampled_from(sorted(row)))
    wrong = -10_000 if not name.startswith("share") else data.draw(st.sampled_from([-1, (row[name] or 0) + 1]))
    found = split(waterfall, {**row, name: wrong}, ON)
    assert isinstance(found, Fault)
    assert "negative" in found.reason or "sum to" in found.reason
    errors = split_table(waterfall, table(waterfall, [{**row, name: wrong}]), ON).errors
    assert set(errors["kind"]) <= {"negative", "shares"}
    assert errors.height


def test_no_rows_give_no_parts() -> None:
    shares = {party: number(f"share_0_{party}", BP) for party in ("pool", "bank")}
    waterfall = waterfall_of((Layer(TITLE, None, shares, {}, None, PLACE),), ("pool", "bank"), "bank")
    found = split_table(waterfall, table(waterfall, []), ON)
    assert found.frame.height == found.errors.height == 0


@pytest.mark.parametrize("column", [[1.9, 2.5], ["1", "2"], [True, False]])
def test_a_column_that_holds_no_whole_numbers_is_refused_and_not_cut_off(column: list[object]) -> None:
    halves = {party: number(f"share_0_{party}", BP) for party in ("bank", "pool")}
    waterfall = waterfall_of((Layer(TITLE, None, halves, {}, None, PLACE),), ("bank", "pool"), "bank")
    with pytest.raises(TypeError, match="the column amount_fen holds"):
        split_table(waterfall, pl.DataFrame({"amount_fen": column}), ON)
