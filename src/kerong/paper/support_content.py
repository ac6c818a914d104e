"""The statement of public support as plain words (what JSON can hold), in one language: for the page and for paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kerong.engine.monitor.amounts import exact, money
from kerong.engine.monitor.support import CapUse, Exposure, Investment, Statement, Sums, Support
from kerong.paper.support_words import label
from kerong.rulebook.content import Rulebook, Text

Told = dict[str, Any]
FIRST_CAPS = 6  # that are told at once, the tightest; the others follow folded
MOST_MEMBERS = 40  # of the group that are named
AMOUNTS = ("applied", "approved", "reserved", "paid", "returned", "kept")


@dataclass(frozen=True, slots=True)
class Titles:
    """Titles that the rulebook does not hold: of levels of government, of scopes of caps, of kinds of deals."""

    levels: Mapping[str, Text]
    scopes: Mapping[str, Text]
    kinds: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told, and how: titles and amounts in the reader's language."""

    one: Statement
    book: Rulebook
    titles: Titles
    lang: str

    def word(self, key: str, **values: object) -> str:
        return label(key, self.lang, **values)

    def fen(self, fen: int) -> str:
        return exact(fen, self.book.region.currency)

    def brief(self, fen: int) -> str:
        return money(fen, self.book.region.currency, self.lang)

    def rule(self, name: str) -> str:
        found = self.book.rules.get(name)
        return name if found is None else found.title.in_(self.lang)

    def titled(self, titles: Mapping[str, Text], code: str) -> str:
        return titles[code].in_(self.lang) if code in titles else code

    def institution(self, code: str) -> str:
        found = (item.title.in_(self.lang) for item in self.book.region.institutions if item.code == code)
        return next(found, code)

    def firm(self, code: str) -> str:
        return next((member.name for member in self.one.members if member.enterprise_id == code), code)

    def rules(self, names: Iterable[str]) -> str:
        return self.word("separator").join(self.rule(name) for name in names)


def support_content(statement: Statement, book: Rulebook, titles: Titles, lang: str) -> Told:
    """All that the statement says, in "zh" or "en"; amounts are texts already, exact to the fen."""
    at, total = _Told(statement, book, titles, lang), statement.support.total
    caps = [_cap(cap, at) for cap in statement.caps]
    shared = [cap for cap in caps if not cap["about"]]
    return {
        "lang": lang,
        "firm": statement.firm,
        "name": at.firm(statement.firm),
        "on": statement.on.isoformat(),
        "headline": _headline(at, shared),
        "figures": [_figure(at, name, total) for name in ("kept", "reserved", "approved", "applied")],
        "caps": shared[:FIRST_CAPS],
        "more_caps": [*shared[FIRST_CAPS:], *(cap for cap in caps if cap["about"])],
        "untouched": at.word("caps.untouched", count=statement.untouched) if statement.untouched else "",
        "shows_group": not statement.is_own,
        "sums": _sums(at),
        "cases": _cases(at, statement.support),
        "total": _amounts(at, total),
        "aside": _cases(at, statement.on_account),
        "aside_total": _amounts(at, statement.on_account.total),
        "pools": [_exposure(one, at) for one in statement.exposures],
        "funds": [_investment(one, at) for one in statement.investments],
        "deals": "" if statement.is_own else at.word("pools.office" if statement.deals else "pools.hidden"),
        "group": _group(at),
        "members": _members(at),
        "notes": _notes(at),
        "agrees": statement.agrees,
    }


def _headline(at: _Told, caps: list[Told]) -> list[str]:
    one, total, name = at.one, at.one.support.total, at.firm(at.one.firm)
    if one.since is None:
        lines = [at.word("headline.nothing_kept", name=name)]
    elif not one.support.lines:
        lines = [at.word("headline.none", name=name, since=one.since)]
    else:
        told = {"name": name, "kept": at.brief(total.kept), "reserved": at.brief(total.reserved)}
        others = len(one.members) - 1
        key = "headline.group" if others else "headline.alone"
        lines = [at.word(key, **told, **({"others": others} if others else {}))]
    tightest = next((cap for cap in caps if cap["is_used"] and cap["is_told"]), None)
    if tightest is not None:
        lines.append(at.word("headline.cap", title=tightest["title"], left=tightest["left"]))
    if one.covered_fen:
        lines.append(at.word("headline.covered", covered=at.brief(one.covered_fen)))
    return lines


