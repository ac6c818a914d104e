"""The index report as plain words and numbers (what JSON can hold), in one language: for the page and for paper."""

from collections.abc import Mapping
from typing import Any

from kerong.engine.monitor.amounts import money
from kerong.engine.monitor.industries import industry_head, industry_title
from kerong.engine.problems import sentence
from kerong.engine.score.parts import Contribution, DimensionPart
from kerong.engine.score.raising import Move, Open, Raising, Step
from kerong.engine.score.raising_words import MONEY, effort_in_words, unit_of, value_in_words
from kerong.engine.score.report import Figure, IndexReport, Place, registers_of
from kerong.engine.score.scale import Scale
from kerong.paper.index_words import METHODS, earns, headline, label, steadiness, titled
from kerong.rulebook.content import Indicator, Region, Rule, Rulebook

DIGITS = 3  # of bounds and steps that are no whole numbers: they say where, not how exactly
Told = dict[str, Any]


def index_content(report: IndexReport, rulebook: Rulebook, scale: Scale, lang: str) -> Told:
    """All that the report says, in the reader's language; amounts, rates and counts are texts already."""
    region = rulebook.region
    return {
        "lang": lang,
        "enterprise_id": report.enterprise_id,
        "on": report.on.isoformat(),
        "stage": titled("stage", report.stage, lang, region) if report.stage else "",
        "headline": headline(report, lang),
        "points": report.points,
        "points_high": report.points_high,
        "coverage": f"{report.coverage_bp / 100:.0f}%",
        "grade": report.grade or "",
        "grade_high": report.grade_high or "",
        "places": [_place(place, lang, region) for place in report.places],
        "steady": steadiness(report, lang),
        "percentile": "" if report.percentile_bp is None else f"{report.percentile_bp / 100:.0f}%",
        "radar": _radar(report, lang, region),
        "dimensions": [_dimension(part, report, rulebook, lang) for part in report.parts],
        "raising": _raising(report.raising, rulebook, lang),
        "flags": [_flag(rule, lang) for rule in report.flags],
        "flags_open": label("flags.open", lang, count=report.open_checks) if report.open_checks else "",
        "trend": _trend(report, lang),
        "method": [*_method(scale, lang), *(sentence(row, lang) for row in report.noted)],
    }


def brief(value: float, indicator: Indicator, rulebook: Rulebook, lang: str) -> str:
    """A value for reading: amounts by their order of magnitude, others to three digits, whole numbers whole."""
    kind = indicator.value.type
    if kind.unit == "fen" or unit_of(indicator, rulebook) in MONEY:
        return money(round(value), rulebook.region.currency, lang)
    is_whole = kind.kind in ("int", "bool") and kind.divisor == 1
    return value_in_words(value if is_whole else float(f"{value:.{DIGITS}g}"), indicator, rulebook, lang)


def place_title(place: Place, lang: str, region: Region) -> str:
    """Among whom: all firms, the district by name, the industry group by name."""
    if place.kind == "district":
        found = next((one.title.in_(lang) for one in region.districts if one.code == place.code), None)
        return found or label("place.district", lang)
    if place.kind == "group" and place.code:
        words = region.words.get("industry", {})
        own = words.get(place.code) or words.get(industry_head(place.code))
        return own.in_(lang) if own else industry_title(place.code, lang)
    return label(f"place.{place.kind}", lang)


def _place(place: Place, lang: str, region: Region) -> Told:
    between = "" if place.best == place.worst else label("place.between", lang, best=place.best, worst=place.worst)
    of = label("place.of", lang, size=f"{place.size:,}")
    kind = label(f"place.{place.kind}", lang)
    title = place_title(place, lang, region)
    return {"kind": kind, "title": "" if title == kind else title, "rank": place.rank, "of": of, "between": between}


def _radar(report: IndexReport, lang: str, region: Region) -> Told:
    shown = [part for part in report.parts if part.weight and not part.withheld]

    def share(points: float | None, part: DimensionPart) -> float | None:
        return None if points is None else round(100 * points / part.weight, 1)

    return {
        "names": [titled("dimension", part.name, lang, region) for part in shown],
        "proven": [share(part.points, part) for part in shown],
        "reachable": [share(part.points_high, part) for part in shown],
        "typical": [share(part.typical, part) for part in shown],
    }


def _dimension(part: DimensionPart, report: IndexReport, rulebook: Rulebook, lang: str) -> Told:
    lines = [_line(line, report.figures.get(line.indicator.name), rulebook, lang) for line in part.contributions]
    return {
        "title": titled("dimension", part.name, lang, rulebook.region),
        "points": part.points,
        "high": part.points_high,
        "weight": part.weight,
        "withheld": part.withheld,
        "lines": [line for line in lines if line["weight"]],
    }


