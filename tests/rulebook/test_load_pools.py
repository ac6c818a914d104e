"""Pools are read from pools/<name>.toml, and every fault in one is named with its file, line and remedy."""

from datetime import date

import pytest

from kerong.engine.money.pool import pool_case
from kerong.rulebook import RulebookErrors, load
from kerong.rulebook.lint import lint
from tests.engine.money.pool.pool_texts import HEAD, INSTRUMENTS, NUMBERS, book, texts

FILE = "pools/two.toml"
CASES = """
[[case]]
title = "of 1,000 fen the pool bears 600; 100 come back, 60 of them to it"
by = "第一条"
when = [
  { do = "pay_in", on = 2025-01-01, fen = 10_000 },
  { do = "register", on = 2025-06-25, loan = "L", bank = "B", firm = "F", instrument = "loan", fen = 1_000, drawn_on = 2025-06-20, eligible = true },
  { do = "default", on = 2025-07-01, loan = "L", since = 2025-06-30 },
  { do = "claim", on = 2025-08-01, loan = "L", principal_fen = 1_000, then = { refused = "too_early" } },
  { do = "claim", on = 2025-09-30, loan = "L", principal_fen = 1_000, then = { pool = 600, bank = 400, cut_by = "" } },
  { do = "recover", on = 2025-10-30, loan = "L", fen = 100, then = { pool = 60, bank = 40 } },
]
then = { balance_fen = 9_460, compensated_fen = 600, is_open = false }
working = ["10_000 - 600 + 60", "1_000 * 60 / 100"]
"""  # noqa: E501


def errors(old: str, new: str, more: str = CASES) -> list[str]:
    files = texts(more=more)
    assert old in files[FILE], old
    with pytest.raises(RulebookErrors) as refused:
        load({**files, FILE: files[FILE].replace(old, new, 1)})
    return [str(error) for error in refused.value.errors]


def test_a_pool_is_read_with_instruments_bounds_and_cases() -> None:
    pool = book(more=CASES).pools["two"]
    assert list(pool.instruments) == ["loan", "guarantee"]
    assert pool.instruments["loan"].over == "bank"
    assert pool.instruments["guarantee"].borrower == "borrower"
    assert pool.parameters["fuse_bp"].at(date(2025, 1, 1)) == NUMBERS["fuse_bp"]
    assert pool.cases[0].steps[1].place.file == FILE
    assert pool_case(pool, pool.cases[0]) == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{ pool = 600, bank = 400, cut", "{ pool = 601, bank = 399, cut", "step 5 (claim"),
        ('refused = "too_early"', 'refused = "late"', "refused: too_early, expected late"),
        ('cut_by = ""', 'cut_by = "balance"', "cut by nothing, expected balance"),
        ("balance_fen = 9_460", "balance_fen = 9_461", "balance_fen is 9_460, expected 9_461"),
        ("is_open = false", "is_open = true", "is_open is False"),
        ('{ pool = 60, bank = 40 }', '{ pool = 60 }', "bank 40, expected 0"),
    ],
)  # fmt: skip
def test_a_case_that_does_not_hold_says_what_is_otherwise(old: str, new: str, told: str) -> None:
    assert old in CASES
    pool = book(more=CASES.replace(old, new, 1)).pools["two"]
    assert any(told in line for line in pool_case(pool, pool.cases[0]))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('waterfall = "shared"', 'waterfall = "shard"', "there is no waterfall shard (did you mean shared?)"),
        ('waterfall = "shared"', 'waterfall = "back"', "back is a waterfall of kind recovery, wanted: loss"),
        ('waterfall = "back"', 'waterfall = "layered"', "layered is a waterfall of kind loss, wanted: recovery"),
        ('payer = "pool"', 'payer = "fund"', "shared has no party fund"),
        ('payer = "pool"', 'payer = "bank"', "payer, over and borrower are three parties"),
        ('loss_fen = "loss"', 'los_fen = "loss"', "shared has no input los_fen (did you mean loss_fen?)"),
        ('loss_fen = "loss"', 'loss_fen = "losses"', "loss_fen cannot come from 'losses'"),
        ('pool_fen = "borne_pool"', 'pool_fen = "borne_firm"', "pool_fen cannot come from 'borne_firm'"),
        ('pool_fen = "borne_pool"', 'pool_fen = "borne_borrower"', "pool_fen cannot come from 'borne_borrower'"),
        ('kind = "guarantee"', 'kind = "loan"', "two instruments are loan"),
        ("[parameter.fuse_bp]", "[parameter.fuze_bp]", "fuze_bp is no number of a pool (did you mean fuse_bp?)"),
        ("value = 3000", "value = -1", "fuse_bp is negative"),
        ('days = "calendar"', 'days = "bank"', "days = 'bank' (one of calendar, working)"),
        ('do = "default"', 'do = "defalt"', "do = 'defalt'"),
        ('loan = "L", since', 'lone = "L", since', "loan is missing"),
        ("fen = 10_000", "fen = 1.5", "fen must be a whole number, not float"),
        ("eligible = true }", 'eligible = true, facts = { coverage = 1 } }', "coverage is no fact"),
        ("eligible = true }", 'eligible = true, facts = { cover_fen = true } }', "cover_fen is a fen, not True"),
        ("cut_by = \"\"", "insurer = 1", "unknown key 'insurer'"),
        ("{ balance_fen = 9_460, compensated_fen = 600, is_open = false }", "{}", "then says how the pool"),
        ('"1_000 * 60 / 100"]', "]", "working has 1 lines for 2 expected amounts"),
        ('source = { document = "办法", clause = "第四条" }', "", "source is missing"),
        ('name = "two"', 'name = "shared"', "shared is defined twice"),
    ],
)  # fmt: skip
def test_a_fault_in_a_pool_is_named_where_it_stands(old: str, new: str, told: str) -> None:
    found = errors(old, new)
    assert any(told in line and line.startswith(f"{FILE}:") for line in found), found
    places = [int(line.split(":")[1]) for line in found]
    assert max(places) > 1 or "missing" in told or "twice" in told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[eligible]\nrule = "grant"\nclauses = [1]\n', "there is no rule grant"),
        ("[[case]]\ntitle = \"x\"\nwhen = []\nthen = { balance_fen = 1 }\n", "a case says what happens"),
    ],
)  # fmt: skip
def test_what_a_pool_names_must_be_there(more: str, told: str) -> None:
    with pytest.raises(RulebookErrors, match=told):
        load(texts(more=more))


