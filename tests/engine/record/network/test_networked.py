"""Fields of a network: what they count, when they are unknown, and that nothing unknown is guessed."""

from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.problems import sentence
from kerong.engine.record import features
from kerong.rulebook import load
from kerong.rulebook.networks import GIVES
from tests.engine.record.network.packs import (
    EARLIER,
    HOLD,
    LATER,
    NETWORK,
    ON,
    TITLE,
    book,
    firms,
    given,
    holdings,
    of,
    texts,
)

EXAMPLES = 30  # each is two runs of all fields
STATE = 'ultimate = ["person", "state"]\n'


def test_a_group_is_named_by_its_first_firm_and_counts_firms_and_others_apart() -> None:
    found, _ = given(firms("ABC"), holdings(("p", "A", 6000), ("p", "B", 6000), ("q", "C", 6000)))
    assert [of(found, firm)["group"] for firm in "ABC"] == ["A", "A", "C"]
    assert of(found, "B")["group_size"] == 2
    assert of(found, "B")["group_others"] == 1


def test_a_firm_that_the_register_does_not_cover_is_no_group_of_one() -> None:
    found, _ = given(firms("AB"), holdings(("p", "A", 6000)))
    assert all(of(found, "B")[name] is None for name in GIVES)


def test_a_firm_without_rows_is_a_group_of_one_where_no_row_means_none() -> None:
    found, _ = given(firms("AB"), holdings(("p", "A", 6000)), absence="none")
    told = of(found, "B")
    assert (told["group"], told["group_size"], told["degree"], told["in_amount"], told["in_circle"]) == (
        "B",
        1,
        0,
        0,
        False,
    )
    assert (told["controller"], told["is_controlled"], told["control"]) == (None, False, "B")


def test_a_firm_all_of_whose_rows_have_ended_is_alone_and_known_to_be() -> None:
    found, _ = given(firms("AB"), holdings(("A", "B", 6000), until=EARLIER))
    assert (of(found, "B")["group"], of(found, "B")["group_size"]) == ("B", 1)
    assert of(found, "A")["group"] is None


def test_without_a_file_every_field_is_unknown() -> None:
    found, _ = given(firms("A"), None, absence="none")
    assert all(of(found, "A")[name] is None for name in GIVES)


def test_before_the_register_begins_every_field_is_unknown() -> None:
    pack = texts("none")
    pack["registers/hold.toml"] = pack["registers/hold.toml"].replace(
        "[column", "covers = { from = 2026-01-01 }\n[column", 1
    )
    found, _, _ = features(firms("A"), {"hold": holdings(("p", "A", 6000))}, load(pack), ON)
    assert all(of(found, "A")[name] is None for name in GIVES)


def test_exposure_is_the_exact_sum_over_the_members() -> None:
    large = 2**61
    found, _ = given(firms("AB", debt={"A": large, "B": large + 1}), holdings(("A", "B", 6000)))
    assert of(found, "A")["group_sum"] == 2**62 + 1


def test_exposure_is_unknown_where_that_of_a_member_is() -> None:
    found, _ = given(firms("ABC", debt={"A": None}), holdings(("A", "B", 6000), ("p", "C", 1)))
    assert of(found, "B")["group_sum"] is None
    assert of(found, "C")["group_sum"] == 1


def test_an_exposure_too_large_to_be_held_is_an_error_and_no_value() -> None:
    found, wrong = given(firms("AB", debt={"A": 2**62, "B": 2**62}), holdings(("A", "B", 6000)))
    assert of(found, "A")["group_sum"] is None
    assert of(found, "A")["group_sum!error"] is True
    assert {row["enterprise_id"] for row in wrong if row["column"] == "group_sum"} == {"A", "B"}


def test_the_share_in_trouble_counts_firms_and_is_unknown_where_one_may_be() -> None:
    rows = holdings(("A", "B", 6000), ("A", "C", 6000))
    found, _ = given(firms("ABC", {"B": True}), rows)
    assert (of(found, "A")["group_troubled"], of(found, "A")["group_troubled_bp"]) == (1, 3333)
    found, _ = given(firms("ABC", {"B": True, "C": None}), rows)
    assert (of(found, "A")["group_troubled"], of(found, "A")["group_troubled_bp"]) == (None, None)


