"""What each rule did in the run: who met it, which clause stopped whom, what it costs. Read from the run's summary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kerong.rulebook.content import Clause, Institution, Rule
from kerong.web.base.disclosure import may_show_amount, shown_parts
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
    rules = published.rulebook.rules
    return {
        line["name"]: _figures(rules[line["name"]], line, institutions, exact=exact)
        for line in published.summary["rules"]
    }


def shares(counts: Mapping[str, int], order: Iterable[str], *, exact: bool) -> tuple[Share, ...]:
    """The parts of a bar; a part whose count is hidden has no length, so that nothing can be measured off."""
    told: Mapping[str, int | str] = counts if exact else shown_parts(counts)
    open_counts = {name: told[name] if isinstance(told[name], int) else 0 for name in counts}
    whole = max(sum(counts.values()) if exact else sum(int(c) for c in open_counts.values()), 1)
    parts, start = [], 0.0
    for name in order:
        width = 100 * int(open_counts.get(name, 0)) / whole
        if told.get(name, 0) != 0:
            parts.append(Share(name, told[name], round(start, 3), round(width, 3)))
        start += width
    return tuple(parts)


def _figures(
    rule: Rule, line: Mapping[str, Any], institutions: Mapping[str, Institution], *, exact: bool
) -> RuleFigures:
    counts: dict[str, int] = line["enterprises"]
    told: Mapping[str, int | str] = counts if exact else shown_parts(counts)
    pays = rule.amount is not None and (exact or may_show_amount(counts["met"]))
    return RuleFigures(
        rule=rule,
        provider=institutions.get(rule.provider or ""),
        met=told["met"],
        met_exact=counts["met"],
        parts=shares(counts, PARTS, exact=exact),
        awarded_fen=line["awarded_fen"] if pays else None,
        entitled_fen=line["entitled_fen"] if pays else None,
        stops=_stops(rule, line, exact=exact),
    )


def _stops(rule: Rule, line: Mapping[str, Any], *, exact: bool) -> tuple[Stop, ...]:
    whole = max(sum(line["enterprises"].values()), 1)
    stops = []
    for item in line["clauses"]:
        number, counts = item["clause"], {"failed": item["failed"], "unknown": item["unknown"]}
        if not sum(counts.values()) and not 0 < number <= len(rule.clauses):
            continue
        told: Mapping[str, int | str] = counts if exact else shown_parts({**counts, "": whole - sum(counts.values())})
        stops.append(
            Stop(
                number=number,
                clause=rule.clauses[number - 1] if 0 < number <= len(rule.clauses) else None,
                failed=told["failed"],
                unknown=told["unknown"],
                parts=_lengths(told, whole),
            )
        )
    return tuple(stops)


def _lengths(told: Mapping[str, int | str], whole: int) -> tuple[Share, ...]:
    parts, start = [], 0.0
    for name, style in (("failed", "stop"), ("unknown", "unknown")):
        count = told[name]
        width = 100 * count / whole if isinstance(count, int) else 0.0
        parts.append(Share(style, count, round(start, 3), round(width, 3)))
        start += width
    return tuple(parts)
