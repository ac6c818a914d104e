"""Region usa on the real files: totals recomputed by Python's csv and decimal, the past kept apart from the future."""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kerong import flow
from kerong.engine import award
from kerong.engine.monitor import statistics
from kerong.engine.record import recorded
from kerong.engine.record.clean import clean
from kerong.engine.record.link import link
from kerong.lab.cases import run_cases
from kerong.rulebook import Rulebook, load
from kerong.store.files import Folder
from kerong.store.packs import read_pack
from kerong.store.registers import FolderRegisters

END = date(2014, 12, 31)
PAST = date(2005, 12, 31)
Loan = dict[str, str]
Totals = dict[object, tuple[int, int, int, int, int]]
COLUMNS = ["loans", "gross_fen", "guaranteed_fen", "charge_offs", "charged_off_fen"]


@cache
def usa() -> Rulebook:
    return load(read_pack("usa"))


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "usa"


def rows_of(path: Path) -> list[dict[str, str]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")))


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def day(text: str) -> date | None:
    if not text:
        return None
    return date.fromisoformat(text) if "-" in text else date(1960, 1, 1) + timedelta(days=int(text))


@pytest.fixture(scope="module")
def raw_loans(folder: Path) -> list[Loan]:
    """Both SBA files under one set of headers, a loan that stands in both only once."""
    spelled = {"loannrchkdgt": "nr", "state": "state", "bank": "bank", "naics": "naics", "approvaldate": "approved"}
    spelled |= {"grappv": "gross", "sbaappv": "guaranteed", "chgoffdate": "lost_on", "chgoffpringr": "lost"}
    loans: dict[str, Loan] = {}
    for file in ("sba_case.csv", "sba_balanced30000.csv.gz"):
        for row in rows_of(folder / file):
            loan = {spelled.get(key.replace("_", "").lower(), key): cell for key, cell in row.items()}
            loans[loan["nr"].removesuffix(".0")] = loan
    return list(loans.values())


def expected(loans: Iterable[Loan], on: date, key: Callable[[Loan], object]) -> Totals:
    sums: dict[object, list[int]] = defaultdict(lambda: [0] * 5)
    for loan in loans:
        approved, lost_on = day(loan["approved"]), day(loan["lost_on"])
        assert approved is not None
        if approved > on:
            continue
        is_lost = lost_on is not None and lost_on <= on
        parts = (1, cents(loan["gross"]), cents(loan["guaranteed"]), is_lost, cents(loan["lost"]) if is_lost else 0)
        sums[key(loan)] = [a + b for a, b in zip(sums[key(loan)], parts, strict=True)]
    return {k: (v[0], v[1], v[2], v[3], v[4]) for k, v in sums.items()}


def year(loan: Loan) -> object:
    approved = day(loan["approved"])
    return approved and approved.year


def bank(loan: Loan) -> object:
    return " ".join(loan["bank"].split()) or None


def sector(loan: Loan) -> object:
    code = loan["naics"].removesuffix(".0")
    two = code[:2] if len(code) == 6 else None
    return {"32": "31", "33": "31", "45": "44", "49": "48"}.get(two or "", two)


Tables = dict[str, pl.DataFrame]
Recorded = tuple[pl.DataFrame, Tables, pl.DataFrame]


@pytest.fixture(scope="module")
def record(folder: Path) -> Callable[[date], Recorded]:
    patterns = {name: register.files for name, register in usa().registers.items()}

    @cache
    def on_day(on: date) -> Recorded:
        made = recorded(FolderRegisters(Folder(folder), patterns), usa(), on)
        return made.enterprises, made.registers, made.problems

    return on_day


def test_the_pack_shows_every_state_and_territory_in_its_own_place() -> None:
    districts = usa().region.districts
    assert len(districts) == 56
    assert len({district.at for district in districts}) == 56


def test_the_index_has_at_least_fifteen_indicators_over_all_five_dimensions() -> None:
    indicators = usa().indicators.values()
    assert len(indicators) >= 15
    assert {i.dimension for i in indicators} == {"qualification", "operation", "talent", "input", "output"}


def test_every_case_of_the_pack_holds_and_amounts_are_proved_by_at_least_four() -> None:
    for rule in usa().rules.values():
        assert len(rule.cases) >= (4 if rule.amount else 2), rule.name
        differences = [(r.case.title, r.differences) for r in run_cases(rule, usa()) if r.differences]
        assert not differences, rule.name


def test_an_assumed_rule_says_why_and_a_published_one_names_its_law() -> None:
    for rule in usa().rules.values():
        assert rule.source.why if rule.source.status == "assumed" else "U.S.C." in rule.source.document, rule.name


@pytest.mark.parametrize("on", [END, PAST])
@pytest.mark.parametrize(
    ("name", "key"),
    [("guarantees_by_year", year), ("guarantees_by_bank", bank), ("guarantees_by_industry", sector)],
)
def test_guarantees_and_losses_agree_to_the_cent_with_an_independent_sum(
    record: Callable[[date], Recorded], raw_loans: list[Loan], on: date, name: str, key: Callable[[Loan], object]
) -> None:
    enterprises, tables, _ = record(on)
    table = statistics(tables, enterprises, usa(), on)[0][name]
    found = {row[0]: row[1:] for row in table.select(table.columns[0], *COLUMNS).iter_rows()}
    assert found == expected(raw_loans, on, key)


def test_a_loan_in_both_files_counts_once_and_is_noted(record: Callable[[date], Recorded]) -> None:
    _, tables, problems = record(END)
    assert tables["loan"]["loan_nr"].n_unique() == tables["loan"].height == 32_013
    twice = problems.filter(pl.col("kind") == "duplicate_row", pl.col("register") == "loan")
    assert twice.height == 89


def test_losses_are_booked_in_their_own_year(record: Callable[[date], Recorded], raw_loans: list[Loan]) -> None:
    enterprises, tables, _ = record(END)
    table = statistics(tables, enterprises, usa(), END)[0]["losses_by_year"]
    sums: dict[int, int] = defaultdict(int)
    for loan in raw_loans:
        lost_on = day(loan["lost_on"])
        if lost_on:
            sums[lost_on.year] += cents(loan["lost"])
    assert dict(table.select("year", "charged_off_fen").iter_rows()) == dict(sums)


def test_no_principal_is_lost_without_a_day_that_says_when(raw_loans: list[Loan]) -> None:
    assert not [loan["nr"] for loan in raw_loans if cents(loan["lost"]) and not loan["lost_on"]]


def test_a_past_day_sees_the_same_loans_as_files_that_end_on_that_day(folder: Path, tmp_path: Path) -> None:
    """Later approvals cut off, later charge-offs and disbursements blank, status and term overwritten: no change."""
    for file in ("sba_case.csv", "sba_balanced30000.csv.gz"):
        past = [as_of(row, PAST) for row in rows_of(folder / file)]
        kept = [row for row in past if row is not None]
        with (tmp_path / file.removesuffix(".gz")).open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, kept[0].keys())
            writer.writeheader()
            writer.writerows(kept)
    register = usa().registers["loan"]
    seen, _ = clean(Folder(folder).read("loan", register.files), register, PAST)
    alone, _ = clean(Folder(tmp_path).read("loan", register.files), register, PAST)
    assert seen.height > 10_000
    assert_frame_equal(seen, alone)


