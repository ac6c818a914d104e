"""Claims and terms of a small town, and a second opinion on who is awarded what, written without any table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from hypothesis import strategies as st

from kerong.engine.award import Cap, Choice, Terms, nothing_used
from kerong.rulebook.rows import ENTITLED

DAYS = (date(2024, 3, 1), date(2024, 9, 1), date(2025, 2, 1))
RULES = ("fees", "interest", "premium")
REGISTERS = dict.fromkeys(RULES, "loan")
PER = {"budget": "region", "budget_year": "year"}
MUCH = 2 * 10**13


@dataclass(frozen=True)
class Claim:
    rule: str
    firm: str
    row: str
    fen: int
    day: date = DAYS[0]
    payee: str = "bank"
    controller: str | None = None
    evidence: str | None = None
    base: int | None = None
    priority: float | None = None
    year: int | None = None

    @property
    def known_year(self) -> int:
        return self.year or self.day.year

    @property
    def paper(self) -> str:
        return self.evidence or f"loan|{self.firm}|{self.row}"

    def key(self, per: str) -> tuple[object, ...]:
        """What the claim is counted by."""
        alone = ("with", self.controller) if self.controller else ("alone", self.firm)
        keys: dict[str, tuple[object, ...]] = {
            "region": (),
            "year": (self.known_year,),
            "row": (self.firm, self.row),
            "evidence": (self.paper,),
            "enterprise": (self.firm,),
            "payee": (self.payee,),
            "affiliates": alone,
        }
        if per not in keys:
            return (*keys[per.removesuffix("_year")], self.known_year)
        return keys[per]


def table(claims: Iterable[Claim]) -> pl.DataFrame:
    """The claims as the stage before hands them over, in the order given."""
    rows = [
        (
            *(c.rule, c.firm, c.row, 1, 0, "enterprise", c.payee, c.day, c.known_year, c.fen),
            *(c.controller, c.paper, c.base, c.priority),
        )
        for c in claims
    ]
    return pl.DataFrame(rows, schema=ENTITLED, orient="row")


def granted(claims: Iterable[Claim]) -> pl.DataFrame:
    """The same as earlier grants."""
    rows = [(c.rule, c.firm, c.payee, c.controller, c.paper, c.known_year, c.fen) for c in claims]
    return pl.DataFrame(rows, schema=nothing_used().schema, orient="row")


def cap(scope: str, fen: int | None, *rules: str, per: str = "", **more: object) -> Cap:
    """A cap that is called by its scope."""
    name = str(more.pop("name", scope))
    return Cap(name, scope, per or PER.get(scope, scope), rules or ("interest",), fen, **more)  # type: ignore[arg-type]


def terms(*caps: Cap, choices: Sequence[Choice] = ()) -> Terms:
    """Terms of rules about one register."""
    return Terms(tuple(caps), tuple(choices), registers=REGISTERS)


def paid(verdicts: pl.DataFrame) -> dict[tuple[str, str, str], int]:
    """What each claim is awarded."""
    keys = ("rule", "enterprise_id", "row_key")
    return {(row[keys[0]], row[keys[1]], row[keys[2]]): row["awarded_fen"] for row in verdicts.iter_rows(named=True)}


def second_opinion(
    claims: Sequence[Claim],
    caps: Sequence[Cap],
    choices: Sequence[Choice] = (),
    used: Sequence[Claim] = (),
) -> dict[tuple[str, str, str], int]:
    """First come, first served, with a dictionary of what is left and no other means."""
    left: dict[tuple[object, ...], int] = {}

    def counts(one: Cap, claim: Claim) -> bool:
        within = one.years is None or one.years[0] <= claim.known_year <= one.years[1]
        return claim.rule in one.rules and within

    def is_found(one: Cap, grant: Claim, claim: Claim) -> bool:
        if one.per != "row":
            return grant.key(one.per) == claim.key(one.per)
        same = [c for c in claims if c.rule in one.rules and c.key("row") == claim.key("row")]
        return grant.paper in [c.paper for c in same if counts(one, c)]

    def room(claim: Claim) -> dict[tuple[object, ...], int]:
        """What every counter of a claim leaves."""
        found = {}
        for number, one in enumerate(caps):
            if one.scope == "row" or not counts(one, claim):
                continue
            key = (number, *claim.key(one.per))
            if key not in left:
                before = [u.fen for u in used if counts(one, u) and is_found(one, u, claim)]
                most = _base(claim, one, [c for c in claims if counts(one, c)]) if one.fen is None else one.fen
                left[key] = max(0, most - sum(before))
            found[key] = left[key]
        return found

    def row_capped(claim: Claim) -> int:
        return min([claim.fen, *(one.fen or 0 for one in caps if one.scope == "row" and counts(one, claim))])

    def serve(claim: Claim) -> int:
        found = room(claim)
        got = min([row_capped(claim), *found.values()])
        for key in found:
            left[key] -= got
        return got

    return _in_order(claims, choices, used, row_capped, serve, left)


def _base(claim: Claim, one: Cap, claims: Sequence[Claim]) -> int:
    rows: dict[tuple[str, str], int] = {}
    for other in claims:
        if other.key(one.per) == claim.key(one.per):
            rows[other.firm, other.row] = max(rows.get((other.firm, other.row), 0), other.base or 0)
    return sum(rows.values())


def _in_order(
    claims: Sequence[Claim],
    choices: Sequence[Choice],
    used: Sequence[Claim],
    row_capped: Callable[[Claim], int],
    serve: Callable[[Claim], int],
    left: dict[tuple[object, ...], int],
) -> dict[tuple[str, str, str], int]:
    awards: dict[tuple[str, str, str], int] = {}
    taken = set()

    def group(claim: Claim) -> Choice | None:
        return next((one for one in choices if claim.rule in one.rules and row_capped(claim) > 0), None)

    def unit(claim: Claim, one: Choice) -> tuple[object, ...]:
        year = (claim.known_year,) if one.by_year else ()
        return (one.name, *claim.key(one.per), *year)

    def is_shut(claim: Claim, one: Choice) -> bool:
        per = "evidence" if one.per == "row" else one.per
        mine = Choice(one.name, one.rules, per, one.by_year, True)
        before = [u for u in used if u.rule in one.rules and u.fen > 0 and unit(u, mine) == unit(claim, mine)]
        return bool(before) and (one.per == "evidence" or claim.rule not in [u.rule for u in before])

    queue = sorted(claims, key=lambda c: (-(c.priority or float("-inf")), c.day, c.firm, c.rule, c.row))
    for claim in queue:
        name = (claim.rule, claim.firm, claim.row)
        one = group(claim)
        if name in awards:
            continue
        if one is None:
            awards[name] = serve(claim)
            continue
        if is_shut(claim, one):
            awards[name] = 0
            continue
        together = [
            c
            for c in queue
            if group(c) == one
            and unit(c, one) == unit(claim, one)
            and not is_shut(c, one)
            and (one.per != "evidence" or c.firm == claim.firm)
        ]
        options = [[c] for rule in one.rules for c in together if c.rule == rule]
        if one.per != "evidence":
            options = [[c for c in together if c.rule == rule] for rule in one.rules]
        options = [option for option in options if option] if unit(claim, one) not in taken else []
        best: list[Claim] = []
        most = -1
        for option in options:
            kept = dict(left)
            gain = sum(serve(c) if one.is_best else c.fen for c in option)
            left.clear()
            left.update(kept)
            if gain > most and (one.is_best or not best):
                best, most = option, gain
        awards.update({(c.rule, c.firm, c.row): 0 for c in together})
        got = {(c.rule, c.firm, c.row): serve(c) for c in best}
        awards.update(got)
        if one.per == "evidence" and any(fen > 0 for fen in got.values()):
            taken.add(unit(claim, one))
    return awards


fens = st.integers(0, 10**13) | st.integers(0, 40)
caps_in_fen = st.integers(0, MUCH) | st.integers(0, 60)
names: Mapping[str, st.SearchStrategy[str | None]] = {
    "firm": st.sampled_from(["A", "B", "C"]),
    "payee": st.sampled_from(["river bank", "sea bank"]),
    "controller": st.sampled_from([None, "A", "holding"]),
    "evidence": st.sampled_from([None, "contract 1", "contract 2"]),
}


@st.composite
def claims_of_a_town(draw: st.DrawFn, rules: Sequence[str] = RULES, most: int = 9) -> list[Claim]:
    """Claims of three firms; a row is one firm's, and each rule looks at it once."""
    rows = draw(st.lists(st.tuples(names["firm"], st.sampled_from(rules)), max_size=most))
    found: list[Claim] = []
    for number, (firm, rule) in enumerate(rows):
        same = draw(st.integers(0, number))
        row = f"{same:03d}" if not any((c.rule, c.firm, c.row) == (rule, firm, f"{same:03d}") for c in found) else ""
        found.append(
            Claim(
                rule=rule,
                firm=str(firm),
                row=row or f"{number:03d}",
                fen=draw(fens),
                day=draw(st.sampled_from(DAYS)),
                payee=str(draw(names["payee"])),
                controller=draw(names["controller"]),
                evidence=draw(names["evidence"]),
                base=draw(fens),
            )
        )
    return found
