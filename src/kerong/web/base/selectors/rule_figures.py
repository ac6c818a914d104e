"""What each rule did in the run: who met it, which clause stopped whom, what it costs. Read from the run's summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kerong.rulebook.content import POLICY_KINDS, PRODUCT_KINDS, Clause, Institution, Rule
from kerong.web.base.disclosure import may_show_amount, shown_parts, withheld
from kerong.web.base.selectors.published import Published

PARTS = ("met", "unknown", "failed", "error")


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar: its count as shown, and start and width in per cent."""

    name: str
    count: int | str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A clause and how many enterprises it stopped or left open; None stands for lack of rows, or the amount."""

    number: int
    clause: Clause | None
    failed: int | str
    unknown: int | str
    parts: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule's outcome in the region. Counts are of enterprises; under disclosure control small ones are text."""

    rule: Rule
    provider: Institution | None
    met: int | str
    met_exact: int
    parts: tuple[Share, ...]
    awarded_fen: int | None
    entitled_fen: int | None
    stops: tuple[Stop, ...]

    @property
    def stops_most(self) -> list[Stop]:
        """The three clauses that stop most enterprises."""
        known = [stop for stop in self.stops if isinstance(stop.failed, int) and stop.failed]
        return sorted(known, key=lambda stop: (-int(stop.failed), stop.number))[:3]

    @property
    def cut_fen(self) -> int | None:
        """What limits took from what the rule would have given."""
        if self.entitled_fen is None or self.awarded_fen is None:
            return None
        return self.entitled_fen - self.awarded_fen


def rule_figures(published: Published, *, exact: bool) -> dict[str, RuleFigures]:
    """Figures of every rule in the order of the rulebook; without `exact` under disclosure control."""
    institutions = {item.code: item for item in published.rulebook.region.institutions}
    rules, lines = published.rulebook.rules, published.summary["rules"]
    hidden = frozenset[str]() if exact else _amounts_withheld(rules, lines)
    return {
        line["name"]: _figures(
            rules[line["name"]], line, institutions, exact=exact, shows_amount=line["name"] not in hidden
        )
        for line in lines
    }


def amount_told(published: Published, *, policies: bool, exact: bool) -> int | None:
    """What all policies, or all products, award together in fen; None where one or two enterprises stand behind it."""
    behind = _behind(published.rulebook.rules, published.summary["rules"], policies)
    kinds = [
        line for line in published.summary["kinds"] if line["kind"] in (POLICY_KINDS if policies else PRODUCT_KINDS)
    ]
    may_show = exact or may_show_amount(max(behind.values(), default=0))
    return sum(line["awarded_fen"] for line in kinds) if may_show else None


def _behind(rules: Mapping[str, Rule], lines: Sequence[Mapping[str, Any]], policies: bool) -> dict[str, int]:
    """Enterprises behind the amount of each policy, or product, that awards something: nothing hides nothing."""
    own = [line for line in lines if rules[line["name"]].kind in (POLICY_KINDS if policies else PRODUCT_KINDS)]
    return {line["name"]: line["enterprises"]["met"] for line in own if line["awarded_fen"]}


def _amounts_withheld(rules: Mapping[str, Rule], lines: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Rules whose amounts the public does not see; the sum of policies is shown, and that of products."""
    hidden = withheld(_behind(rules, lines, policies=True)) | withheld(_behind(rules, lines, policies=False))
    return hidden | {line["name"] for line in lines if not may_show_amount(line["enterprises"]["met"])}


def told_outcomes(counts: Mapping[str, int], *, exact: bool) -> Mapping[str, int | str]:
    """Enterprises per outcome as they may be shown; those that failed yield first, for they say least."""
    return counts if exact else shown_parts(counts, yields="failed")


def shares(told: Mapping[str, int | str], whole: int) -> tuple[Share, ...]:
    """The parts of a bar over `whole`; a part whose count is hidden has no length, so that nothing is measured off."""
    parts, start = [], 0.0
    for name in PARTS:
        count = told.get(name, 0)
        width = 100 * count / max(whole, 1) if isinstance(count, int) else 0.0
        if count != 0:
            parts.append(Share(name, count, round(start, 3), round(width, 3)))
        start += width
    return tuple(parts)


def _figures(
    rule: Rule,
    line: Mapping[str, Any],
    institutions: Mapping[str, Institution],
    *,
    exact: bool,
    shows_amount: bool,
) -> RuleFigures:
    counts: dict[str, int] = line["enterprises"]
    told = told_outcomes(counts, exact=exact)
    pays = rule.amount is not None and shows_amount
    return RuleFigures(
        rule=rule,
        provider=institutions.get(rule.provider or ""),
        met=told["met"],
        met_exact=counts["met"],
        parts=shares(told, sum(counts.values())),
        awarded_fen=line["awarded_fen"] if pays else None,
        entitled_fen=line["entitled_fen"] if pays else None,
        stops=_stops(rule, line, told, exact=exact),
    )


def _stops(rule: Rule, line: Mapping[str, Any], told: Mapping[str, int | str], *, exact: bool) -> tuple[Stop, ...]:
    whole = max(sum(line["enterprises"].values()), 1)
    by_outcome = {outcome: _by_clause(line, outcome, told[outcome], exact=exact) for outcome in ("failed", "unknown")}
    stops = []
    for item in line["clauses"]:
        number = item["clause"]
        counts = {outcome: by_outcome[outcome][number] for outcome in by_outcome}
        clause = rule.clauses[number - 1] if 0 < number <= len(rule.clauses) else None
        if clause is not None or any(counts.values()):
            stops.append(Stop(number, clause, counts["failed"], counts["unknown"], _lengths(counts, whole)))
    return tuple(stops)


def _by_clause(line: Mapping[str, Any], outcome: str, whole: int | str, *, exact: bool) -> Mapping[int, int | str]:
    """Enterprises per clause with one outcome; where their whole is hidden they must not tell it."""
    counts: dict[int, int] = {item["clause"]: item[outcome] for item in line["clauses"]}
    return counts if exact else shown_parts(counts, whole=whole)


def _lengths(told: Mapping[str, int | str], whole: int) -> tuple[Share, ...]:
    parts, start = [], 0.0
    for name, style in (("failed", "stop"), ("unknown", "unknown")):
        count = told[name]
        width = 100 * count / whole if isinstance(count, int) else 0.0
        parts.append(Share(style, count, round(start, 3), round(width, 3)))
        start += width
    return tuple(parts)
