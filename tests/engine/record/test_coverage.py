"""What is known of each enterprise."""

from datetime import date

import polars as pl

from kerong.engine.record.coverage import coverage
from tests.engine.record.registers import rulebook, tax


def test_rows_periods_and_freshness_of_each_firm_are_told() -> None:
    table = pl.DataFrame(
        {
            "enterprise_id": ["A", "A", "A", "B"],
            "month": [date(2024, 1, 1), date(2024, 3, 1), date(2024, 3, 1), None],
            "filed_on": [date(2024, 2, 5), date(2024, 4, 9), None, date(2024, 5, 1)],
        },
        schema_overrides={"month": pl.Date},
    )
    found = coverage({"tax": table}, rulebook([tax()], {}))
    assert found.rows() == [
        ("A", "tax", 3, 2, date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 9)),
        ("B", "tax", 1, 0, None, None, date(2024, 5, 1)),
    ]
