"""Several sources of one field: which value counts, and that no other is lost."""

from datetime import date, timedelta
from itertools import permutations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.record.clean import File, cleaned, cleaned_part
from kerong.engine.record.duplicates import KNOWN
from kerong.engine.record.neighbours import HeldTable
from kerong.engine.record.settle import Stated, contradictions, months_before, settled
from kerong.engine.record.tables import PART
from kerong.rulebook.content import Settlement
from tests.engine.record.registers import FIRM, ON, Part, Raw, raw, tax

SCHEMA = {"enterprise_id": pl.String, "value": pl.Int64, KNOWN: pl.Date, PART: pl.UInt32}
Row = tuple[str, int, date | None, int]


def stated(register: str, *rows: Row, weights: tuple[int, ...] = (5,)) -> Stated:
    """What a register says; PART counts its feeds."""
    table = pl.DataFrame(list(rows), schema=SCHEMA, orient="row").sort(KNOWN, descending=True, nulls_last=True)
    feeds = [(register if not place else f"{register}_{place}", weight) for place, weight in enumerate(weights)]
    return Stated(register, "staff", table, feeds)


def won(sources: list[Stated], settlement: Settlement) -> dict[str, int]:
    found, _ = settled("staff", sources, settlement, ON)
    return dict(found.select("enterprise_id", "value").iter_rows())


NEAR, FAR = date(2025, 5, 1), date(2021, 1, 1)


def test_the_first_source_the_latest_or_the_most_reliable_wins_as_is_declared() -> None:
    sources = [
        stated("tax", ("A", 1, FAR, 0), weights=(3,)),
        stated("social", ("A", 2, NEAR, 0), weights=(7,)),
        stated("survey", ("A", 3, date(2025, 6, 1), 0), weights=(1,)),
    ]
    assert won(sources, Settlement("staff")) == {"A": 1}
    assert won(sources, Settlement("staff", "latest")) == {"A": 3}
    assert won(sources, Settlement("staff", "reliability")) == {"A": 2}


def test_a_statement_of_long_ago_wins_only_where_all_are_as_old() -> None:
    old, young = stated("tax", ("A", 1, FAR, 0), ("B", 1, FAR, 0)), stated("social", ("A", 2, NEAR, 0))
    undated = stated("survey", ("A", 3, None, 0))
    assert won([old, undated, young], Settlement("staff", "order", 24)) == {"A": 2, "B": 1}
    _, conflicts = settled("staff", [old, young], Settlement("staff", "order", 24), ON)
    assert conflicts.select("value", "won", "by").rows() == [("2", True, "order"), ("1", False, "stale")]


def test_feeds_of_one_register_speak_for_themselves() -> None:
    both = stated("social", ("A", 1, NEAR, 0), ("A", 2, date(2025, 6, 1), 1), weights=(9, 2))
    assert won([both], Settlement("staff", "reliability")) == {"A": 1}
    found, conflicts = settled("staff", [both], Settlement("staff"), ON)
    assert found["value"].to_list() == [2]
    assert conflicts.select("feed", "value", "won").rows() == [("social_1", "2", True), ("social", "1", False)]


def test_history_within_one_feed_is_no_conflict() -> None:
    _, conflicts = settled("staff", [stated("tax", ("A", 1, FAR, 0), ("A", 2, NEAR, 0))], Settlement("staff"), ON)
    assert conflicts.is_empty()


DAYS = st.one_of(st.none(), st.integers(0, 2000).map(lambda n: ON - timedelta(days=n)))
ROWS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 4), DAYS, st.integers(0, 1)), max_size=8)
RULES = st.builds(
    Settlement,
    st.just("staff"),
    st.sampled_from(["order", "latest", "reliability"]),
    st.one_of(st.none(), st.integers(1, 36)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3), st.tuples(st.integers(1, 9), st.integers(1, 9)), RULES)
