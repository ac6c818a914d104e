"""Mutation of pools: a mutant has one change, told by the key that would explain it; none is tried in vain."""

from dataclasses import fields, replace
from functools import cache
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.money.pool import pool_case
from kerong.lab.cases import run_pool_cases
from kerong.lab.mutation import PoolMutant, proof_of_pool
from kerong.lab.mutation.pools import pool_mutants
from kerong.rulebook import Rulebook, load
from kerong.rulebook.pools import GIVEN, Pool
from kerong.store.packs import read_pack
from tests.engine.money.pool.pool_texts import NUMBERS, book, texts

CASES = """
[[case]]
title = "of 1,000 fen the pool bears 600"
when = [
  { do = "pay_in", on = 2025-01-01, fen = 10_000 },
  { do = "register", on = 2025-07-20, loan = "L", bank = "B", firm = "F", instrument = "loan", fen = 1_000, drawn_on = 2025-06-20, eligible = true },
  { do = "default", on = 2025-08-01, loan = "L", since = 2025-07-31 },
  { do = "claim", on = 2025-09-29, loan = "L", principal_fen = 1_000, then = { pool = 600, bank = 400 } },
]
then = { compensated_fen = 600 }
working = "1_000 * 60 / 100"
"""  # noqa: E501
WITHOUT = """
[[case]]
title = "what is paid in is held"
when = [{ do = "pay_in", on = 2025-07-01, fen = 10_000 }]
then = { balance_fen = 10_000 }
"""
CALENDAR = """
year = 2025
title = { zh = "2025年", en = "2025" }
source = { document = "通知", clause = "一" }
[[holiday]]
title = { zh = "元旦", en = "New Year" }
clause = "一"
from = 2025-01-01
to = 2025-01-01
"""


def flat(pool: Pool) -> dict[str, object]:
    """A pool as its smallest parts, each under the name by which a mutant tells it."""
    found: dict[str, object] = {f"parameter.{name}": one.values for name, one in pool.parameters.items()}
    for kind, one in pool.instruments.items():
        at = f"instrument.{kind}"
        found |= {f"{at}.{name}": getattr(one, name) for name in ("payer", "over", "borrower")}
        found[at] = kind
        found |= {f"{at}.from.{name}": word for name, word in one.loss.given.items()}
        found[f"{at}.recovery"] = one.recovery is not None
        if one.recovery is not None:
            found |= {f"{at}.recovery.from.{name}": word for name, word in one.recovery.given.items()}
    return {**found, "days": pool.days}


@cache
def all_mutants() -> list[tuple[Pool, PoolMutant]]:
    pools = [*book(more=CASES).pools.values(), *load(read_pack("demo")).pools.values()]
    return [(pool, mutant) for pool in pools for mutant in pool_mutants(pool)]


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6))
def test_a_mutant_differs_from_its_pool_in_the_part_that_it_names_and_in_no_other(place: int) -> None:
    pool, mutant = all_mutants()[place % len(all_mutants())]
    before, after = flat(pool), flat(mutant.pool)
    changed = {part for part in {*before, *after} if before.get(part) != after.get(part)}
    assert changed, mutant.said.en
    assert mutant.part in changed, mutant.said.en
    rest = {part for part in changed if not part.startswith(mutant.part)}
    swapped = {mutant.part.removesuffix("payer") + "over"} if mutant.part.endswith(".payer") else set()
    assert rest <= swapped, mutant.said.en
    same = [one.name for one in fields(Pool) if one.name not in ("parameters", "instruments", "days")]
    assert [name for name in same if getattr(pool, name) != getattr(mutant.pool, name)] == []


def test_no_two_mutants_are_the_same_change_and_their_words_tell_them_apart() -> None:
    pool = book(more=CASES).pools["two"]
    tried = list(pool_mutants(pool))
    assert len({(m.part, m.said.en) for m in tried}) == len(tried)
    assert len({str(flat(m.pool)) for m in tried}) == len(tried)
    assert len({(m.part, m.said.zh) for m in tried}) == len(tried)


