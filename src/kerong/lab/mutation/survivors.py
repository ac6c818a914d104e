"""Changes of a rule that none of its cases notices: what the cases do not prove."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kerong.engine import award, money
from kerong.engine.deal.calendar import working_days
from kerong.engine.money.pool import pool_case
from kerong.lab.mutation.groups import GroupMutant, group_mutants
from kerong.lab.mutation.mutants import Mutant, mutants
from kerong.lab.mutation.pools import PoolMutant, pool_mutants
from kerong.lab.mutation.waterfalls import WaterfallMutant, waterfall_mutants
from kerong.lab.mutation.witness import Witness, witness
from kerong.lab.trial import Asked, Said, claims_of, differences, paid, wants_award
from kerong.rulebook.content import Case, Group, GroupCase, Place, Rule, Rulebook
from kerong.rulebook.lines import lines_of
from kerong.rulebook.pools import Pool, PoolCase
from kerong.rulebook.waterfalls import Waterfall, WaterfallCase

ACCEPTED = "mutation."


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that every case lets pass; `accepted`: why its author stands by it; `witness`: a case that would not."""

    mutant: Mutant | GroupMutant | WaterfallMutant | PoolMutant
    witness: Witness | None
    accepted: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the cases of a rule, group, waterfall or pool notice: how many changes were tried, and which survived.

    `idle` are reasons in [accepted] that explain nothing, `failing` cases that do not hold for the rule itself: where
    there are any no change is tried, since a case that is wrong proves nothing.
    """

    rule: str
    place: Place
    tried: int
    survivors: tuple[Survivor, ...]
    idle: tuple[str, ...]
    failing: tuple[Case | GroupCase | WaterfallCase | PoolCase, ...]

    @property
    def open(self) -> tuple[Survivor, ...]:
        """Survivors that nobody has explained."""
        return tuple(survivor for survivor in self.survivors if survivor.accepted is None)


def proof_of(rule: Rule, rulebook: Rulebook) -> Proof:
    """Every change of a rule tried on its cases, if they hold."""
    asked = Asked(rule)
    said = [(case, asked.said(case)) for case in sorted(rule.cases, key=wants_award)]  # limits cost most: last
    failing = [case for case, before in said if _fails(rule, case, before, rulebook)]
    if failing:
        return Proof(rule.name, rule.place, 0, (), (), tuple(failing))
    tried = list(mutants(rule))
    found = [mutant for mutant in tried if not is_noticed(mutant, said, rulebook)]
    survivors = tuple(_survivor(rule, mutant, rulebook) for mutant in found)
    return Proof(rule.name, rule.place, len(tried), survivors, _idle(rule.accepted, found), ())


def proof_of_group(group: Group, rulebook: Rulebook) -> Proof:
    """Every change of a group tried on its cases, if they hold; groups explain nothing away."""
    failing = [case for case in group.cases if award.group_case(group, case, rulebook)]
    if failing:
        return Proof(group.name, group.place, 0, (), (), tuple(failing))
    tried = list(group_mutants(group))
    left = [m for m in tried if not any(award.group_case(m.group, case, rulebook) for case in group.cases)]
    survivors = tuple(Survivor(mutant, None, None) for mutant in left)
    return Proof(group.name, group.place, len(tried), survivors, (), ())


def proof_of_waterfall(waterfall: Waterfall) -> Proof:
    """Every change of a waterfall tried on its cases, if they hold."""
    failing = [case for case in waterfall.cases if money.waterfall_case(waterfall, case)]
    if failing:
        return Proof(waterfall.name, waterfall.place, 0, (), (), tuple(failing))
    tried = list(waterfall_mutants(waterfall))
    left = [m for m in tried if not any(money.waterfall_case(m.waterfall, case) for case in waterfall.cases)]
    survivors = tuple(Survivor(mutant, None, waterfall.accepted.get(ACCEPTED + mutant.part)) for mutant in left)
    return Proof(waterfall.name, waterfall.place, len(tried), survivors, _idle(waterfall.accepted, left), ())


def proof_of_pool(pool: Pool, rulebook: Rulebook) -> Proof:
    """Every change of a pool tried on its cases, if they hold; working days are those of the region's calendars."""
    days = working_days(rulebook.calendars).days
    failing = [case for case in pool.cases if pool_case(pool, case, days)]
    if failing:
        return Proof(pool.name, pool.place, 0, (), (), tuple(failing))
    tried = list(pool_mutants(pool))
    left = [m for m in tried if not any(pool_case(m.pool, case, days) for case in pool.cases)]
    survivors = tuple(Survivor(mutant, None, pool.accepted.get(ACCEPTED + mutant.part)) for mutant in left)
    return Proof(pool.name, pool.place, len(tried), survivors, _idle(pool.accepted, left), ())


def _idle(
    accepted: Mapping[str, str], found: Sequence[Mutant] | Sequence[WaterfallMutant] | Sequence[PoolMutant]
) -> tuple[str, ...]:
    """Reasons for which nothing survives."""
    used = {ACCEPTED + mutant.part for mutant in found}
    return tuple(sorted(key for key in accepted if key.startswith(ACCEPTED) and key not in used))


def _survivor(rule: Rule, mutant: Mutant, rulebook: Rulebook) -> Survivor:
    placed = replace(mutant, place=_place(mutant, rulebook))
    why = rule.accepted.get(ACCEPTED + mutant.part)
    return Survivor(placed, witness(rule, mutant) if why is None else None, why)


def _place(mutant: Mutant, rulebook: Rulebook) -> Place:
    """Clauses and limits know their line, amounts and parameters are looked up in the text of their file."""
    part, _, name = mutant.part.partition(".")
    lines = lines_of(rulebook.texts.get(mutant.place.file, ""))
    for path in ((part, name), ("table", name), (part,)) if part in ("parameter", "amount") else ():
        if path in lines:
            return Place(mutant.place.file, lines[path])
    return mutant.place


def is_noticed(mutant: Mutant, said: Sequence[tuple[Case, Sequence[Said]]], rulebook: Rulebook) -> bool:
    """Does a case that holds for the rule fail for its mutant? Beside each case stands what the rule says of it."""
    asked = Asked(mutant.rule)
    for case, before in said:
        after = asked.said(case)
        is_felt = after != tuple(before) or (mutant.in_limits and wants_award(case))
        if is_felt and _fails(mutant.rule, case, after, rulebook):
            return True
    return False


def _fails(rule: Rule, case: Case, said: Sequence[Said], rulebook: Rulebook) -> bool:
    if differences(case, said, None):
        return True
    if not wants_award(case):
        return False
    return bool(differences(case, said, paid(rule, case, claims_of(rule, case, said, rulebook), rulebook)))
