"""A record made from an archive, whatever came in which order, is that of a folder which holds the rows in force."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.engine.record import recorded
from kerong.engine.record.recorded import Record
from kerong.intake import exported, publish_held
from kerong.intake.facts import facts_of
from kerong.rulebook.feeds import patterns_of
from kerong.store.files import Folder
from kerong.store.registers import FolderRegisters
from tests.intake.office import Office, book, code, tax

ON = date(2025, 7, 31)
FIRMS = 5
MONTHS = ("2025-04", "2025-05", "2025-06")
FIRM_FILE = "代码,名称,片区,资金\n" + "".join(f"{code(number)},企业{number},,1\n" for number in range(1, FIRMS + 1))
# what a step does: a return of a month (its rows, one of which may be unreadable, by the day of its state), the
# correction of the quarantine of an earlier file, the withdrawal of one
Rows = dict[int, int]
RETURN = st.tuples(
    st.just("return"),
    st.sampled_from(MONTHS),
    st.dictionaries(st.integers(1, FIRMS), st.integers(1, 99), min_size=1),
    st.booleans(),
    st.integers(6, 9),
)
STEP = st.one_of(RETURN, st.tuples(st.sampled_from(["correct", "withdraw"]), st.integers(0, 5)))


class Sent:
    """A file as the test keeps it: rank, month, rows that can be read, the firm of the row that cannot, its batch."""

    def __init__(self, rank: tuple[int, int], month: str, rows: Rows, wrong: int | None, batch: str) -> None:
        self.rank, self.month, self.rows, self.wrong, self.batch = rank, month, dict(rows), wrong, batch


def as_archive(office: Office, steps: list[tuple[object, ...]]) -> list[Sent]:
    """Takes the steps; gives the files that stand."""
    office.send("firm.csv", FIRM_FILE, "firm")
    standing: list[Sent] = []
    for number, step in enumerate(steps):
        if step[0] == "return":
            _, month, rows, spoilt, day = step
            assert isinstance(rows, dict)
            assert isinstance(day, int)
            wrong = max(rows) if spoilt and len(rows) > 1 else None
            text = tax([(firm, str(month), "无" if firm == wrong else yuan) for firm, yuan in sorted(rows.items())])
            receipt = office.send(f"tax_{number}.csv", text, "tax", as_of=date(2025, 7, day))
            if receipt.state == "held" and receipt.batch is not None:
                publish_held(office.archive, receipt.batch.id, "Li", office.at, "a law is tried")
            if receipt.state in ("published", "held") and receipt.batch is not None:
                good = {firm: yuan for firm, yuan in rows.items() if firm != wrong}
                standing.append(Sent((day, number), str(month), good, wrong, receipt.batch.id))
        elif standing:
            file = standing[int(str(step[1])) % len(standing)]
            if step[0] == "withdraw":
                office.archive.withdraw(file.batch, "Li", office.at, "a law is tried")
                standing.remove(file)
            elif file.wrong is not None:
                sheet = exported(office.archive, file.batch).decode("utf-8-sig").replace(",无,", ",7,")
                back = office.send(f"back_{number}.csv", sheet, None)
                if back.state == "held" and back.batch is not None:
                    publish_held(office.archive, back.batch.id, "Li", office.at, "a law is tried")
                file.rows[file.wrong], file.wrong = 7, None
    return standing


def of_folder(path: Path, standing: list[Sent]) -> Record:
    """The record of a folder with the rows in force: of each month the file of the latest state."""
    winners = {
        month: max((file for file in standing if file.month == month), key=lambda file: file.rank, default=None)
        for month in MONTHS
    }
    rows = [(firm, month, yuan) for month, file in winners.items() if file for firm, yuan in file.rows.items()]
    path.mkdir()
    (path / "firm.csv").write_text(FIRM_FILE, "utf-8")
    (path / "tax_all.csv").write_text(tax(rows), "utf-8")
    return recorded(FolderRegisters(Folder(path), *patterns_of(book())), book(), ON, whole=("tax",))


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=7))
def test_any_sequence_of_batches_is_worth_the_rows_in_force(steps: list[tuple[object, ...]]) -> None:
    with TemporaryDirectory() as place:
        office = Office(Path(place))
        standing = as_archive(office, steps)
        made = recorded(facts_of(office.archive, book()), book(), ON, whole=("tax",))
        other = of_folder(Path(place) / "folder", standing)
        assert made.enterprises.equals(other.enterprises)
        assert made.registers["firm"].equals(other.registers["firm"])
        mine = made.registers.get("tax", other.registers["tax"].clear())
        assert mine.equals(other.registers["tax"])
        tables = (one.coverage.to_dicts() for one in (made, other))
        assert next(tables) == next(tables)
        assert made.conflicts.equals(other.conflicts)


def test_the_law_sees_a_replaced_month(tmp_path: Path) -> None:
    office = Office(tmp_path)
    steps: list[tuple[object, ...]] = [("return", "2025-06", {1: 5}, False, day) for day in (9, 6)]
    steps[1] = ("return", "2025-06", {1: 6}, False, 6)
    standing = as_archive(office, steps)
    made = recorded(facts_of(office.archive, book()), book(), ON, whole=("tax",))
    assert made.registers["tax"]["sales_fen"].to_list() == [500]
    with pytest.raises(AssertionError):
        assert of_folder(tmp_path / "folder", standing[1:]).registers["tax"].equals(made.registers["tax"])
