"""Every shipped region: proved by its own cases to the last number, without an open finding, and no copy of another."""

import tomllib
from itertools import combinations

import pytest

from kerong.lab.mutation import proof_of, proof_of_group, proof_of_waterfall
from kerong.rulebook import Rulebook, load
from kerong.rulebook.lint import lint
from kerong.store.packs import read_pack, region_names

REGIONS = tuple(region_names())
SOURCED = tuple(name for name in REGIONS if name != "demo")
# a policy asks little beside its own numbers: of the rules of one pack so many in a hundred may be those of another
ALIKE = 20


def _book(name: str) -> Rulebook:
    return load(read_pack(name))


def _own(name: str) -> dict[str, str]:
    """The files of a pack that are not those of the pack it extends."""
    texts = read_pack(name)
    base = tomllib.loads(texts["region.toml"]).get("extends")
    inherited = read_pack(base) if base else {}
    return {file: text for file, text in texts.items() if inherited.get(file) != text}


def _shapes(name: str) -> set[tuple[object, ...]]:
    """What each rule asks and pays, without its names, numbers and words."""
    book, own = _book(name), _own(name)
    return {
        (rule.kind, rule.per, tuple(clause.text for clause in rule.clauses), str(rule.amount and rule.amount.fen))
        for rule in book.rules.values()
        if rule.place.file in own
    }


@pytest.mark.parametrize("region", REGIONS)
def test_every_change_of_a_number_or_condition_is_noticed_by_a_case_or_explained(region: str) -> None:
    book = _book(region)
    proofs = [
        *(proof_of(rule, book) for rule in book.rules.values()),
        *(proof_of_group(group, book) for group in book.groups.values()),
        *map(proof_of_waterfall, book.waterfalls.values()),
    ]
    assert [f"{p.place.file}: {survivor.mutant.said.en}" for p in proofs for survivor in p.open] == []
    assert [f"{p.place.file}: {key}" for p in proofs for key in p.idle] == []
    assert [p.place.file for p in proofs if p.failing] == []


@pytest.mark.parametrize("region", REGIONS)
def test_no_finding_of_lint_is_open(region: str) -> None:
    assert [str(finding) for finding in lint(_book(region)) if finding.is_open] == []


@pytest.mark.parametrize("region", SOURCED)
def test_every_rule_says_what_it_works_by_and_who_pays_what_is_paid(region: str) -> None:
    book, own = _book(region), _own(region)
    rules = [rule for rule in book.rules.values() if rule.place.file in own]
    assert [rule.name for rule in rules if rule.mechanism is None] == []
    assert [rule.name for rule in rules if rule.is_policy and rule.amount is not None and rule.level is None] == []
    assert book.published.figures or book.published.arrangements


def test_no_pack_is_a_renamed_copy_of_another() -> None:
    shapes = {name: _shapes(name) for name in REGIONS}
    shared = {f"{one} and {other}": len(shapes[one] & shapes[other]) for one, other in combinations(REGIONS, 2)}
    assert {
        pair: count
        for pair, count in shared.items()
        if 100 * count > ALIKE * min(len(shapes[name]) for name in pair.split(" and "))
    } == {}
