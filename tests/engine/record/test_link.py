"""Enterprises: who exists, what registers provide, and rows of firms that nobody knows."""

import dataclasses
from datetime import date

import polars as pl

from kerong.engine.record.link import link
from tests.engine.record.registers import FIRM, ON, OTHER_FIRM, column, register, rulebook

COMPANY = register(
    column("name", "text"),
    column("district", "district"),
    column("updated_on", "date"),
    row=("enterprise_id", "updated_on"),
    identify="credit_code",
    known="updated_on",
)
PROVIDES = {"name": (("tax", "name"),), "district": (("tax", "district"),)}


def company(*rows: tuple[str, str | None, str | None, date]) -> pl.DataFrame:
    schema = {"enterprise_id": pl.String, "name": pl.String, "district": pl.String, "updated_on": pl.Date}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def test_the_latest_known_row_speaks_and_other_spellings_are_kept() -> None:
    table = company(
        (FIRM, "旧名", "A", date(2020, 1, 1)),
        (FIRM, "新名", None, date(2024, 1, 1)),
        (OTHER_FIRM, "乙", "B", date(2021, 1, 1)),
    )
    linked = link({"tax": table}, rulebook([COMPANY], PROVIDES), ON)
    enterprises, found = linked.enterprises, linked.problems
    assert enterprises.to_dict(as_series=False) == {
        "enterprise_id": [OTHER_FIRM, FIRM],
        "name": ["乙", "新名"],
        "district": ["B", "A"],
        "other_names": [None, "旧名"],
    }
    assert found.select("kind", "enterprise_id", "value", "severity").rows() == [("other_names", FIRM, "旧名", "noted")]


def test_rows_of_unknown_enterprises_are_set_aside_and_counted() -> None:
    loan = dataclasses.replace(register(column("fee", "count"), identify="credit_code"), name="loan")
    loans = pl.DataFrame({"enterprise_id": [FIRM, OTHER_FIRM, OTHER_FIRM], "fee": [1, 2, 3]})
    tables = {"tax": company((FIRM, "甲", "A", date(2020, 1, 1))), "loan": loans}
    done = link(tables, rulebook([COMPANY, loan], PROVIDES), ON)
    linked, found = done.registers, done.problems
    assert linked["loan"].rows() == [(FIRM, 1)]
    assert found.select("kind", "register", "enterprise_id", "value", "severity").rows() == [
        ("enterprise_not_registered", "loan", OTHER_FIRM, "2", "quarantined")
    ]


def test_a_row_by_name_alone_is_the_one_firms_that_has_this_name() -> None:
    grant = dataclasses.replace(register(column("year", "year"), identify="name"), name="grant")
    rows = company(
        ("CA-ACTON", "Acton", None, date(2020, 1, 1)),
        ("MA-ACTON", "Acton Inc", None, date(2020, 1, 1)),
        ("TX-BEST", "Best LLC", None, date(2020, 1, 1)),
    )
    grants = pl.DataFrame({"enterprise_id": ["ACTON", "BEST", "BEST", "NOBODY"], "year": [1, 2, 3, 4]})
    done = link({"tax": rows, "grant": grants}, rulebook([COMPANY, grant], PROVIDES), ON)
    linked, found = done.registers, done.problems
    assert linked["grant"].rows() == [("TX-BEST", 2), ("TX-BEST", 3)]
    assert found.select("kind", "enterprise_id", "value").rows() == [
        ("name_in_several_states", "ACTON", "1"),
        ("enterprise_not_registered", "NOBODY", "1"),
    ]