def test_a_pool_without_an_instrument_covers_nothing_and_is_refused() -> None:
    files = texts()
    with pytest.raises(RulebookErrors, match="a pool covers something"):
        load({**files, FILE: files[FILE].replace(INSTRUMENTS, "")})
    assert HEAD.splitlines()[1] in files[FILE]


def findings(numbers: dict[str, int], **changed: str) -> list[str]:
    files = texts(numbers, more=CASES)
    for old, new in changed.items():
        files[FILE] = files[FILE].replace(old, new)
    return [one.en for one in lint(load(files)) if one.check == "pool"]


def test_sound_bounds_are_found_nothing_of() -> None:
    assert findings(dict(NUMBERS)) == []


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"firm_cap_fen": 0}, "firm_cap_fen is 0 from 2020-01-01 on: it lets nothing through"),
        ({"multiple_bp": 0}, "multiple_bp is 0 from 2020-01-01 on: it lets nothing through"),
        ({"fuse_bp": 300, "reopen_bp": 301}, "opens again above the line at which it shuts"),
        ({"reopen_bp": 301}, "a line at which it opens again, and none at which it shuts"),
        ({"loan_cap_fen": 11, "firm_cap_fen": 10}, "the cap per loan lies above that per firm"),
    ],
)
def test_bounds_that_cannot_be_meant_are_found(numbers: dict[str, int], told: str) -> None:
    assert [line for line in findings(numbers) if told in line], findings(numbers)


def test_a_pool_whose_loss_reaches_no_waterfall_is_found() -> None:
    assert any("reads no loss" in line for line in findings(dict(NUMBERS), **{'loss_fen = "loss", ': ""}))


def test_a_pool_without_a_case_or_a_source_that_says_something_is_found() -> None:
    files = texts()
    files[FILE] = files[FILE].replace('clause = "第四条"', 'clause = "略"')
    found = {(one.check, one.rule) for one in lint(load(files))}
    assert {("case", "two"), ("source", "two")} <= found


def test_nothing_that_comes_back_is_parted_to_the_borrower_who_bore_nothing() -> None:
    """What the borrower paid back before the claim is no loss: a waterfall of recoveries that names it is refused."""
    files = texts(more=CASES)
    back = files["waterfalls/back.toml"]
    line = 'bank = { zh = "银行", en = "Bank" }\n'
    assert line in back
    with pytest.raises(RulebookErrors, match="borrower bears nothing of layered"):
        load({**files, "waterfalls/back.toml": back.replace(line, line + 'borrower = { zh = "企业", en = "Firm" }\n')})
