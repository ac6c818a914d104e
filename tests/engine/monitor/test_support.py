"""The statement of public support adds up, whichever way it is read and in whatever order its lines come."""

from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.monitor.support import CapUse, Line, Sums, support_of, tightest_first

FEN = st.integers(0, 10**15)
SUMS = st.builds(Sums, FEN, FEN, FEN, FEN, FEN)
LINES = st.lists(
    st.builds(
        Line,
        case=st.integers(1, 9),
        enterprise_id=st.sampled_from("ABC"),
        rule=st.sampled_from(["interest", "reward"]),
        programme=st.sampled_from(["grants", "talent"]),
        level=st.sampled_from(["city", "county"]),
        year=st.integers(2023, 2026),
        sums=SUMS,
    ),
    max_size=30,
)


@given(LINES)
def test_sums_by_level_year_programme_rule_firm_and_case_are_the_same_total(lines: list[Line]) -> None:
    found = support_of(lines)
    for ways in (found.by_level, found.by_year, found.by_programme, found.by_rule, found.by_firm, found.by_case):
        assert sum(ways.values(), Sums()) == found.total
        assert list(ways) == sorted(ways)
    for name in ("applied", "approved", "reserved", "paid", "returned"):
        assert getattr(found.total, name) == sum(getattr(line.sums, name) for line in lines)


@given(LINES, st.randoms())
def test_the_order_of_lines_changes_nothing(lines: list[Line], chance: object) -> None:
    shuffled = lines.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = support_of(lines), support_of(shuffled)
    assert (first.total, first.by_case, first.by_level) == (second.total, second.by_case, second.by_level)


@given(SUMS)
def test_what_counts_under_caps_is_reserved_and_paid_less_what_came_back(sums: Sums) -> None:
    assert sums.held == sums.reserved + sums.paid - sums.returned
    assert sums.kept == sums.held - sums.reserved


def _cap(name: str, most: int, own: int, group: int = 0) -> CapUse:
    return CapUse(name, "enterprise", "enterprise", ("interest",), most, own, group)


def test_the_cap_with_the_least_left_in_proportion_comes_first() -> None:
    caps = [_cap("half", 100, 50), _cap("free", 100, 0), _cap("full", 10, 8, 2), _cap("over", 10, 30)]
    assert [cap.name for cap in tightest_first(caps)] == ["full", "over", "half", "free"]
    assert tightest_first(reversed(caps)) == tightest_first(caps)


def test_a_cap_of_nothing_that_nobody_uses_is_not_the_tightest() -> None:
    assert [cap.name for cap in tightest_first([_cap("none", 0, 0), _cap("half", 100, 50)])] == ["half", "none"]
