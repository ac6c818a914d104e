"""pools/<name>.toml, from TOML to records: instruments, dated bounds, worked cases."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from kerong.rulebook.content import PRODUCT_KINDS, Region, Rule
from kerong.rulebook.load_parameters import Parameters, parameters_of
from kerong.rulebook.load_rules import accepted_of
from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import nearest
from kerong.rulebook.pools import (
    BORNE,
    GIVEN,
    MIX,
    PARAMETERS,
    RECOVERED,
    STANDING,
    VERBS,
    Instrument,
    Parted,
    Pool,
    PoolCase,
    PoolEvent,
    PoolStep,
)
from kerong.rulebook.sheets import Sheet, Stop
from kerong.rulebook.tree import Value
from kerong.rulebook.types import FEN
from kerong.rulebook.waterfalls import Waterfall

KEYS = ("name", "title", "text", "source", "days", "eligible", "instrument", "parameter", "case", "accepted")
DAYS = ("calendar", "working")
# keys of an event beside `do` and `on`, and how each is read
TEXTS = ("loan", "bank", "firm", "group", "instrument", "party")
AMOUNTS = ("fen", "principal_fen", "interest_fen", "recovered_fen")
FLAGS = ("eligible", "elsewhere")


@dataclass(frozen=True, slots=True)
class Around:
    """What a pool stands beside: the region, the rules and waterfalls that could be read, all names that are taken.

    `broken`: rules, groups and waterfalls whose own errors have been told.
    """

    region: Region
    rules: Mapping[str, Rule]
    waterfalls: Mapping[str, Waterfall]
    taken: Collection[str]
    broken: Collection[str] = ()


def pools_of(sheets: Sequence[Sheet], around: Around) -> dict[str, Pool]:
    """All pools by name; errors are recorded in their sheets."""
    found: dict[str, Pool] = {}
    for sheet in sheets:
        try:
            pool = pool_of(sheet, around)
            if pool.name in found or pool.name in around.taken:
                raise sheet.fail(f"{pool.name} is defined twice", "name", hint="a rule, a group or a waterfall has it")
            found[pool.name] = pool
        except Stop:
            continue
    return dict(sorted(found.items()))


def pool_of(sheet: Sheet, around: Around) -> Pool:
    """One file of pools/."""
    sheet.only(KEYS)
    instruments = _instruments(sheet, around)
    rule, clauses = _eligible(sheet, around)
    return Pool(
        name=sheet.name(),
        title=sheet.title(),
        source=source_of(sheet.table("source")),
        text=sheet.text("text"),
        instruments=MappingProxyType(instruments),
        parameters=MappingProxyType(_parameters(sheet, instruments)),
        cases=tuple(_case(item, instruments) for item in sheet.tables("case")),
        place=sheet.place(),
        days=sheet.choice("days", DAYS, "calendar"),
        rule=rule,
        clauses=clauses,
        accepted=MappingProxyType(accepted_of(sheet.table("accepted", None))),
    )


def _parameters(sheet: Sheet, instruments: Mapping[str, Instrument]) -> Parameters:
    found = parameters_of(sheet)
    for name, parameter in found.items():
        if name not in PARAMETERS:
            sheet.fail(f"{name} is no number of a pool", "parameter", name, hint=nearest(name, PARAMETERS))
        if name in PARAMETERS and name.endswith(MIX) and name.removesuffix(MIX) not in instruments:
            sheet.fail(f"{name}: the pool does not cover this instrument", "parameter", name)
        for start, value, _ in parameter.values:
            if isinstance(value, int | float) and value < 0:
                sheet.fail(f"{name} is negative", "parameter", name, start.isoformat())
    return found


def _eligible(sheet: Sheet, around: Around) -> tuple[str | None, tuple[int, ...]]:
    """The rule by which a borrower is judged as of drawdown, and those of its clauses that are asked then."""
    if "eligible" not in sheet.data:
        return None, ()
    entry = sheet.table("eligible")
    entry.only(["rule", "clauses"])
    name = entry.text("rule")
    if name in around.broken:
        raise Stop(name)
    if name not in around.rules:
        raise entry.fail(f"there is no rule {name}", "rule", hint=nearest(name, around.rules))
    asked = entry.get("clauses", list, "numbers of clauses")
    most = len(around.rules[name].clauses)
    if not asked or not all(type(number) is int and 1 <= number <= most for number in asked):
        raise entry.fail(f"clauses are numbers from 1 to {most}", "clauses")
    return name, tuple(asked)


def _instruments(sheet: Sheet, around: Around) -> dict[str, Instrument]:
    found: dict[str, Instrument] = {}
    for item in sheet.tables("instrument"):
        one = _instrument(item, around)
        if one.kind in found:
            item.fail(f"two instruments are {one.kind}", "kind", hint="one waterfall for each")
        found[one.kind] = one
    if not found:
        raise sheet.fail("a pool covers something: [[instrument]] is missing", hint='kind = "loan", waterfall = "…"')
    return found


def _instrument(sheet: Sheet, around: Around) -> Instrument:
    sheet.only(["kind", "waterfall", "payer", "over", "borrower", "from", "recovery"])
    loss = _parted(sheet, around, "loss", tuple(GIVEN))
    parties = loss.waterfall.parties
    payer, over = sheet.text("payer"), sheet.text("over", loss.waterfall.rest)
    borrower = sheet.text("borrower", None)
    for key, party in (("payer", payer), ("over", over), ("borrower", borrower)):
        if party is not None and party not in parties:
            raise sheet.fail(f"{loss.waterfall.name} has no party {party}", key, hint=nearest(party, parties))
    if len({payer, over, borrower}) < 3:
        raise sheet.fail("payer, over and borrower are three parties", "payer", hint='over = "…"')
    recovery = None
    if "recovery" in sheet.data:
        entry = sheet.table("recovery")
        entry.only(["waterfall", "from"])
        bearing = [party for party in parties if party != borrower]  # what a borrower paid back is no loss
        recovery = _parted(entry, around, "recovery", (RECOVERED, *(f"{BORNE}{party}" for party in bearing)))
        for party in recovery.waterfall.parties:
            if party not in bearing:
                raise entry.fail(f"{party} bears nothing of {loss.waterfall.name}", "waterfall")
    return Instrument(sheet.choice("kind", PRODUCT_KINDS), loss, payer, over, borrower, recovery)


def _parted(sheet: Sheet, around: Around, kind: str, words: Sequence[str]) -> Parted:
    """The waterfall that is named, of the wanted kind, and from where each of its inputs comes."""
    name = sheet.text("waterfall")
    if name in around.broken:
        raise Stop(name)
    if name not in around.waterfalls:
        raise sheet.fail(f"there is no waterfall {name}", "waterfall", hint=nearest(name, around.waterfalls))
    waterfall = around.waterfalls[name]
    if waterfall.kind != kind:
        raise sheet.fail(f"{name} is a waterfall of kind {waterfall.kind}, wanted: {kind}", "waterfall")
    holder = sheet.table("from")
    for given, word in holder.data.items():
        if given not in waterfall.inputs:
            raise holder.fail(f"{name} has no input {given}", given, hint=nearest(given, waterfall.inputs))
        if word not in words:
            raise holder.fail(f"{given} cannot come from {word!r}", given, hint="one of " + ", ".join(words))
        if waterfall.inputs[given][0] != FEN:
            raise holder.fail(f"{given} is a {waterfall.inputs[given][0]}, {word} is fen", given)
    return Parted(waterfall, MappingProxyType({given: holder.data.get(given) for given in waterfall.inputs}))


def _case(sheet: Sheet, instruments: Mapping[str, Instrument]) -> PoolCase:
    sheet.only(["title", "by", "when", "then", "working"])
    steps = tuple(_step(item, instruments) for item in sheet.tables("when"))
    if not steps:
        raise sheet.fail("a case says what happens: [[case.when]] is missing")
    then = sheet.table("then")
    then.only([*STANDING, "is_open"])
    expect: dict[str, int | bool] = {
        key: then.flag(key, True) if key == "is_open" else then.whole(key) for key in then.data
    }
    if not expect:
        raise then.fail("then says how the pool stands at the end", hint="then = { balance_fen = … }")
    working = sheet.get("working", (str, list), "arithmetic in fen, or a list of it", [])
    lines = (working,) if isinstance(working, str) else sheet.texts("working", [])
    amounts = [key for key in expect if key != "is_open"]
    if lines and len(lines) != len(amounts):
        raise sheet.fail(f"working has {len(lines)} lines for {len(amounts)} expected amounts", "working")
    return PoolCase(sheet.text("title"), steps, MappingProxyType(expect), sheet.place(), sheet.text("by", None), lines)


def _step(sheet: Sheet, instruments: Mapping[str, Instrument]) -> PoolStep:
    event = event_of(sheet, instruments, ("then",))
    expect: Mapping[str, int | str] | None = None
    if "then" in sheet.data:
        then = sheet.table("then")
        parties = {party for one in instruments.values() for party in one.loss.waterfall.parties}
        then.only(["refused", "cut_by", *sorted(parties)])
        expect = MappingProxyType(
            {
                key: then.text(key) if key == "refused" else then.get(key, (int, str), "fen, or what cut")
                for key in then.data
            }
        )
    return PoolStep(event, expect, sheet.place())


def event_of(sheet: Sheet, instruments: Mapping[str, Instrument], also: Sequence[str] = ()) -> PoolEvent:
    """An event as a case or a scenario writes it; `also` are further keys of its table."""
    do = sheet.choice("do", tuple(VERBS))
    verb = VERBS[do]
    sheet.only(["do", "on", *verb.needs, *verb.may, *also])
    found: dict[str, Any] = {}
    for key in (*verb.needs, *verb.may):
        if key not in sheet.data and key in verb.may:
            continue
        if key in TEXTS:
            found[key] = sheet.text(key)
        elif key in AMOUNTS:
            found[key] = sheet.whole(key)
        elif key in FLAGS:
            found[key] = sheet.flag(key, False)
        elif key == "facts":
            found[key] = MappingProxyType(_facts(sheet.table("facts"), instruments))
        else:
            found[key] = sheet.day(key)
    if do == "register":
        found.setdefault("instrument", next(iter(instruments)) if len(instruments) == 1 else "")
    return PoolEvent(do=do, on=sheet.day("on"), **found)


def _facts(sheet: Sheet, instruments: Mapping[str, Instrument]) -> dict[str, Value]:
    """What is told of a loan beside its amounts: inputs of the waterfalls that nothing else gives."""
    used = [p for one in instruments.values() for p in (one.loss, one.recovery) if p is not None]
    known = {name: part.waterfall.inputs[name][0] for part in used for name, word in part.given.items() if word is None}
    python: Mapping[str, type] = {"int": int, "bool": bool, "text": str, "date": date}
    for name, value in sheet.data.items():
        if name not in known:
            raise sheet.fail(f"{name} is no fact that a waterfall of the pool asks", name, hint=nearest(name, known))
        kind = known[name]
        is_other = isinstance(value, bool) != (kind.kind == "bool") or isinstance(value, datetime)
        if is_other or not isinstance(value, python[kind.kind]):
            raise sheet.fail(f"{name} is a {kind}, not {value!r}", name)
    return dict(sheet.data)