def test_a_circle_of_guarantees_is_told_with_its_shortest_way_back() -> None:
    rows = holdings(("A", "B", 1), ("B", "C", 1), ("C", "A", 1), ("B", "A", 1), ("C", "D", 1))
    found, _ = given(firms("ABCD"), rows)
    assert [of(found, firm)["circle_length"] for firm in "ABCD"] == [2, 2, 3, 0]
    assert [of(found, firm)["circle"] for firm in "ABCD"] == ["A", "A", "A", None]
    assert [of(found, firm)["circle_size"] for firm in "ABCD"] == [3, 3, 3, 0]
    assert [of(found, firm)["in_circle"] for firm in "ABCD"] == [True, True, True, False]


def test_a_hub_is_seen_by_whom_it_stands_for_and_with_how_much() -> None:
    rows = pl.concat([holdings(("A", "B", 1), ("A", "C", 1), amount=5), holdings(("A", "B", 1), amount=7)])
    found, _ = given(firms("ABC"), rows)
    assert (of(found, "A")["out_degree"], of(found, "A")["out_amount"], of(found, "A")["in_amount"]) == (2, 17, 0)
    assert (of(found, "B")["in_degree"], of(found, "B")["in_amount"]) == (1, 12)


def test_an_unknown_amount_makes_the_sum_unknown_and_not_smaller() -> None:
    rows = pl.concat([holdings(("A", "B", 1), amount=5), holdings(("A", "C", 1), amount=None)])
    found, _ = given(firms("ABC"), rows)
    assert (of(found, "A")["out_amount"], of(found, "B")["in_amount"], of(found, "C")["in_amount"]) == (None, 5, None)


def test_trouble_is_near_by_steps_to_another_firm() -> None:
    rows = holdings(("A", "B", 1), ("B", "C", 1), ("C", "D", 1), ("E", "F", 1))
    found, _ = given(firms("ABCDEF", {"A": True}), rows)
    assert [of(found, firm)["trouble_distance"] for firm in "ABCDEF"] == [None, 1, 2, 3, None, None]
    assert [of(found, firm)["near_trouble"] for firm in "ABCDEF"] == [False, True, True, False, False, False]


def test_trouble_that_may_be_nearer_makes_the_distance_unknown() -> None:
    rows = holdings(("A", "B", 1), ("B", "C", 1), ("C", "D", 1), ("D", "E", 1))
    found, _ = given(firms("ABCDE", {"A": True, "E": None}), rows)
    assert [of(found, firm)["trouble_distance"] for firm in "BCD"] == [1, 2, None]
    assert [of(found, firm)["near_trouble"] for firm in "BCD"] == [True, True, None]


def test_a_row_that_may_count_leaves_open_what_it_would_change() -> None:
    rows = pl.concat([holdings(("A", "B", 1)), holdings(("B", "C", 1), until=None), holdings(("D", "E", 1))])
    found, _ = given(firms("ABCDE"), rows)
    assert [of(found, firm)["group_size"] for firm in "ABCDE"] == [None, None, None, 2, 2]
    assert of(found, "B")["in_degree"] == 1
    assert of(found, "B")["out_degree"] is None


def test_a_row_that_does_not_say_who_is_at_one_end_leaves_the_group_open() -> None:
    found, wrong = given(firms("ABC"), holdings(("A", "B", 1), (None, "B", 1), ("p", "C", 1)))
    assert [of(found, firm)["group"] for firm in "ABC"] == [None, None, "C"]
    assert of(found, "B")["in_amount"] == 2
    told = next(row for row in wrong if row["kind"] == "network_end_unknown")
    assert sentence(told, "en") == (
        "network “ownership”: 1 rows of register “hold” do not say who is at one end;"
        " the groups that they touch are unknown"
    )


def test_a_tie_to_oneself_makes_no_circle_and_is_told() -> None:
    found, wrong = given(firms("A"), holdings(("A", "A", 1)))
    assert (of(found, "A")["in_circle"], of(found, "A")["degree"], of(found, "A")["out_amount"]) == (False, 0, 0)
    assert "network_self_tie" in {row["kind"] for row in wrong}


