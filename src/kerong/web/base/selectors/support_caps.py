"""Every cap that speaks of a firm or its group: what it is, what is held of it by whom, what is left of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import QuerySet

from kerong.engine.award import CapStanding, caps_standing, terms_on
from kerong.engine.award.terms import Cap, Terms
from kerong.engine.monitor.support import CapUse, tightest_first
from kerong.rulebook.content import Rulebook
from kerong.rulebook.outcomes import MET
from kerong.rulebook.rows import ENTITLED
from kerong.web.base.models import Call, Case
from kerong.web.base.services.case_award import claim_row
from kerong.web.base.services.case_people import OF_INSTITUTIONS

OF_ALL = ("region", "year")  # what caps count by that are anybody's
OF_EVIDENCE = ("row", "evidence")  # … and by papers, that others may show as well


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose caps are asked for. `firms`: the firm first, then those of its group that hold something; `members`: all of
    the group; `keys`: by firm the text that affiliates are counted by; `seen`: the cases that the reader may
    see, `used`: the grants of them."""

    firms: Sequence[str]
    members: Collection[str]
    keys: dict[str, str]
    cases: Sequence[Case]
    seen: "QuerySet[Case]"
    used: pl.DataFrame
    is_own: bool

    @property
    def firm(self) -> str:
        """The firm itself."""
        return self.firms[0]


def cap_uses(book: Rulebook, asked: Asked, today: date) -> tuple[tuple[CapUse, ...], int]:
    """The caps of which the firm or its group holds something, the tightest first; how many others stand untouched.

    A joint cap and a cap of the group are told even where nothing of them is used. A cap of a year is the one of that
    year's last day; caps that count no year are today's.
    """
    known = _recorded(book.region.name, asked.seen)
    found: list[CapUse] = []
    untouched = 0
    for standing in _standings(book, asked, today):
        told = _told(standing, asked, book, known)
        if told.own_fen or told.group_fen:
            found.append(told)
        elif _concerns(standing, asked) and told.year in (None, today.year):
            if standing.cap.scope == "joint" or standing.cap.per.startswith("affiliates"):
                found.append(told)
            else:
                untouched += 1
    return tightest_first(found), untouched


def _standings(book: Rulebook, asked: Asked, today: date) -> Iterable[CapStanding]:
    """The counters of all caps, year by year, then of those without a year."""
    own = {name for name, rule in book.rules.items() if rule.amount and rule.amount.to not in OF_INSTITUTIONS}
    years = {today.year, *(int(year) for case in asked.cases if (year := case.claim.get("year")) is not None)}
    cases = pl.DataFrame([claim_row(case) for case in asked.cases], ENTITLED).sort("rule", "enterprise_id", "row_key")
    for year in (*sorted(years), None):
        terms = terms_on(book, today if year is None else min(today, date(year, 12, 31)))
        rows = _asking(book, asked, sorted(years) if year is None else [year])
        chosen = [
            cap for cap in terms.caps if _is_about(cap, own, asked.is_own) and _is_yearly(cap) == (year is not None)
        ]
        of_papers = [cap for cap in chosen if cap.per in OF_EVIDENCE or cap.fen is None]
        yield from caps_standing(rows, _only(terms, [cap for cap in chosen if cap not in of_papers]), asked.used)
        held = cases if year is None else cases.filter(pl.col("year") == year)
        yield from caps_standing(held, _only(terms, of_papers), asked.used)


def _asking(book: Rulebook, asked: Asked, years: Sequence[int]) -> pl.DataFrame:
    """What each firm would claim of each rule that pays: it is counted as any claim is, and awarded nothing."""
    rows = [
        {
            "rule": rule.name,
            "enterprise_id": firm,
            "row_key": str(year),
            "outcome": MET,
            "clause": 0,
            "payee_kind": rule.amount.to,
            "payee": firm,
            "sequence": date(year, 12, 31),
            "year": year,
            "entitled_fen": 0,
            "affiliates": asked.keys.get(firm),
            "evidence": "",
            "base_fen": None,
            "priority": None,
        }
        for rule in book.rules.values()
        if rule.amount is not None
        for firm in asked.firms
        for year in years
    ]
    return pl.DataFrame(rows, ENTITLED)


def _concerns(standing: CapStanding, asked: Asked) -> bool:
    """Is the counter the firm's own or its group's? What anybody may use up is not."""
    if standing.cap.per in OF_ALL:
        return False
    if standing.cap.per.startswith("affiliates") and asked.firm in asked.keys:
        return standing.affiliates == asked.keys[asked.firm]
    return standing.enterprise_id == asked.firm


def _only(terms: Terms, caps: Sequence[Cap]) -> Terms:
    return Terms(tuple(caps), registers=terms.registers)


def _is_yearly(cap: Cap) -> bool:
    return cap.per == "year" or cap.per.endswith("_year")


def _is_about(cap: Cap, own: Collection[str], is_own: bool) -> bool:
    """Does the cap speak of firms, for this reader? One per payee counts banks where banks are paid."""
    if cap.per.startswith("payee") or is_own:
        return any(rule in own for rule in cap.rules)
    return True


def _recorded(region: str, seen: "QuerySet[Case]") -> set[tuple[str, int]]:
    """The (rule, year) of which cases are kept here: there is a call of the year, or a case that claims for it."""
    claimed = seen.order_by().values_list("rule", "claim__year").distinct()
    calls = Call.objects.filter(region=region).values_list("rule", "year")
    return {(rule, int(year)) for rule, year in (*calls, *claimed) if year is not None}


def _told(standing: CapStanding, asked: Asked, book: Rulebook, known: Collection[tuple[str, int]]) -> CapUse:
    cap = standing.cap
    year = standing.year if _is_yearly(cap) else None
    sums, by_year = Counter[str](), Counter[int]()
    for grant in standing.grants:
        whose = "own" if grant.enterprise_id == asked.firm else "group" if grant.enterprise_id in asked.members else ""
        sums[whose or "others"] += grant.fen
        if whose and grant.year is not None:
            by_year[grant.year] += grant.fen
    of_group = cap.per.startswith("affiliates")
    is_shared = of_group or cap.per in OF_ALL
    pays_others = {rule for rule in cap.rules if (at := book.rules[rule].amount) and at.to in OF_INSTITUTIONS}
    return CapUse(
        name=cap.name,
        scope=cap.scope,
        per=cap.per,
        rules=cap.rules,
        most_fen=standing.most_fen,
        own_fen=sums["own"],
        group_fen=None if asked.is_own else sums["group"],
        others_fen=None if asked.is_own else sums["others"],
        left_fen=None if asked.is_own and is_shared else standing.left_fen,
        firm="" if is_shared else standing.enterprise_id,
        about=standing.evidence if cap.per in OF_EVIDENCE else "",
        year=year,
        years=cap.years,
        by_year=dict(sorted(by_year.items())) if cap.years is not None else {},
        unrecorded=_unrecorded(cap, year, known),
        is_partial=asked.is_own and (bool(pays_others) or cap.per in OF_EVIDENCE),
    )


def _unrecorded(cap: Cap, year: int | None, known: Collection[tuple[str, int]]) -> tuple[str, ...]:
    """The rules of a cap of which no case is kept here, in the year or at all."""
    held = {rule for rule, at in known if year is None or at == year}
    return tuple(rule for rule in cap.rules if rule not in held)