def test_every_number_every_input_and_every_party_of_a_pool_is_changed() -> None:
    pool = book(more=CASES).pools["two"]
    parts = {mutant.part for mutant in pool_mutants(pool)}
    given_by_facts = {"instrument.guarantee.from.cover_fen"}
    none_to_drop = {"instrument.loan.borrower", "instrument.loan.recovery"}
    two_parties_alone = {"instrument.loan.over"}  # payer and over change places, told as the payer
    assert set(flat(pool)) - parts == given_by_facts | none_to_drop | two_parties_alone


def test_what_a_case_cannot_tell_is_not_tried() -> None:
    """Without allowed interest what is due is the principal: the two words give the same for every claim."""
    none = {name: value for name, value in NUMBERS.items() if name != "interest_bp"}
    for numbers, words in ((NUMBERS, set(GIVEN) - {"due"}), (none, set(GIVEN) - {"due", "principal"})):
        pool = book(numbers, more=CASES).pools["two"]
        part = "instrument.guarantee.from.due_fen"
        tried = [m.pool.instruments["guarantee"].loss.given["due_fen"] for m in pool_mutants(pool) if m.part == part]
        assert sorted(map(str, tried)) == sorted(words)


def test_a_survivor_is_what_every_case_lets_pass_and_without_loans_in_its_cases_nothing_is_proved() -> None:
    for more in (CASES, WITHOUT):
        region = book(more=more)
        pool = region.pools["two"]
        found = proof_of_pool(pool, region)
        left = [m for m in pool_mutants(pool) if not any(pool_case(m.pool, case) for case in pool.cases)]
        assert [survivor.mutant for survivor in found.open] == left
        assert found.tried == len(list(pool_mutants(pool)))
    assert len(found.open) == found.tried


def test_a_boundary_that_a_case_stands_on_is_noticed_on_one_side_and_the_other_side_survives() -> None:
    region = book(more=CASES)
    told = [survivor.mutant.said.en for survivor in proof_of_pool(region.pools["two"], region).open]
    assert "parameter.register_within_days: 2020-01-01: 30 becomes 31" in told
    assert "parameter.register_within_days: 2020-01-01: 30 becomes 29" not in told
    assert "parameter.trigger_days: 2020-01-01: 60 becomes 59" in told
    assert "parameter.trigger_days: 2020-01-01: 60 becomes 61" not in told


def test_a_reason_in_accepted_explains_its_part_and_one_without_survivor_is_told() -> None:
    region = book(more=CASES)
    why = MappingProxyType({"mutation.parameter.trigger_days": "?", "mutation.instrument.loan": "nothing survives"})
    pool = replace(region.pools["two"], accepted=why)
    found = proof_of_pool(pool, region)
    assert {survivor.accepted for survivor in found.survivors} == {None, "?"}
    assert not [survivor for survivor in found.open if survivor.mutant.part == "parameter.trigger_days"]
    assert found.idle == ("mutation.instrument.loan",)


def test_where_a_case_does_not_hold_no_change_is_tried() -> None:
    region = book(more=CASES.replace("pool = 600, bank = 400", "pool = 601, bank = 399"))
    found = proof_of_pool(region.pools["two"], region)
    assert [case.title for case in found.failing] == ["of 1,000 fen the pool bears 600"]
    assert (found.tried, found.survivors) == (0, ())


def working_region() -> Rulebook:
    """The pool counts registration in working days, of a calendar without holidays in summer."""
    files = texts(days="working", more=CASES.replace("on = 2025-07-20", "on = 2025-08-01"))
    return load({**files, "calendars/2025.toml": CALENDAR})


def test_a_pool_that_counts_in_working_days_is_worked_and_changed_by_the_calendars_of_its_region() -> None:
    region = working_region()  # the 30th working day after Friday 20 June 2025 is Friday 1 August
    pool = region.pools["two"]
    assert [result.differences for result in run_pool_cases(pool, region)] == [()]
    found = proof_of_pool(pool, region)
    assert found.failing == ()
    told = [survivor.mutant.said.en for survivor in found.open]
    assert "parameter.register_within_days: 2020-01-01: 30 becomes 29" not in told
    assert "parameter.register_within_days: 2020-01-01: 30 becomes 31" in told
    assert "days: days: working becomes calendar" not in told
