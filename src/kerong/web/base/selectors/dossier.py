"""One enterprise: who it is, its score with every contribution, and where it stands with every rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kerong.engine.score.parts import DimensionPart, parts
from kerong.rulebook.content import Clause, Institution, Rule
from kerong.rulebook.outcomes import NO_ROW, OUTCOME_NAMES
from kerong.rulebook.pruning import INDICATOR
from kerong.web.base.figures import count
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.clauses import (
    ClauseLine,
    NextAction,
    ReadField,
    Reading,
    ReadValue,
    read_fields,
    reading,
)
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import terms


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the enterprise stands with one rule. `rows` are the verdicts behind it: one, or one per transaction."""

    rule: Rule
    outcome: str
    rows: tuple[Mapping[str, Any], ...]
    amount_fen: int | None
    benefit_fen: int | None
    entitled_fen: int | None
    cut_by: tuple[str, ...]
    clause: Clause | None
    provider: Institution | None
    lines: tuple[ClauseLine, ...]
    open_inputs: tuple[ReadValue, ...]
    action: NextAction | None
    terms: Mapping[str, Any]
    inputs: tuple[ReadField, ...] = ()

    @property
    def lacks_rows(self) -> bool:
        """The rule is about rows of a register, and the enterprise has none there."""
        return all(row["clause"] == NO_ROW for row in self.rows)

    @property
    def missing(self) -> tuple[ClauseLine, ...]:
        """The clauses that nothing but missing evidence keeps open."""
        return tuple(line for line in self.lines if line.outcome == "unknown")

    @property
    def met_rows(self) -> int:
        """How many rows (loans, rounds …) met the rule."""
        return sum(row["outcome"] == 1 for row in self.rows)