def _figure(at: _Told, name: str, total: Sums) -> Told:
    return {"title": at.word(name), "value": at.fen(getattr(total, name)), "note": at.word(f"{name}.note")}


def _amounts(at: _Told, sums: Sums) -> dict[str, str]:
    return {name: at.fen(getattr(sums, name)) for name in AMOUNTS}


def _sums(at: _Told) -> list[Told]:
    """The small tables, each with the same total; that by firm only where there are several."""
    support = at.one.support
    tables: list[tuple[str, Mapping[str, Sums]]] = [
        ("by.level", {at.titled(at.titles.levels, code): sums for code, sums in support.by_level.items()}),
        ("by.year", {str(year): sums for year, sums in support.by_year.items()}),
        ("by.programme", support.by_programme),
    ]
    if len(support.by_firm) > 1:
        tables.append(("by.firm", {f"{at.firm(code)} {code}": sums for code, sums in support.by_firm.items()}))
    return [
        {"title": at.word(key), "rows": [{"title": title} | _amounts(at, sums) for title, sums in rows.items()]}
        for key, rows in tables
        if rows
    ]


def _cases(at: _Told, support: Support) -> list[Told]:
    """A row for each case, with whom it is for and which levels and years it stands on."""
    found = []
    for case, sums in support.by_case.items():
        lines = [line for line in support.lines if line.case == case]
        levels = "/".join(dict.fromkeys(at.titled(at.titles.levels, line.level) for line in lines))
        years = "/".join(str(year) for year in sorted({line.year for line in lines}))
        found.append(
            {
                "case": case,
                "rule": at.rule(lines[0].rule),
                "firm": at.firm(lines[0].enterprise_id),
                "about": f"{lines[0].programme} · {levels} · {years}",
            }
            | _amounts(at, sums)
        )
    return found


def _cap(cap: CapUse, at: _Told) -> Told:
    most = max(cap.most_fen, 1)
    used = {"own": cap.own_fen, "group": cap.group_fen, "others": cap.others_fen}
    parts = [(name, fen) for name, fen in used.items() if fen]
    by = [at.word(f"cap.{name}", fen=at.fen(fen)) for name, fen in parts] if len(parts) > 1 else []
    years = [f"{year}: {at.fen(fen)}" for year, fen in cap.by_year.items()]
    return {
        "title": _cap_title(cap, at),
        "about": cap.about,
        "used": at.word("cap.used", used=at.fen(cap.used_fen), most=at.fen(cap.most_fen)),
        "left": _left(cap, at),
        "is_used": bool(cap.used_fen),
        "is_told": cap.left_fen is not None,
        "is_full": cap.left_fen == 0,
        "bars": _bars(parts, most),
        "by": at.word("separator").join([*by, *years]),
        "partial": at.word("cap.partial") if cap.is_partial else "",
        "unknown": at.word("cap.unrecorded", count=len(cap.unrecorded)) if cap.unrecorded else "",
        "unknown_rules": at.rules(cap.unrecorded),
    }


def _bars(parts: list[tuple[str, int]], most: int) -> list[Told]:
    """Where each part of the bar begins and how wide it is, in hundredths of the cap; no bar is longer than the cap."""
    found, start = [], 0.0
    for name, fen in parts:
        width = round(max(0.0, min(100 * fen / most, 100 - start)), 2)
        found.append({"name": name, "start": round(start, 2), "width": width})
        start += width
    return found


