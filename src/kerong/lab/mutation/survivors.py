"""Changes of a rule that none of its cases notices: what the cases do not prove."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kerong.lab.mutation.mutants import Mutant, mutants
from kerong.lab.mutation.witness import Witness, witness
from kerong.lab.trial import Said, claims_of, differences, paid, said_of, wants_award
from kerong.rulebook.content import Case, Place, Rule, Rulebook
from kerong.rulebook.lines import lines_of

ACCEPTED = "mutation."


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that every case lets pass; `accepted`: why its author stands by it; `witness`: a case that would not."""

    mutant: Mutant
    witness: Witness | None
    accepted: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the cases of a rule notice: how many changes were tried, and which survived.

    `idle` are reasons in [accepted] that explain nothing, `failing` cases that do not hold for the rule itself and so
    prove nothing.
    """

    rule: str
    place: Place
    tried: int
    survivors: tuple[Survivor, ...]
    idle: tuple[str, ...]
    failing: tuple[Case, ...]

    @property
    def open(self) -> tuple[Survivor, ...]:
        """Survivors that nobody has explained."""
        return tuple(survivor for survivor in self.survivors if survivor.accepted is None)


def proof_of(rule: Rule, rulebook: Rulebook) -> Proof:
    """Every change of a rule tried on those of its cases that hold."""
    said = [(case, said_of(rule, case)) for case in sorted(rule.cases, key=wants_award)]  # limits cost most: last
    failing = [case for case, before in said if _fails(rule, case, before, rulebook)]
    said = [(case, before) for case, before in said if case not in failing]
    tried = list(mutants(rule))
    found = [m for m in tried if not any(notices(m, case, before, rulebook) for case, before in said)]
    survivors = tuple(_survivor(rule, mutant, rulebook) for mutant in found)
    used = {ACCEPTED + mutant.part for mutant in found}
    idle = tuple(sorted(key for key in rule.accepted if key.startswith(ACCEPTED) and key not in used))
    return Proof(rule.name, rule.place, len(tried), survivors, idle, tuple(failing))


def _survivor(rule: Rule, mutant: Mutant, rulebook: Rulebook) -> Survivor:
    placed = replace(mutant, place=_place(mutant, rulebook))
    return Survivor(placed, witness(rule, mutant), rule.accepted.get(ACCEPTED + mutant.part))


def _place(mutant: Mutant, rulebook: Rulebook) -> Place:
    """Clauses and limits know their line, amounts and parameters are looked up in the text of their file."""
    part, _, name = mutant.part.partition(".")
    lines = lines_of(rulebook.texts.get(mutant.place.file, ""))
    for path in ((part, name), ("table", name), (part,)) if part in ("parameter", "amount") else ():
        if path in lines:
            return Place(mutant.place.file, lines[path])
    return mutant.place


def notices(mutant: Mutant, case: Case, before: Sequence[Said], rulebook: Rulebook) -> bool:
    """Does a case that holds for the rule fail for its mutant? `before` is what the rule itself says of the case."""
    after = said_of(mutant.rule, case)
    if after == tuple(before) and not (mutant.in_limits and wants_award(case)):
        return False
    return _fails(mutant.rule, case, after, rulebook)


def _fails(rule: Rule, case: Case, said: Sequence[Said], rulebook: Rulebook) -> bool:
    if differences(case, said, None):
        return True
    if not wants_award(case):
        return False
    return bool(differences(case, said, paid(rule, case, claims_of(rule, case, said, rulebook), rulebook)))
