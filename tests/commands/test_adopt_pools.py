"""`kerong region adopt` of a pool: its waterfalls and its rule come along, its bounds are marked, its cases hold."""

from pathlib import Path

import pytest
import tomli
from typer.testing import CliRunner

from kerong.cli import app
from kerong.commands.adopt import loaded, worked
from kerong.lab.mutation import proof_of_pool
from kerong.rulebook import load
from kerong.rulebook.adoption import Pack, Wish, still_open
from kerong.rulebook.pools import Pool
from kerong.store.packs import read_pack
from tests.commands.test_adopt import CHINESE, NIGHTLY, a_taker, adopt, files, laid_out, mycity, shipped

__all__ = ["laid_out", "mycity"]
DONORS = [name for name in CHINESE if any(path.startswith("pools/") for path in read_pack(name))]
WORKING = """
[[case]]
title = "counted in working days of a year whose holidays came along"
when = [
  { do = "pay_in", on = 2034-01-03, fen = 100_000_000 },
  { do = "register", on = 2034-01-11, loan = "L", bank = "B", firm = "F", fen = 1_000, drawn_on = 2034-01-04, eligible = true },
  { do = "register", on = 2034-01-12, loan = "M", bank = "B", firm = "F", fen = 1_000, drawn_on = 2034-01-04, eligible = true, then = { refused = "late" } },
]
then = { exposure_fen = 1_000 }
"""  # noqa: E501


def waterfalls_of(pool: Pool) -> set[str]:
    parts = [part for one in pool.instruments.values() for part in (one.loss, one.recovery) if part is not None]
    return {part.waterfall.name for part in parts}


@pytest.mark.parametrize("donor", DONORS if NIGHTLY else DONORS[::3])
def test_every_pool_of_a_chinese_region_can_be_taken_over_and_its_cases_prove_it_there(
    donor: str, mycity: Path
) -> None:
    taker, texts = a_taker(mycity)
    theirs = shipped(donor)
    for name, pool in theirs.book.pools.items():
        made, book = loaded(Wish(name, theirs.book.region.default_on), theirs, taker, texts)
        used = waterfalls_of(pool)
        rules = {pool.rule, *(theirs.book.waterfalls[one].rule for one in used)} - {None}
        assert set(made.names) == {name} | used | rules
        assert [r.differences for known in made.names for r in worked(book, known) if r.differences] == []
        assert len(worked(book, name)) == len(pool.cases)
        found = proof_of_pool(book.pools[name], book)
        assert [survivor.mutant.said.en for survivor in found.open] == []
        assert found.idle == ()


def test_every_bound_of_the_copy_waits_for_a_decision_and_its_source_is_assumed_with_the_donors_words(
    mycity: Path,
) -> None:
    done = adopt("technology_pool", mycity)
    assert done.status == 0, done.text
    theirs = tomli.loads(read_pack("suzhou")["pools/technology_pool.toml"])
    ours = tomli.loads((mycity / "pools" / "technology_pool.toml").read_text("utf-8"))
    why = "adopted from suzhou: not yet decided here; there published"
    assert ours["source"] == {**theirs["source"], "status": "assumed", "why": why}
    assert ours["case"] == theirs["case"]
    assert ours["instrument"] == theirs["instrument"]
    listed = {o.what for o in still_open(read_pack(str(mycity))) if o.file == "pools/technology_pool.toml"}
    days = {f"parameter.{name}.{day}" for name, entries in theirs["parameter"].items() for day in entries}
    assert listed == {*days, "source.why"}
    said = CliRunner().invoke(app, ["region", "open", str(mycity), "--lang", "en"])
    assert "pools/technology_pool.toml:" in said.output


def test_a_region_with_the_copy_is_checked_and_worked_as_any_other(mycity: Path) -> None:
    assert adopt("technology_loan_pool", mycity, "--as", "our_pool", donor="demo").status == 0
    assert {path.name for path in (mycity / "waterfalls").iterdir()} == {"risk_pool.toml", "risk_pool_recovery.toml"}
    for command in (["check", str(mycity)], ["test", str(mycity), "our_pool"], ["mutate", str(mycity), "our_pool"]):
        done = CliRunner().invoke(app, ["rules", *command])
        assert done.exit_code == 0, done.output


def test_what_was_taken_over_before_is_not_copied_again(mycity: Path) -> None:
    assert adopt("technology_risk_pool", mycity).status == 0
    before = files(mycity)
    assert adopt("technology_pool", mycity).status == 0
    after = files(mycity)
    assert set(after) - set(before) == {"pools/technology_pool.toml"}
    assert {path: after[path] for path in before} == before
    again = adopt("technology_pool", mycity)
    assert (again.status, "has technology_pool already (pools/technology_pool.toml)" in again.text) == (2, True)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("waterfalls/technology_risk_pool.toml", "technology_risk_pool is another waterfall in mycity"),
        ("policies/risk_pool_compensation.toml", "risk_pool_compensation is another rule in mycity"),
    ],
)
def test_a_waterfall_or_a_rule_that_is_another_one_here_is_refused_and_nothing_is_written(
    file: str, told: str, mycity: Path
) -> None:
    assert adopt("technology_risk_pool", mycity).status == 0
    place = mycity / file
    _, _, text = place.read_text("utf-8").partition("\n")  # no longer said to be the donor's
    place.write_text(text, "utf-8")
    before = files(mycity)
    done = adopt("technology_pool", mycity)
    assert (done.status, told in done.text) == (2, True), done.text
    assert files(mycity) == before


def test_a_name_that_a_rule_has_is_not_given_to_a_pool(mycity: Path) -> None:
    done = adopt("technology_pool", mycity, "--as", "loan_interest_subsidy")
    assert (done.status, "has loan_interest_subsidy already (policies/" in done.text) == (2, True)


def test_a_pool_that_counts_in_working_days_brings_the_holidays_of_the_years_that_are_lacking(mycity: Path) -> None:
    taker, texts = a_taker(mycity)
    theirs = read_pack("suzhou")
    pool = theirs["pools/technology_pool.toml"].partition("\n[[case]]")[0]
    pool = 'days = "working"\n' + pool.replace("value = 30,", "value = 5,") + WORKING
    first, last = min(taker.book.calendars), max(taker.book.calendars)
    years = {f"calendars/{year}.toml": a_calendar(year) for year in range(last + 1, 2035)}
    donor = Pack("suzhou", load({**theirs, "pools/technology_pool.toml": pool, **years}))
    made, book = loaded(Wish("technology_pool", donor.book.region.default_on), donor, taker, texts)
    assert {path for path in made.files if path.startswith("calendars/")} == set(years)
    assert [result.differences for result in worked(book, "technology_pool")] == [()]
    assert (min(book.calendars), max(book.calendars)) == (first, 2034)


def a_calendar(year: int) -> str:
    """A year with New Year's Day alone off."""
    return f"""
year = {year}
title = {{ zh = "{year}年", en = "{year}" }}
source = {{ document = "通知", clause = "一" }}
[[holiday]]
title = {{ zh = "元旦", en = "New Year" }}
clause = "一"
from = {year}-01-01
to = {year}-01-01
"""