@dataclass(frozen=True, slots=True)
class StandingGroup:
    """One tab: certain, possible or not now."""

    name: str
    standings: tuple[Standing, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that the page of one enterprise shows; a face leaves out sections that its reader may not see.

    `enterprise` has the fields that the reader may see and no others.
    """

    enterprise: Mapping[str, Any]
    score: Mapping[str, Any] | None
    dimensions: tuple[DimensionPart, ...]
    certain: tuple[Standing, ...]
    possible: tuple[Standing, ...]
    not_now: tuple[Standing, ...]
    size: int

    @property
    def rank_text(self) -> str:
        """The rank with separators, for sentences."""
        return count(self.score["rank"] if self.score else None)

    @property
    def size_text(self) -> str:
        """The number of enterprises with separators, for sentences."""
        return count(self.size)

    @property
    def groups(self) -> list[StandingGroup]:
        """The three tabs; the first that holds something is open."""
        held = {"certain": self.certain, "possible": self.possible, "not_now": self.not_now}
        first = next((name for name, standings in held.items() if standings), "certain")
        return [StandingGroup(name, standings, name == first) for name, standings in held.items()]


def dossier(
    published: Published, enterprise_id: str, provider: str | None = None, held: Carried | None = None
) -> Dossier | None:
    """The dossier of an enterprise, or None where there is none; with `provider` only that institution's rules.

    `held`: what the reader may see; None: everything.
    """
    enterprise = published.enterprise(enterprise_id)
    if enterprise is None:
        return None
    score = published.score(enterprise_id)
    groups = standings(published, enterprise, provider, held)
    return Dossier(
        enterprise=_carried(enterprise, held),
        score=score,
        dimensions=dimension_parts(published, score, held) if score else (),
        certain=groups["met"],
        possible=groups["unknown"],
        not_now=groups["failed"] + groups["error"],
        size=published.sheet.height,
    )


def _carried(enterprise: Mapping[str, Any], held: Carried | None) -> Mapping[str, Any]:
    if held is None:
        return enterprise
    return {
        name: value
        for name, value in enterprise.items()
        if name == "enterprise_id" or held.has(name.removesuffix("!error"))
    }


def dimension_parts(
    published: Published, score: Mapping[str, Any], held: Carried | None = None
) -> tuple[DimensionPart, ...]:
    """The contributions of a score by dimension; known points add up to the score exactly.

    Points of indicators that the reader may not see are withheld: two at least, since one alone is the rest of the sum.
    """
    typical = published.typical_points.get(score["stage"], {})
    hidden = hidden_indicators(published, score, held)
    return parts(score, published.rulebook, published.scale, typical, hidden)


def hidden_indicators(published: Published, score: Mapping[str, Any], held: Carried | None) -> frozenset[str]:
    """The weighed indicators whose points are withheld; of the rest the lightest goes with one that is alone."""
    if held is None:
        return frozenset()
    weights = published.scale.weights_of(score["stage"])
    weighed = {name: weight for name, weight in weights.items() if weight and name in published.rulebook.indicators}
    hidden = {name for name in weighed if not held.has(INDICATOR + name)}
    rest = sorted(weighed.keys() - hidden, key=lambda name: (weighed[name], name))
    return frozenset(hidden | set(rest[:1]) if len(hidden) == 1 else hidden)


def standings(
    published: Published, enterprise: Mapping[str, Any], provider: str | None = None, held: Carried | None = None
) -> dict[str, tuple[Standing, ...]]:
    """Where the enterprise stands with every rule that could pay or serve it, by outcome; offers come first."""
    enterprise_id = enterprise["enterprise_id"]
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for row in published.verdicts_of(enterprise_id):
        verdicts.setdefault(row["rule"], []).append(row)
    offers = {row["rule"]: row for row in published.offers_of(enterprise_id)}
    order = [*offers, *(name for name in published.rulebook.rules if name not in offers)]
    groups: dict[str, list[Standing]] = {name: [] for name in OUTCOME_NAMES}
    for name in order:
        rule = published.rulebook.rules[name]
        if name in verdicts and (name in offers or serves_enterprise(rule)) and provider in (None, rule.provider):
            standing = _standing(published, rule, enterprise, verdicts[name], offers.get(name), held)
            groups[standing.outcome].append(standing)
    return {outcome: tuple(found) for outcome, found in groups.items()}


def serves_enterprise(rule: Rule) -> bool:
    """Does the rule give something to the enterprise itself, not to its bank or investor? Alerts and checks do not."""
    return not rule.gives_nothing and (rule.amount is None or rule.amount.to == "enterprise")


def _standing(
    published: Published,
    rule: Rule,
    enterprise: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    offer: Mapping[str, Any] | None,
    held: Carried | None,
) -> Standing:
    outcome = OUTCOME_NAMES[offer["outcome"]] if offer else _worst(rows)
    deciding = next((row for row in rows if OUTCOME_NAMES[row["outcome"]] == outcome), rows[0])
    entitled = [row["entitled_fen"] for row in rows if row["outcome"] == 1 and row["entitled_fen"] is not None]
    number = deciding["clause"]
    institutions = {item.code: item for item in published.rulebook.region.institutions}
    told = _allowed(reading(published, rule, enterprise, deciding), rule, held)
    clause = rule.clauses[number - 1] if 0 < number <= len(rule.clauses) else None
    if held is not None and held.purpose is not None and clause is not None and not held.has_all(clause.condition):
        clause = None
    amounts = (rule.amount.fen, rule.amount.base) if rule.amount else ()
    inputs = read_fields(published, *amounts)
    return Standing(
        rule=rule,
        outcome=outcome,
        rows=tuple(rows),
        amount_fen=offer["amount_fen"] if offer else None,
        benefit_fen=offer["benefit_fen"] if offer else None,
        entitled_fen=sum(entitled) if entitled else None,
        cut_by=tuple(sorted({row["cut_by"] for row in rows if row["cut_by"]})),
        clause=clause,
        provider=institutions.get(rule.provider or ""),
        lines=told.lines,
        open_inputs=told.open_inputs,
        action=told.action if outcome != "met" else None,
        terms=terms(rule, published.on),
        inputs=tuple(one for one in inputs if held is None or held.has(one.name)),
    )


def _allowed(told: Reading, rule: Rule, held: Carried | None) -> Reading:
    """A reading with what the reader may see: values of clauses, and for a purpose also how they came out."""
    if held is None:
        return told
    lines = tuple(_line_for(line, held) for line in told.lines)
    whole = held.has_all(*(line.clause.condition for line in told.lines))
    amounts = held.has_all(*((rule.amount.fen, rule.amount.base) if rule.amount else ()))
    action = told.action
    if action is not None and not (whole and amounts):
        action = None if held.purpose else replace(action, how=action.how_alone)
    return Reading(lines, told.open_inputs if amounts else (), action)


def _line_for(line: ClauseLine, held: Carried) -> ClauseLine:
    reads = tuple(one for one in line.reads if held.has(one.name))
    if held.has_all(line.clause.condition):
        return line
    if held.purpose is None:
        return replace(line, said=(), reads=reads)
    return replace(line, outcome="withheld", said=(), settled_by=(), reads=reads)


def _worst(rows: Sequence[Mapping[str, Any]]) -> str:
    found = {OUTCOME_NAMES[row["outcome"]] for row in rows}
    return "error" if "error" in found and "failed" not in found else "failed"
