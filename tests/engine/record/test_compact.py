"""Registers that measures alone read, held as numbers: the same values as from their rows as texts."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.record import features, recorded
from kerong.engine.record.compact import only_measured
from kerong.engine.record.duplicates import again
from kerong.engine.record.neighbours import HeldTable, held
from kerong.engine.record.tables import FactTable
from kerong.rulebook import Rulebook, load
from tests.engine.record.registers import Part, Raw

ON = date(2025, 6, 30)
FIRMS = ("91990105MA1MEAB35P", "91990101799655058T", "9144030071526726XG", "71526726X", "错")
REGION = """
name = "test"
title = { zh = "试", en = "Test" }
currency = "CNY"
default_on = 2025-06-30
[enterprise]
from = ["firm"]
[enterprise.provides]
"""
CODE = """
row = ["ROW"]
identify = "credit_code"
[column.credit_code]
title = { zh = "码", en = "Code" }
header = ["码"]
type = "credit_code"
required = true
"""
FIRM = 'name = "firm"\ntitle = { zh = "企业", en = "Firms" }\nfiles = ["firm"]' + CODE.replace("ROW", "enterprise_id")
BILL = (
    'name = "bill"\ntitle = { zh = "票", en = "Bills" }\nfiles = ["bill"]\nperiod = "day"\nkeep = "KEEP"'
    + CODE.replace('"ROW"', '"enterprise_id", "direction", "number"')
    + "".join(
        f'[column.{name}]\ntitle = {{ zh = "{name}", en = "{name}" }}\nheader = ["{name}"]\ntype = "{kind}"\n{more}\n'
        for name, kind, more in (
            ("number", "text", ""),
            ("direction", "code", 'codes = { out = ["销"], in = ["进"] }'),
            ("partner", "text", ""),
            ("day", "date", ""),
            ("amount_fen", "fen", 'unit = "yuan"'),
        )
    )
)
OUT = "bill.direction = 'out'"
MEASURES = (
    ("sum(bill.amount_fen)", OUT, "12 months"),
    ("sum(bill.amount_fen)", "bill.direction in ('out', 'in') and bill.amount_fen > 0", "all"),
    ("sum(bill.amount_fen * 2)", "bill.partner = 'b'", "all"),
    ("count()", OUT, "3 months"),
    ("count_distinct(bill.partner)", OUT, "12 months"),
    ("concentration(bill.amount_fen, bill.partner)", OUT, "12 months"),
    ("top_five_share(bill.amount_fen, bill.partner)", OUT, "12 months"),
    ("trend(bill.amount_fen)", OUT, "24 months"),
    ("variation(bill.amount_fen)", "bill.direction = 'in'", "24 months"),
    ("longest_gap(bill.day)", OUT, "12 months"),
    ("any(bill.amount_fen > 5000)", OUT, "all"),
    ("min(bill.amount_fen)", OUT, "all"),
)


def book(keep: str, *more: tuple[str, str, str]) -> Rulebook:
    told = "".join(
        f'[[measure]]\nname = "m{place}"\ntitle = {{ zh = "甲", en = "A" }}\nover = "bill"\nvalue = "{value}"\n'
        f'where = "{where}"\nwindow = "{window}"\n'
        for place, (value, where, window) in enumerate((*MEASURES, *more))
    )
    bill = BILL.replace("KEEP", keep)
    return load(
        {"region.toml": REGION, "registers/firm.toml": FIRM, "registers/bill.toml": bill, "measures/m.toml": told}
    )


DAYS = st.integers(0, 800).map(lambda days: (ON + timedelta(30) - timedelta(days)).isoformat())
ROW = st.tuples(
    st.sampled_from(FIRMS),
    st.sampled_from(["1", "2", "3", "四", None]),
    st.sampled_from(["销", "进", None, "?"]),
    st.sampled_from(["a", "b", "c", "丁", None]),
    st.one_of(DAYS, st.none()),
    st.sampled_from(["1", "99.99", "-3", "1e3", None]),
)
HEADER = ["码", "number", "direction", "partner", "day", "amount_fen"]


def bills(files: Sequence[Sequence[tuple[str | None, ...]]]) -> Raw:
    frames = [pl.DataFrame(rows, schema=dict.fromkeys(HEADER, pl.String), orient="row") for rows in files]
    return Raw("bill", [Part(f"bill_{place}.csv", frame) for place, frame in enumerate(frames)])


class InPieces(HeldTable):
    """Rows of an archive that come two at a time."""

    def pieces(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        yield from self.rows(columns).iter_slices(2)


def outcome(rulebook: Rulebook, table: FactTable, compact: bool) -> list[pl.DataFrame]:
    known = pl.DataFrame({"码": FIRMS[1:3]})
    facts: dict[str, FactTable] = {"firm": Raw("firm", [Part("firm.csv", known)]), "bill": table}
    made = recorded(facts, rulebook, ON, compact=compact)
    is_compact = isinstance(made.registers["bill"].schema["enterprise_id"], pl.Enum)
    assert is_compact == compact
    firms, _, wrong = features(made.enterprises, made.registers, rulebook, ON)
    return [firms, wrong, made.problems, made.conflicts, made.coverage]


@settings(max_examples=20)  # each makes four records
@given(st.lists(st.lists(ROW, max_size=12), min_size=1, max_size=3), st.sampled_from(["latest", "none"]))
def test_what_is_worked_out_is_the_same_from_texts_and_from_numbers_and_from_pieces(
    files: list[list[tuple[str | None, ...]]], keep: str
) -> None:
    rulebook, raw = book(keep), bills(files)
    cells = held(raw, rulebook.registers["bill"], rulebook)
    pieces = InPieces("bill", cells.sources, cells.rows())
    wanted = outcome(rulebook, raw, compact=False)
    from_raw, from_pieces = outcome(rulebook, raw, compact=True), outcome(rulebook, pieces, compact=True)
    # an archive tells what was wrong with cells when the batch came, not among the rows
    whole = outcome(rulebook, HeldTable("bill", cells.sources, cells.rows()), compact=False)
    for one, other in ((wanted, from_raw), (whole, from_pieces)):
        assert [table.equals(same) for table, same in zip(one, other, strict=True)] == [True] * 5


def test_a_register_that_a_measure_reads_in_its_order_keeps_its_texts() -> None:
    assert only_measured(book("latest")) == {"bill"}
    assert only_measured(book("latest", ("latest(bill.amount_fen)", OUT, "all"))) == frozenset()


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 1], [2**64 - 1, 0, 2**64 - 1, 0, 5]])
def test_numbers_that_stand_again_are_found(numbers: list[int]) -> None:
    found = again(np.array(numbers, dtype=np.uint64)).tolist()
    assert found == [numbers.count(number) > 1 for number in numbers]