def test_shares_go_through_chains_and_add_up() -> None:
    rows = holdings(("p", "A", 6000), ("q", "A", 4000), ("A", "B", 5000), ("p", "B", 5000), ("B", "C", 10000))
    found, _ = given(firms("ABC"), rows)
    assert [of(found, firm)["holder"] for firm in "ABC"] == ["p", "p", "p"]
    assert [of(found, firm)["holder_bp"] for firm in "ABC"] == [6000, 8000, 8000]
    assert [of(found, firm)["holders"] for firm in "ABC"] == [2, 1, 1]


def test_own_shares_count_for_those_who_hold_the_rest() -> None:
    found, _ = given(firms("A"), holdings(("A", "A", 2000), ("p", "A", 6000), ("q", "A", 2000)))
    assert of(found, "A")["holder_bp"] == 7500


def test_a_firm_whose_holders_nobody_tells_ends_no_chain() -> None:
    found, _ = given(firms("AB"), holdings(("A", "B", 10000)))
    assert (of(found, "B")["holder"], of(found, "B")["holder_bp"], of(found, "B")["holders"]) == (None, None, None)
    assert (of(found, "B")["is_controlled"], of(found, "B")["controller"]) == (True, None)


def test_declared_kinds_end_a_chain_and_no_others_do() -> None:
    rows = holdings(("s", "A", 10000), ("x", "B", 10000), kinds={"s": "state", "x": "firm"})
    found, _ = given(firms("AB"), rows, head=STATE)
    assert [of(found, firm)["holder"] for firm in "AB"] == ["s", None]


def test_missing_shares_leave_open_only_what_they_could_change() -> None:
    rows = holdings(("p", "A", 7000), ("q", "B", 4000), ("r", "B", 4000), ("t", "C", 2600), ("u", "C", None))
    found, _ = given(firms("ABC"), rows)
    assert [of(found, firm)["holder"] for firm in "ABC"] == ["p", None, None]
    assert [of(found, firm)["holder_bp"] for firm in "ABC"] == [None, None, None]
    assert [of(found, firm)["controller"] for firm in "ABC"] == ["p", None, None]
    assert [of(found, firm)["is_controlled"] for firm in "ABC"] == [True, None, None]


def test_shares_beyond_the_whole_are_told_and_the_holders_unknown() -> None:
    found, wrong = given(firms("AB"), holdings(("p", "A", 7000), ("q", "A", 4000), ("A", "B", 9000)))
    assert (of(found, "A")["holder"], of(found, "A")["controller"]) == (None, None)
    assert of(found, "A")["group"] == "A"
    told = next(row for row in wrong if row["kind"] == "network_shares_beyond_whole")
    assert sentence(told, "zh") == "关系网“ownership”：A 的持股比例合计为 11000 个基点，超过 10000，其股东按未知处理"


def test_a_loop_that_nobody_outside_holds_is_told_and_has_no_holder() -> None:
    found, wrong = given(firms("ABC"), holdings(("A", "B", 10000), ("B", "A", 10000), ("B", "C", 10000)))
    assert [of(found, firm)["holder"] for firm in "ABC"] == [None, None, None]
    assert [of(found, firm)["is_controlled"] for firm in "ABC"] == [None, None, None]
    told = next(row for row in wrong if row["kind"] == "network_loop_closed")
    assert sentence(told, "zh").endswith("没有外部股东，其最终持有人按未知处理：2: A、B")


def test_control_adds_up_what_the_controlled_hold_themselves() -> None:
    rows = holdings(("p", "A", 5100), ("q", "A", 4900), ("p", "B", 2600), ("A", "B", 2600), ("q", "B", 4800))
    found, _ = given(firms("AB"), rows)
    assert [of(found, firm)["controller"] for firm in "AB"] == ["p", "p"]
    assert [of(found, firm)["control_size"] for firm in "AB"] == [2, 2]
    assert of(found, "B")["holder"] == "q"


def test_half_is_no_majority() -> None:
    found, _ = given(firms("A"), holdings(("p", "A", 5000), ("q", "A", 5000)))
    assert (of(found, "A")["is_controlled"], of(found, "A")["control"]) == (False, "A")


def test_a_code_written_otherwise_is_the_same_firm() -> None:
    code = "91990105MA1MEAB35P"
    enterprises = firms("A").with_columns(enterprise_id=pl.lit(code))
    rows = holdings(("91990105ma1meab35p ", "B", 1), (code, "C", 1))
    found, _ = given(enterprises, rows)
    assert of(found, code)["out_degree"] == 2


