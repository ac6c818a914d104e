"""Changes of a rule that none of its cases notices: what the cases do not prove."""

from collections.abc import Sequence
from dataclasses import dataclass

from kerong.lab.mutation.mutants import Mutant, mutants
from kerong.lab.mutation.witness import Witness, witness
from kerong.lab.trial import Said, claims_of, differences, paid, said_of, wants_award
from kerong.rulebook.content import Case, Place, Rule, Rulebook

ACCEPTED = "mutation."


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that every case lets pass; `accepted`: why its author stands by it; `witness`: a case that would not."""

    mutant: Mutant
    witness: Witness | None
    accepted: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the cases of a rule notice: how many changes were tried, which survived, which reasons explain nothing."""

    rule: str
    place: Place
    tried: int
    survivors: tuple[Survivor, ...]
    idle: tuple[str, ...]

    @property
    def open(self) -> tuple[Survivor, ...]:
        """Survivors that nobody has explained."""
        return tuple(survivor for survivor in self.survivors if survivor.accepted is None)


def proof_of(rule: Rule, rulebook: Rulebook) -> Proof:
    """Every change of a rule tried on its cases. The cases hold for the rule itself (`kerong rules test`)."""
    said = [(case, said_of(rule, case)) for case in rule.cases]
    said.sort(key=lambda pair: wants_award(pair[0]))  # limits cost more than the rule: asked last
    tried = list(mutants(rule))
    survivors = []
    for mutant in tried:
        if not any(notices(mutant, case, before, rulebook) for case, before in said):
            why = rule.accepted.get(ACCEPTED + mutant.part)
            survivors.append(Survivor(mutant, witness(rule, mutant), why))
    used = {ACCEPTED + survivor.mutant.part for survivor in survivors}
    idle = tuple(sorted(key for key in rule.accepted if key.startswith(ACCEPTED) and key not in used))
    return Proof(rule.name, rule.place, len(tried), tuple(survivors), idle)


def notices(mutant: Mutant, case: Case, before: Sequence[Said], rulebook: Rulebook) -> bool:
    """Does a case that holds for the rule fail for its mutant? `before` is what the rule itself says of the case."""
    after = said_of(mutant.rule, case)
    if differences(case, after, None):
        return True
    if not wants_award(case) or (after == tuple(before) and not mutant.in_limits):
        return False
    claims = claims_of(mutant.rule, case, after, rulebook)
    return bool(differences(case, after, paid(mutant.rule, case, claims, rulebook)))
