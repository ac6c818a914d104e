"""What cards, status and receipts say of a file: each row once, whatever was corrected, replaced or sent late."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.intake import cards, exported, in_force, publish_held, receive, told
from kerong.rulebook import load
from kerong.store.archive import Archive
from tests.intake.office import HEADER, TAX, Office, book, code, june, tax, texts
from tests.intake.test_quarantine import broken, corrected

ON = date(2025, 7, 31)
MONTHS = [f"2025-{month:02d}" for month in range(1, 7)]


def card(office: Office, on: date = ON) -> pl.DataFrame:
    return cards(office.archive, book(), on).filter(pl.col("feed") == "tax")


def year(*wrong: int) -> str:
    """Half a year of ten firms a month; firms of `wrong` have a wrong check digit in June."""
    rows = [(firm, month, 1000 * firm) for month in MONTHS for firm in range(1, 11)]
    lines = tax(rows).splitlines()
    for firm in wrong:
        lines[50 + firm] = lines[50 + firm].replace(
            code(firm), code(firm)[:-1] + ("1" if code(firm)[-1] != "1" else "2")
        )
    return "\n".join(lines) + "\n"


def test_rows_set_aside_and_in_conflict_stand_once_at_the_last_period_of_their_file(office: Office) -> None:
    office.send("tax_2025.csv", year(3, 7) + f"{code(1)},2025-02,5,,2025-07-05\n")
    found = card(office)
    assert found["period"].to_list() == MONTHS
    assert found["set_aside"].to_list() == [None] * 5 + [2]
    assert found["conflicting"].to_list() == [None] * 5 + [1]
    assert set(found["state"]) == {"partial"}
    assert found["rows"].sum() == 59


def test_a_file_with_nothing_set_aside_says_so_in_each_of_its_periods(office: Office) -> None:
    office.send("tax_2025.csv", year())
    assert card(office)["set_aside"].to_list() == [0] * 6
    assert set(card(office)["state"]) == {"complete"}


def test_figures_of_a_file_stand_at_the_last_period_that_no_newer_file_replaced(office: Office) -> None:
    office.send("tax_2025.csv", year(3, 7))
    office.send("tax_2025-06.csv", june(10, filed="2025-07-08"))
    assert card(office)["set_aside"].to_list() == [None] * 4 + [2, 0]


def test_corrected_rows_are_counted_and_no_longer_set_aside(office: Office) -> None:
    sent = office.send("tax_2025-06.csv", broken(3, 7))
    office.send("back.csv", corrected(office, office.export(sent), 3), None)
    (row,) = card(office).iter_rows(named=True)
    assert (row["rows"], row["set_aside"], row["state"]) == (39, 1, "partial")
    told_ = in_force(office.archive, "tax")
    assert (told_.rows, told_.set_aside) == (39, 1)
    office.send("rest.csv", corrected(office, office.export(sent), 7), None)
    (row,) = card(office).iter_rows(named=True)
    assert (row["rows"], row["set_aside"], row["state"]) == (40, 0, "complete")


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["06", "half", "back", "withdraw"]), st.integers(1, 3)), min_size=1, max_size=5)
)
def test_status_and_cards_count_the_rows_that_are_in_force(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    for place, (step, firm) in enumerate(steps):
        last = office.archive.batches("tax")[-1:]
        if step == "06":
            text = june(10, filed=f"2025-07-0{place + 1}")
            office.send(f"tax_{place}.csv", text.replace(code(firm), f"{code(firm)[:-1]}?"))
        elif step == "half":
            office.send(f"tax_{place}.csv", year(firm).replace(",,", f",{place},"))
        elif step == "back" and last and last[0].parent is None and office.archive.state(last[0].id) == "published":
            sheet = exported(office.archive, last[0].id).decode("utf-8-sig").splitlines()
            sheet = [line.replace(line.split(",")[3], code(99)) if at else line for at, line in enumerate(sheet)]
            office.send(f"back_{place}.csv", "\n".join(sheet) + "\n", None)
        elif step == "withdraw" and last and office.archive.state(last[0].id) == "published":
            office.archive.withdraw(last[0].id, "Li", office.at, "by mistake")
    now, found = in_force(office.archive, "tax"), card(office)
    assert now.rows == len(office.rows()) == found["rows"].sum()
    assert now.set_aside == found["set_aside"].sum()


def test_a_receipt_of_a_held_batch_published_after_its_correction_tells_what_it_holds_now(office: Office) -> None:
    held = office.send("tax_2025-06.csv", broken(*range(1, 11)))
    assert held.state == "held"
    assert held.batch is not None
    office.send("back.csv", corrected(office, office.export(held), *range(1, 10)), None)
    words = office.words(publish_held(office.archive, held.batch.id, "Wang", office.at, "it is right"))
    assert "39 rows, 1 set aside" in words
    assert "quarantine ARCHIVE" in words
    office.send("rest.csv", corrected(office, office.export(held), 10), None)
    office.archive.withdraw(held.batch.id, "Wang", office.at, "to look again")
    words = office.words(publish_held(office.archive, held.batch.id, "Wang", office.at, "it is right"))
    assert "40 rows, 0 set aside" in words
    assert "quarantine ARCHIVE" not in words
    assert "隔离原因" not in words


WHOLE = load(texts() | {"registers/tax.toml": TAX.replace('extent = "period"', 'extent = "whole"')})
ADDED = load(texts() | {"registers/tax.toml": TAX.replace('extent = "period"', 'extent = "added"')})


def sent(archive: Archive, folder: Path, rulebook: object, received: str, as_of: str | None = None) -> str:
    """The receipt of a register whose latest row is of 3 May, in words."""
    path = folder / f"tax_{received}.csv"
    path.write_text(f"{HEADER}\n{code(1)},2025-04,{received[-5:].replace('-', '')},,2025-05-03\n", "utf-8")
    at = datetime.fromisoformat(received).replace(tzinfo=UTC)
    book_ = rulebook if rulebook is WHOLE else ADDED
    receipt = receive(archive, book_, path, "tax", at, "Li", date.fromisoformat(as_of) if as_of else None)
    if receipt.state == "held" and receipt.batch:
        publish_held(archive, receipt.batch.id, "Wang", at, "it is a test")
    return "\n".join(told(receipt, archive, book_, "en", "ARCHIVE"))


@pytest.mark.parametrize("rulebook", [WHOLE, ADDED], ids=["whole", "added"])
@pytest.mark.parametrize(
    ("days", "periods"),
    [
        (["2025-06-10", "2025-07-10"], ["2025-05", "2025-06"]),  # within 15 days of the month's end: of that month
        (["2025-05-28", "2025-06-28", "2025-07-28"], ["2025-05", "2025-06", "2025-07"]),  # at its end
        (["2025-06-10", "2025-06-20", "2025-07-10"], ["2025-05", "2025-06", "2025-07"]),  # more often than asked for
    ],
)
def test_a_register_that_came_is_not_missing_because_nothing_in_it_is_new(
    tmp_path: Path, rulebook: object, days: list[str], periods: list[str]
) -> None:
    archive = Archive.create(tmp_path / "archive", WHOLE.region.name)
    for received in days:
        sent(archive, tmp_path, rulebook, received)
    found = cards(archive, WHOLE if rulebook is WHOLE else ADDED, date(2025, 7, 31)).filter(pl.col("feed") == "tax")
    assert found["period"].to_list() == periods
    assert set(found["state"]) == {"complete"}
    assert found["late_days"].fill_null(0).to_list() == [0] * len(periods)
    assert found["nothing_new"].to_list() == [period > "2025-05" for period in periods]


def test_a_whole_register_that_says_its_day_is_of_that_day_and_one_that_does_not_is_told_how_to(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", WHOLE.region.name)
    assert "--as-of" not in sent(archive, tmp_path, WHOLE, "2025-06-10", "2025-06-05").partition("next")[0]
    words = sent(archive, tmp_path, WHOLE, "2025-07-10")
    assert "2025-05-03, the last day in its rows, stands for it; --as-of says the day" in words


def test_a_month_of_which_a_whole_register_did_not_come_is_missing(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", WHOLE.region.name)
    for received in ("2025-06-10", "2025-08-20"):
        sent(archive, tmp_path, WHOLE, received)
    found = cards(archive, WHOLE, date(2025, 8, 31)).filter(pl.col("feed") == "tax")
    states = dict(found.select("period", "state").iter_rows())
    assert states == {"2025-05": "complete", "2025-06": "missing", "2025-07": "complete"}
    assert found.filter(period="2025-07")["late_days"].item() == 5