def test_region_and_formulas_may_name_what_a_network_gives() -> None:
    pack = texts()
    pack["region.toml"] = pack["region.toml"].replace(
        "[enterprise]\n", '[enterprise]\naffiliates = "enterprise.group"\n'
    )
    pack["formulas/f.toml"] = f'[[formula]]\nname = "is_large"\n{TITLE}value = "enterprise.group_size > 1"\n'
    rulebook = load(pack)
    found, _, _ = features(firms("AB"), {"hold": holdings(("A", "B", 1))}, rulebook, ON)
    assert found["is_large"].to_list() == [True, True]
    assert rulebook.affiliates is not None


def test_a_dated_threshold_is_unknown_before_its_first_day() -> None:
    network = NETWORK + f'[[field]]\nname = "owners"\n{TITLE}gives = "holders"\nabove = "least_bp"\n'
    dated = '[parameter.least_bp]\n2025-07-01 = { value = 2500, source = "…" }\n'
    rulebook = load(texts(network=network + dated, fields=""))
    rows = {"hold": holdings(("p", "A", 10000))}
    assert features(firms("A"), rows, rulebook, ON)[0]["owners"].to_list() == [None]
    assert features(firms("A"), rows, rulebook, date(2025, 7, 1))[0]["owners"].to_list() == [1]


@dataclass(frozen=True)
class City:
    """Rows of which cells are unknown, and a world in which they are known."""

    rows: pl.DataFrame
    world: pl.DataFrame
    bad: dict[str, bool | None]
    is_bad: dict[str, bool | None]


@st.composite
def cities(draw: st.DrawFn) -> City:
    """Firms A to D and persons p, q: whoever holds a firm has part of what is left of it."""
    rows: list[list[object]] = []
    world: list[list[object]] = []
    for firm in "ABCD":
        left = 10_000
        for _ in range(draw(st.integers(0, 3))):
            holder = draw(st.sampled_from("ABCDpq"))
            share = draw(st.integers(0, left // 100)) * 100
            amount, until = draw(st.integers(0, 5)), draw(st.sampled_from((LATER, EARLIER)))
            left -= share if until == LATER else 0
            known = [firm, holder, share, amount, None, until]
            hidden = [cell if draw(st.integers(0, 5)) else None for cell in known]
            if hidden[1] is None:  # a row that does not say who counts as somebody's whom nobody else is tied to
                known[1] = f"x{len(rows)}"
            rows.append([firm, *hidden[1:4], None, hidden[5]])
            world.append(known)
    is_bad: dict[str, bool | None] = {firm: draw(st.booleans()) for firm in "ABCD"}
    bad = {firm: value if draw(st.integers(0, 3)) else None for firm, value in is_bad.items()}
    return City(pl.DataFrame(rows, HOLD, orient="row"), pl.DataFrame(world, HOLD, orient="row"), bad, is_bad)


@pytest.mark.parametrize("absence", ["none", "unknown"])
@settings(deadline=None, max_examples=EXAMPLES)
@drawn(city=cities())
def test_what_a_field_says_is_true_in_every_world_that_the_rows_leave_open(absence: str, city: City) -> None:
    told, _ = given(firms("ABCD", city.bad), city.rows, absence)
    true, _ = given(firms("ABCD", city.is_bad), city.world, absence)
    for name in GIVES:
        for firm, said, is_so in zip("ABCD", told[name], true[name], strict=True):
            if said is not None:
                assert is_so in (said, None), f"{name} of {firm}: told {said}, is {is_so}"


@settings(deadline=None, max_examples=EXAMPLES)
@drawn(city=cities(), random=st.randoms(use_true_random=False))
def test_fields_do_not_depend_on_the_order_of_rows(city: City, random: object) -> None:
    order = list(range(city.rows.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = given(firms("ABCD", city.bad), city.rows)
    other = given(firms("ABCD", city.bad), city.rows[order])
    assert_frame_equal(one[0], other[0])
    assert one[1] == other[1]


def test_every_kind_of_field_is_given_by_the_pack_of_these_tests() -> None:
    assert set(book().networks["ownership"].fields) == set(GIVES)