def _line(line: Contribution, figure: Figure | None, rulebook: Rulebook, lang: str) -> Told:
    """One indicator; `value` is empty where the reader may not see it."""
    item = line.indicator
    told: Told = {
        "field": line.field,
        "title": item.title.in_(lang),
        "meaning": item.meaning.in_(lang) if item.meaning else "",
        "points": line.points,
        "weight": line.weight,
        "withheld": line.withheld,
        "value": "",
        "earns": "",
        "known": "",
        "registers": "",
    }
    if figure is None:
        return told
    is_flag = item.value.type.kind == "bool"
    zero = tuple(brief(value, item, rulebook, lang) for value in figure.zero)
    full = None if figure.full is None else brief(figure.full, item, rulebook, lang)
    return told | {
        "value": label("unknown", lang) if figure.value is None else brief(figure.value, item, rulebook, lang),
        "earns": earns(zero, full, item.better, is_flag, lang),
        "known": figure.known.isoformat() if figure.known else "",
        "registers": _titles(figure.registers, rulebook, lang),
    }


def _titles(registers: tuple[str, ...], rulebook: Rulebook, lang: str) -> str:
    titles = [rulebook.registers[name].title.in_(lang) for name in registers if name in rulebook.registers]
    return ("、" if lang == "zh" else ", ").join(titles)


def _raising(found: Raising | None, rulebook: Rulebook, lang: str) -> Told | None:
    """What raises the firm; None where the reader may not see values."""
    if found is None:
        return None
    key = "top" if found.next_grade is None else "reached" if found.is_reached else "unreached"
    gained = sum(step.points for step in found.steps)
    way = label(
        f"raise.{key}",
        lang,
        grade=found.next_grade,
        needed=found.needed,
        count=len(found.steps),
        points=gained,
        most=found.most,
    )
    return {
        "way": way,
        "steps": [_step(step, rulebook, lang) for step in found.steps],
        "evidence_way": _evidence_way(found, lang),
        "evidence": [_open(one, rulebook, lang) for one in found.evidence],
    }


def _evidence_way(found: Raising, lang: str) -> str:
    if not found.evidence:
        return label("evidence.none", lang) if found.points == found.points_high else ""
    points = sum(one.points for one in found.evidence)
    whole = points == found.points_high - found.points  # nothing unknown is kept from the reader
    if found.by_evidence and whole:
        return label("evidence.may", lang, points=points, grade=found.grade_high)
    return label("evidence.points", lang, points=points)


def _step(step: Step, rulebook: Rulebook, lang: str) -> Told:
    item = rulebook.indicators[step.indicator]
    now, to = (brief(value, item, rulebook, lang) for value in (step.now, step.to))
    if now == to:
        now, to = (value_in_words(value, item, rulebook, lang) for value in (step.now, step.to))
    return {
        "title": item.title.in_(lang),
        "how": item.change.how.in_(lang) if item.change else "",
        "now": now,
        "to": to,
        "points": step.points,
        "effort": effort_in_words(step, lang),
        "also": [_also(move, rulebook, lang) for move in step.moves[1:]],
    }


def _also(move: Move, rulebook: Rulebook, lang: str) -> str:
    """An indicator that moves with the change, as it rests on the same cause."""
    item = rulebook.indicators[move.indicator]
    now, to = (brief(value, item, rulebook, lang) for value in (move.now, move.to))
    return label("raise.also", lang, title=item.title.in_(lang), now=now, to=to)


def _open(one: Open, rulebook: Rulebook, lang: str) -> Told:
    item = rulebook.indicators[one.indicator]
    needed = tuple(item.needs) or registers_of(item, rulebook)
    return {
        "title": item.title.in_(lang),
        "points": label("most", lang, points=one.points),
        "registers": _titles(needed, rulebook, lang),
    }


def _flag(rule: Rule, lang: str) -> Told:
    brings = [clause.evidence.in_(lang) for clause in rule.clauses if clause.evidence]
    return {
        "rule": rule.name,
        "title": rule.title.in_(lang),
        "summary": rule.summary.in_(lang) if rule.summary else "",
        "brings": ("；" if lang == "zh" else "; ").join(dict.fromkeys(brings)),
    }


def _trend(report: IndexReport, lang: str) -> Told | None:
    """The quarters of the run's table; None where it has none, or one day alone."""
    rows = report.trend
    if not rows or len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    span: Mapping[str, object] = {
        "first": first["on"].isoformat(),
        "last": last["on"].isoformat(),
        "points": first["points"],
        "points_last": last["points"],
        "rank": first["rank"],
        "rank_last": last["rank"],
    }
    return {
        "days": [row["on"].isoformat() for row in rows],
        "points": [row["points"] for row in rows],
        "high": [row["points_high"] for row in rows],
        "sentence": label("trend.span", lang, **span),
    }


def _method(scale: Scale, lang: str) -> list[str]:
    method = METHODS.get(scale.method, (scale.method, scale.method))[0 if lang == "zh" else 1]
    day = scale.fitted_on.isoformat() if scale.fitted_on else label("unknown", lang)
    told = label("method.scale", lang, firms=f"{scale.firms:,}", day=day, method=method)
    return [label("method.compared", lang), label("method.unknown", lang), told]