def test_every_stated_value_of_a_firm_either_counts_or_stands_among_the_conflicts(
    tables: list[list[Row]], weights: tuple[int, int], rule: Settlement
) -> None:
    sources = [stated(f"r{place}", *rows, weights=weights) for place, rows in enumerate(tables)]
    found, conflicts = settled("staff", sources, rule, ON)
    chosen = dict(found.select("enterprise_id", "value").iter_rows())
    assert set(chosen) == {firm for rows in tables for firm, *_ in rows}
    for one in sources:
        for (firm, _), said in one.rows.group_by("enterprise_id", PART, maintain_order=True):
            days = said[KNOWN].to_list()
            latest = said.filter(pl.Series([day == days[0] for day in days]))["value"].to_list()
            lost = conflicts.filter(pl.col("enterprise_id") == firm, pl.col("register") == one.register)
            assert chosen[str(firm)] in latest or set(map(str, latest)) & set(lost["value"].to_list())
    winners = set(conflicts.filter("won").select("enterprise_id", "value").iter_rows())
    assert winners == {(firm, str(chosen[firm])) for firm in conflicts["enterprise_id"]}


def tax_row(month: str, sales: str, filed: str) -> dict[str, str]:
    return {"纳税人识别号": FIRM, "所属期": month, "销售额": sales, "申报日期": filed}


def test_rows_of_one_key_that_contradict_each_other_show_what_they_say() -> None:
    rows = [
        tax_row("2024-01", "100", "2024-02-01"),
        tax_row("2024-01", "120", "2024-03-01"),
        tax_row("2024-02", "7", "2024-03-05"),
        tax_row("2024-02", "8", "2024-03-05"),
        tax_row("2024-03", "9", "2024-04-05"),
    ]
    for order in list(permutations(rows))[::17]:
        found = cleaned(raw(list(order)), tax(), ON)
        told = contradictions(found.contested, tax(), [("tax", 5)]).sort("row_key", "value")
        assert told.select("field", "row_key", "value", "won", "by").rows() == [
            ("tax.sales_fen", "2024-01-01", "10000", False, "latest"),
            ("tax.sales_fen", "2024-01-01", "12000", True, "latest"),
            ("tax.sales_fen", "2024-02-01", "700", False, "tie"),
            ("tax.sales_fen", "2024-02-01", "800", True, "tie"),
        ]


def test_of_rows_of_one_day_the_one_whose_content_sorts_last_counts_whatever_the_order_of_files() -> None:
    rows = [pl.DataFrame([tax_row("2024-01", sales, "2024-02-01")]) for sales in ("100", "900")]
    for first, second in (rows, rows[::-1]):
        table = Raw("tax", [Part("a.csv", first), Part("b.csv", second)])
        assert cleaned(table, tax(), ON).rows["sales_fen"].to_list() == [90_000]


def test_of_rows_of_one_day_the_one_of_the_more_reliable_feed_counts() -> None:
    """The rows of `a` have the smaller content: by content alone those of `b` would count."""
    parts = [pl.DataFrame([tax_row("2024-01", sales, "2024-02-01")]) for sales in ("100", "900")]
    files = [Part("a.csv", parts[0]), Part("b.csv", parts[1])]
    read = [cleaned_part(part, place, tax())[0] for place, part in enumerate(files)]
    table = HeldTable("tax", [File("a.csv", "good"), File("b.csv", "poor")], pl.concat(read))
    found = cleaned(table, tax(), ON, reliability={"good": 9, "poor": 2})
    assert found.rows["sales_fen"].to_list() == [10_000]
    told = contradictions(found.contested, tax(), [("good", 9), ("poor", 2)])
    assert told.sort("value").select("feed", "value", "won", "by").rows() == [
        ("good", "10000", True, "reliability"),
        ("poor", "90000", False, "reliability"),
    ]


def test_a_month_earlier_than_the_31st_is_the_last_day_of_the_month() -> None:
    assert months_before(date(2025, 3, 31), 1) == date(2025, 2, 28)
    assert months_before(date(2025, 6, 30), 24) == date(2023, 6, 30)