def _cap_title(cap: CapUse, at: _Told) -> str:
    group = at.book.groups.get(cap.name) if cap.scope == "joint" else None
    title = group.title.in_(at.lang) if group else f"{at.rule(cap.rules[0])}：{at.titled(at.titles.scopes, cap.scope)}"
    if at.lang == "en":
        title = title.replace("：", ": ")
    if cap.year is not None:
        title += f" · {at.word('cap.year', year=cap.year)}"
    if cap.years is not None:
        title += f" · {at.word('cap.years', first=cap.years[0], last=cap.years[1])}"
    return title + (at.word("cap.firm", name=at.firm(cap.firm)) if cap.firm not in ("", at.one.firm) else "")


def _left(cap: CapUse, at: _Told) -> str:
    if cap.left_fen is None:
        return at.word("cap.withheld")
    if cap.left_fen == 0:
        return at.word("cap.full")
    return at.word("cap.left.most" if cap.is_upper_bound else "cap.left", left=at.fen(cap.left_fen))


def _exposure(one: Exposure, at: _Told) -> Told:
    pool = at.book.pools.get(one.pool)
    parties = (
        {}
        if pool is None
        else {code: text for it in pool.instruments.values() for code, text in it.loss.waterfall.parties.items()}
    )

    def told(parts: Mapping[str, int]) -> str:
        return at.word("separator").join(
            f"{at.titled(parties, who)} {at.fen(fen)}" for who, fen in parts.items() if fen
        )

    said = [
        at.word(
            "cover", kind=at.titled(at.titles.kinds, it.kind), who=at.institution(it.institution), fen=at.fen(it.fen)
        )
        for it in one.covers
    ]
    if one.compensated_on:
        said.append(at.word("compensated", day=one.compensated_on, parts=told(one.borne)))
    if any(one.returned.values()):
        said.append(at.word("came_back", parts=told(one.returned)))
    said += [at.word(name) for name, holds in (("void", one.is_void), ("written_off", one.is_written_off)) if holds]
    return {
        "deal": one.deal,
        "firm": at.firm(one.enterprise_id),
        "pool": one.pool if pool is None else pool.title.in_(at.lang),
        "bank": at.institution(one.bank),
        "registered": at.fen(one.registered_fen),
        "balance": at.fen(one.balance_fen),
        "as_of": at.word("as_of", day=one.as_of) if one.as_of else at.word("as_of.none"),
        "said": said,
    }


def _investment(one: Investment, at: _Told) -> Told:
    return {
        "deal": one.deal,
        "firm": at.firm(one.enterprise_id),
        "kind": at.titled(at.titles.kinds, one.kind),
        "fund": at.institution(one.fund),
        "invested": at.fen(one.invested_fen),
        "returned": at.fen(one.returned_fen),
    }


def _group(at: _Told) -> str:
    others = len(at.one.members) - 1
    return at.word(f"group.{at.one.group}", count=others)


def _members(at: _Told) -> list[Told]:
    """Those of the group with something to tell first; of many the rest is counted."""
    holding = {*at.one.support.by_firm, *at.one.on_account.by_firm, *(one.enterprise_id for one in at.one.exposures)}
    others = sorted(at.one.members[1:], key=lambda member: (member.enterprise_id not in holding, member.enterprise_id))
    told: list[Told] = [
        {
            "firm": member.enterprise_id,
            "name": member.name,
            "why": at.word("separator").join(at.word(f"ground.{ground}") for ground in member.grounds),
        }
        for member in others[:MOST_MEMBERS]
    ]
    left = len(others) - MOST_MEMBERS
    return [*told, {"firm": "", "name": at.word("more", count=left), "why": ""}] if left > 0 else told


def _notes(at: _Told) -> list[str]:
    one, found = at.one, []
    if one.since is not None:
        found.append(at.word("note.since", since=one.since))
    if one.unrecorded:
        found.append(at.word("note.unrecorded", count=len(one.unrecorded), rules=at.rules(one.unrecorded)))
    if one.come_to_nothing:
        found.append(at.word("note.nothing", count=one.come_to_nothing))
    if one.ledger_fen is not None:
        kept = at.fen(one.support.total.kept)
        key = "note.ledger" if one.agrees else "note.differs"
        found.append(at.word(key, fen=at.fen(one.ledger_fen), **({} if one.agrees else {"kept": kept})))
    return found