def as_of(row: dict[str, str], on: date) -> dict[str, str] | None:
    """A row of either file as it stood on a day; None when the loan was not yet approved."""
    headers = {key.replace("_", "").lower(): key for key in row}
    approved = day(row[headers["approvaldate"]])
    if approved is None or approved > on:
        return None
    past = row | {headers["misstatus"]: "P I F", headers["term"]: "0", headers["balancegross"]: "0"}
    for when, amount in (("chgoffdate", "chgoffpringr"), ("disbursementdate", "disbursementgross")):
        happened = day(row[headers[when]])
        if happened is not None and happened > on:
            past |= {headers[when]: "", headers[amount]: "0"}
    return past


def test_rounds_and_awards_of_later_years_are_not_seen_from_the_past(record: Callable[[date], Recorded]) -> None:
    enterprises, tables, _ = record(PAST)
    assert tables["round"].filter(pl.col("funded_on") > PAST).is_empty()
    assert tables["acquisition"].filter(pl.col("acquired_on") > PAST).is_empty()
    assert max(tables["award"]["award_year"]) <= PAST.year
    assert max(tables["award_list"]["award_year"]) <= PAST.year
    assert "CA-FACEBOOK" in enterprises["enterprise_id"]
    assert "CA-AIRBNB" not in enterprises["enterprise_id"]


def test_awards_agree_to_the_cent_by_agency_and_year(record: Callable[[date], Recorded], folder: Path) -> None:
    enterprises, tables, _ = record(END)
    table = statistics(tables, enterprises, usa(), END)[0]["awards_by_agency_year"]
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows_of(folder / "sbir_awards_detailed.csv.gz"):
        if row["agency"] == "Department of Energy" and int(row["award_year"]) <= END.year:
            sums[int(row["award_year"])][0] += 1
            sums[int(row["award_year"])][1] += cents(row["award_amount"])
    energy = table.filter(pl.col("agency") == "doe").select("award_year", "awards", "amount_fen")
    assert {row[0]: list(row[1:]) for row in energy.iter_rows()} == dict(sums)


