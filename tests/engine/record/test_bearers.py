"""Former names: a row by name alone is the firm's that bore the name then, and of two firms nobody's."""

import dataclasses
from collections.abc import Mapping
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.problems import sentence
from kerong.engine.record.bearers import bearers, borne
from kerong.engine.record.recorded import recorded
from kerong.rulebook.content import FormerName
from kerong.rulebook.load import load
from kerong.store.packs import read_pack
from tests.engine.record.registers import FIRM, ON, OTHER_FIRM, Part, Raw, column, register, rulebook

COMPANY = register(
    column("credit_code", "credit_code", required=True),
    column("name", "text"),
    row=("enterprise_id",),
    identify="credit_code",
)
CHANGE = register(
    column("credit_code", "credit_code", required=True),
    column("before", "text"),
    column("changed_on", "date"),
    row=("enterprise_id", "changed_on"),
    identify="credit_code",
    former_name=FormerName("before", "changed_on"),
)
GRANT = register(
    column("name", "text"), column("paid_on", "date"), row=(), identify="name", name_column="name", period="paid_on"
)
REGISTERS = [
    dataclasses.replace(one, name=name) for name, one in (("company", COMPANY), ("change", CHANGE), ("grant", GRANT))
]
Rows = list[dict[str, str]]


def granted(company: Rows, change: Rows, grant: Rows) -> tuple[list[tuple[str, str]], list[str]]:
    """(enterprise, day) of grants that were linked, and what is said of the others."""
    told: Mapping[str, Rows] = {"company": company, "change": change, "grant": grant}
    facts = {name: Raw(name, [Part(f"{name}.csv", pl.DataFrame(rows))]) for name, rows in told.items()}
    book = rulebook(REGISTERS, {"name": (("company", "name"),)})
    made = recorded(facts, book, ON, whole=("grant",))
    found = made.registers["grant"].select("enterprise_id", pl.col("paid_on").cast(pl.String)).sort(pl.all()).rows()
    kinds = ("name_in_several_states", "enterprise_not_registered")
    return found, [sentence(row, "en") for row in made.problems.to_dicts() if row["kind"] in kinds]


def firm(code: str, name: str) -> dict[str, str]:
    return {"credit_code": code, "name": name}


def change(code: str, before: str, changed_on: str) -> dict[str, str]:
    return {"credit_code": code, "before": before, "changed_on": changed_on}


def grant(name: str, paid_on: str) -> dict[str, str]:
    return {"name": name, "paid_on": paid_on}


def test_a_former_name_links_rows_of_before_the_change_and_later_ones_while_nobody_else_bears_it() -> None:
    company = [firm(FIRM, "苏州新江科技有限公司"), firm(OTHER_FIRM, "远东电子有限公司")]
    changes = [change(FIRM, "蘇州大江科技（集团）有限公司", "2020-05-01")]
    grants = [grant("苏州大江科技集团有限公司", day) for day in ("2019-03-01", "2021-03-01")]
    assert granted(company, changes, grants) == ([(FIRM, "2019-03-01"), (FIRM, "2021-03-01")], [])


def test_a_name_that_went_to_another_firm_is_each_ones_in_its_time() -> None:
    company = [firm(FIRM, "苏州新江科技有限公司"), firm(OTHER_FIRM, "大江科技有限公司")]
    changes = [change(FIRM, "大江科技有限公司", "2020-05-01"), change(OTHER_FIRM, "小河科技有限公司", "2021-06-01")]
    grants = [grant("大江科技有限公司", day) for day in ("2019-03-01", "2022-03-01")]
    assert granted(company, changes, grants) == ([(OTHER_FIRM, "2022-03-01"), (FIRM, "2019-03-01")], [])


def test_a_name_that_two_firms_bore_is_never_linked_silently() -> None:
    company = [firm(FIRM, "苏州新江科技有限公司"), firm(OTHER_FIRM, "远东电子有限公司")]
    changes = [change(code, "大江科技有限公司", "2020-05-01") for code in (FIRM, OTHER_FIRM)]
    grants = [grant("大江科技有限公司", day) for day in ("2019-03-01", "2022-03-01")]
    assert granted(company, changes, grants) == (
        [],
        ["register “grant” has 2 rows of the name 大江科技, which several firms bear or bore"],
    )


def test_between_two_changes_the_name_of_that_time_counts() -> None:
    company = [firm(FIRM, "丙科技有限公司"), firm(OTHER_FIRM, "乙科技有限公司")]
    changes = [change(FIRM, "甲科技有限公司", "2018-01-01"), change(FIRM, "乙科技有限公司", "2020-01-01")]
    changes += [change(OTHER_FIRM, "丁科技有限公司", "2023-01-01")]
    grants = [grant("乙科技有限公司", day) for day in ("2019-01-01", "2024-01-01")]
    grants += [grant("乙科技有限公司", "2021-01-01")]  # neither bore it then, both bore it once
    linked, words = granted(company, changes, grants)
    assert linked == [(OTHER_FIRM, "2024-01-01"), (FIRM, "2019-01-01")]
    assert words == ["register “grant” has 1 rows of the name 乙科技, which several firms bear or bore"]


def test_the_register_of_changes_of_china_tells_former_names() -> None:
    former = load(read_pack("suzhou")).registers["company_change"].former_name
    assert former is not None
    assert (former.column, former.until) == ("before", "changed_on")
    assert former.where is not None


DAYS = st.dates(date(2015, 1, 1), date(2025, 1, 1))
BORNE = st.tuples(
    st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(["甲", "乙"]), st.none() | DAYS, st.none() | DAYS
)


@given(
    st.lists(BORNE, max_size=6), st.lists(st.tuples(st.sampled_from(["甲", "乙", "丙"]), st.none() | DAYS), max_size=5)
)
def test_whose_a_row_is_agrees_with_a_plain_search(
    held: list[tuple[str, str, date | None, date | None]], rows: list[tuple[str, date | None]]
) -> None:
    schema = {"enterprise_id": pl.String, "#key": pl.String, "#since": pl.Date, "#until": pl.Date}
    names = pl.DataFrame(held, schema, orient="row")
    table = pl.DataFrame(rows, {"enterprise_id": pl.String, "day": pl.Date}, orient="row")
    found = borne(table, names, pl.col("day"), pl.col("day")).select("#bearer", "#bearers").rows()
    for (name, day), answer in zip(rows, found, strict=True):
        ever = {firm for firm, key, _, _ in held if key == name}
        then = {
            firm
            for firm, key, since, until in held
            if key == name and day and (since is None or day >= since) and (until is None or day <= until)
        }
        wanted = then or ever
        assert answer == ((min(wanted), 1) if len(wanted) == 1 else (None, len(wanted) or None))


def test_a_spelling_of_no_known_time_counts_since_the_last_change() -> None:
    names = pl.DataFrame({"enterprise_id": ["f1", "f1"], "value": ["甲", "乙"]})
    former = pl.DataFrame(
        {"enterprise_id": ["f1"], "#key": ["甲"], "#since": [None], "#until": [date(2020, 1, 1)]},
        {"enterprise_id": pl.String, "#key": pl.String, "#since": pl.Date, "#until": pl.Date},
    )
    assert bearers(names, pl.Series(["f1"]), former).rows() == [
        ("f1", "乙", date(2020, 1, 1), None),
        ("f1", "甲", None, date(2020, 1, 1)),
    ]
