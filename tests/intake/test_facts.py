"""A record from an archive: the same as from the files, as it was known on a day, read by today's mapping."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.record import FactTable, features, recorded
from kerong.engine.record.lineage import Tracer, traced
from kerong.engine.record.recorded import Record
from kerong.intake.facts import facts_of
from kerong.lab.city import make_city, write_city
from kerong.rulebook import Rulebook, load
from kerong.rulebook.feeds import patterns_of
from kerong.store.archive import Archive
from kerong.store.files import Folder
from kerong.store.packs import read_pack
from kerong.store.registers import ArchiveRegisters, FolderRegisters
from tests.intake.archived import AT, archived, sent

ON = date(2025, 6, 30)
TABLES = ("enterprises", "problems", "conflicts", "provenance", "coverage")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load(read_pack("demo"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("city") / "registers"
    write_city(make_city(60, 5, texts=read_pack("demo")), place)
    return place


@pytest.fixture(scope="module")
def archive(folder: Path, book: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archived(folder, book, tmp_path_factory.mktemp("archive") / "archive")


def of_folder(folder: Path, book: Rulebook) -> Record:
    return recorded(FolderRegisters(Folder(folder), *patterns_of(book)), book, ON)


def differences(one: Record, other: Record) -> list[str]:
    found = [name for name in TABLES if not getattr(one, name).equals(getattr(other, name))]
    if list(one.registers) != list(other.registers):
        return [*found, f"{list(one.registers)} {list(other.registers)}"]
    return found + [name for name, table in one.registers.items() if not table.equals(other.registers[name])]


def test_an_archive_gives_the_record_that_its_files_give(archive: Archive, folder: Path, book: Rulebook) -> None:
    assert differences(of_folder(folder, book), recorded(facts_of(archive, book), book, ON)) == []


def in_fen(book: Rulebook) -> Rulebook:
    """The rulebook whose tax register has its sales in fen: every amount is a hundredth of what it was."""
    tax = book.registers["tax"]
    columns = {
        name: replace(column, unit="fen") if column.type == "fen" else column for name, column in tax.columns.items()
    }
    return replace(book, registers={**book.registers, "tax": replace(tax, columns=columns)})


def test_a_batch_that_was_read_by_another_mapping_is_read_again(archive: Archive, folder: Path, book: Rulebook) -> None:
    changed = in_fen(book)
    now = recorded(facts_of(archive, changed), changed, ON)
    assert not now.registers["tax"].equals(recorded(facts_of(archive, book), book, ON).registers["tax"])
    assert differences(of_folder(folder, changed), now) == []


def test_what_comes_later_never_changes_what_was_known(folder: Path, book: Rulebook, tmp_path: Path) -> None:
    archive = archived(folder, book, tmp_path / "archive")
    then = recorded(facts_of(archive, book, AT.date()), book, ON)
    late = tmp_path / "staffing_2024.csv"
    lines = (folder / "staffing_2024.csv").read_bytes().splitlines(keepends=True)
    late.write_bytes(b"".join(lines[:20]))
    sent(archive, book, late, "staffing", datetime(2025, 7, 3, tzinfo=UTC), date(2025, 7, 3))
    now, past = facts_of(archive, book), facts_of(archive, book, AT.date())
    assert now.view.sequence > past.view.sequence
    assert recorded(now, book, ON).registers["staffing"].height < then.registers["staffing"].height
    assert differences(then, recorded(past, book, ON)) == []


class Asked(Mapping[str, FactTable]):
    """Facts that write down which columns they are asked for, of all rows."""

    def __init__(self, facts: ArchiveRegisters) -> None:
        self.facts = facts
        self.columns: dict[str, set[str]] = {}

    def __getitem__(self, name: str) -> FactTable:
        return Spied(self.facts[name], self.columns.setdefault(name, set()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


class Spied:
    def __init__(self, table: FactTable, columns: set[str]) -> None:
        self.table, self.columns = table, columns
        self.register, self.sources = table.register, table.sources  # type: ignore[union-attr]
        self.set_aside: Callable[[], pl.DataFrame] = table.set_aside  # type: ignore[union-attr]

    def rows(
        self, columns: Sequence[str] | None = None, places: pl.DataFrame | None = None, where: pl.Expr | None = None
    ) -> pl.DataFrame:
        found: pl.DataFrame = self.table.rows(columns, places, where)  # type: ignore[union-attr]
        if places is None:
            self.columns |= set(found.columns)
        return found

    def pieces(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        yield self.rows(columns)


def test_only_columns_that_something_reads_are_read(archive: Archive, book: Rulebook) -> None:
    asked = Asked(facts_of(archive, book))
    recorded(asked, book, ON)
    assert {"credit_code", "number"} <= asked.columns["invoice"]
    assert {"kind", "hired_on", "income_tax_fen"} & asked.columns["talent"] == set()


def test_every_value_of_a_firm_is_worked_out_again_from_its_own_rows(archive: Archive, book: Rulebook) -> None:
    facts = facts_of(archive, book)
    made = recorded(facts, book, ON)
    firms, _, _ = features(made.enterprises, made.registers, book, ON)
    networks = {name for net in book.networks.values() for name in net.fields}
    fields = [*book.region.provides, *book.measures, *book.formulas, *sorted(networks), "other_names"]
    for row in firms[:: firms.height // 3].iter_rows(named=True):
        given = {name: value for name, value in row.items() if name.removesuffix("!error") in networks}
        traces = Tracer(row["enterprise_id"], facts, book, ON, given).traces(fields)
        assert [(trace.field, trace.value) for trace in traces] == [(name, row[name]) for name in fields]


def test_a_measure_is_the_sum_of_the_rows_that_its_trace_counts(archive: Archive, book: Rulebook) -> None:
    """Checked with arithmetic of its own: sums of one column."""
    facts = facts_of(archive, book)
    sums = {
        name: column
        for name, measure in book.measures.items()
        if measure.aggregate == "sum" and measure.value is not None and measure.value.kind == "field"
        for _, column in [measure.value.field]
    }
    ids = recorded(facts, book, ON).enterprises["enterprise_id"]
    checked = 0
    for firm in ids[:: len(ids) // 3]:
        for trace in Tracer(firm, facts, book, ON).traces(sums):
            if trace.value is not None and any(row.counts for row in trace.rows):
                checked += 1
                assert trace.value == sum(int(str(row.cells[sums[trace.field]])) for row in trace.rows if row.counts)
    assert checked > 5


def test_a_row_is_found_again_in_the_file_that_its_trace_names(archive: Archive, folder: Path, book: Rulebook) -> None:
    facts = facts_of(archive, book)
    firm = recorded(facts, book, ON).enterprises["enterprise_id"][7]
    trace = traced("name", firm, facts, book, ON)
    row = next(row for row in trace.rows if row.counts)
    line = (folder / row.file).read_bytes().splitlines()[row.line - 1].decode("gb18030")
    assert archive.batch(row.batch).file == row.file
    assert "".join(firm.split()) in line.upper().replace(" ", "").replace("-", "")