def test_rounds_agree_by_year_once_repeated_and_unplaced_rows_are_out(
    record: Callable[[date], Recorded], folder: Path
) -> None:
    enterprises, tables, _ = record(END)
    table = statistics(tables, enterprises, usa(), END)[0]["rounds_by_year"]
    facts = set()
    for row in rows_of(folder / "crunchbase-rounds.csv.gz"):
        name = row["company_name"]
        if row["company_state_code"] and "\ufffd" not in name and not name.startswith("#NAME"):
            facts.add(tuple(row.values()))
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for fact in facts:
        sums[int(fact[8][:4])][0] += 1
        sums[int(fact[8][:4])][1] += cents(fact[12] or "0")
    found = {y: [n, fen or 0] for y, n, fen in table.select("year", "rounds", "raised_fen").iter_rows()}
    assert found == dict(sums)


@pytest.mark.parametrize(
    ("register", "kind", "column", "count"),
    [
        ("startup", "required_cell_empty", "state_code", 247),
        ("startup", "required_cell_empty", "first_funding_at", 105),
        ("startup", "spreadsheet_error", "name", 1),
        ("round", "required_cell_empty", "company_state_code", 345),
        ("award", "required_cell_empty", "comp_address", 1),
    ],
)
def test_rows_without_state_or_name_are_set_aside_and_counted(
    record: Callable[[date], Recorded], register: str, kind: str, column: str, count: int
) -> None:
    problems = record(END)[2].filter(pl.col("register") == register, pl.col("kind") == kind, pl.col("column") == column)
    assert problems.height == count
    assert set(problems["severity"]) == {"quarantined"}


def test_one_firm_is_found_in_loans_awards_and_rounds(record: Callable[[date], Recorded]) -> None:
    _, tables, _ = record(END)
    ids = {name: set(table["enterprise_id"]) for name, table in tables.items()}
    assert "WA-TETHERS-UNLIMITED" in ids["loan"] & ids["award"] & ids["award_list"]
    assert "CA-THEROX" in ids["award"] & ids["startup"] & ids["round"]
    assert not {i for i in ids["startup"] if "NAME?" in i}


def test_rows_without_any_cell_are_counted_as_one_note_of_their_file(record: Callable[[date], Recorded]) -> None:
    found = record(END)[2].filter(pl.col("register") == "acquisition", pl.col("kind") == "empty_rows")
    assert found.select("severity", "value").rows() == [("noted", "1534")]


def test_listed_awards_find_the_firm_that_the_detailed_file_names(folder: Path) -> None:
    """Where both files have the award, the firm found by name alone is the one of the address."""
    patterns = {name: register.files for name, register in usa().registers.items()}
    raw = FolderRegisters(Folder(folder), patterns)
    cleaned = {name: clean(raw[name], register, END)[0] for name, register in usa().registers.items()}
    tables = link(cleaned, usa(), END).registers
    both = tables["award_list"].join(tables["award"], on="url", suffix="_of_address")
    assert both.height > 20_000
    assert (both["enterprise_id"] == both["enterprise_id_of_address"]).mean() == 1.0
    assert tables["award_list"].height > 50_000


@pytest.mark.slow
def test_the_main_job_ends_in_losses_shared_to_the_cent_and_in_offers_that_fit(
    folder: Path, raw_loans: list[Loan]
) -> None:
    patterns = {name: register.files for name, register in usa().registers.items()}
    found = flow.assess(FolderRegisters(Folder(folder), patterns), usa(), award.nothing_used(), END)
    shared_losses = found.verdicts.filter(pl.col("rule") == "sba_loss_share", pl.col("outcome") == 1)
    by_bank = dict(shared_losses.group_by("payee").agg(pl.col("awarded_fen").sum()).iter_rows())
    assert by_bank == expected_loss_shares(raw_loans)
    firms = found.enterprises.join(found.offers, on="enterprise_id", suffix="_of_offer")
    assert firms.filter(pl.col("rule") == "sba_7a_guarantee", pl.col("has_charge_off")).is_empty()
    kitchens = firms.filter(
        pl.col("naics").str.starts_with("7221"), pl.col("awards").is_null(), pl.col("rounds").is_null()
    )
    assert kitchens.height > 1_000
    assert not {"sbir_phase1", "sbir_phase2", "venture_round", "nasdaq_listing"} & set(kitchens["rule"])


def expected_loss_shares(loans: Iterable[Loan]) -> dict[object, int]:
    """By bank: principal lost times guaranteed / gross, half a cent up, for the rates that the rule names.

    Nobody is paid for a loan whose bank is not recorded.
    """
    rates = {Decimal(r) for r in ("0.5", "0.7", "0.75", "0.8", "0.85", "0.9", "1")}
    sums: dict[object, int] = defaultdict(int)
    for loan in loans:
        rate = Decimal(loan["guaranteed"]) / Decimal(loan["gross"])
        if bank(loan) and cents(loan["lost"]) and loan["lost_on"] and rate in rates:
            share = (cents(loan["lost"]) * rate).quantize(Decimal(1), ROUND_HALF_UP)
            sums[bank(loan)] += min(int(share), 450_000_000)
    return dict(sums)
