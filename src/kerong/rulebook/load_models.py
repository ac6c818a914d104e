"""Declared models of a pack: every fact that they name is there, allowed, and no more sensitive than what they say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from kerong.rulebook.alerts import Alert
from kerong.rulebook.content import Rulebook
from kerong.rulebook.facts import SENSITIVITIES
from kerong.rulebook.load_alerts import alert_of
from kerong.rulebook.load_columns import condition
from kerong.rulebook.load_events import event_of
from kerong.rulebook.load_limits import of_type
from kerong.rulebook.models import (
    EVERY,
    EVERYONE,
    KINDS,
    OWN,
    Forbidden,
    Model,
    ModelCharacteristic,
    ModelSegment,
    Outcome,
)
from kerong.rulebook.parse import Scope, nearest, parse
from kerong.rulebook.pruning import reach
from kerong.rulebook.sensitivity import sensitivity_of
from kerong.rulebook.sheets import Sheet, Stop
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.types import DATE, TEXT, Type

MODEL_KEYS: tuple[str, ...] = (
    "name",
    "kind",
    "title",
    "meaning",
    "limits",
    "sensitivity",
    "every",
    "value",
    "outcome",
    "segment",
)
MODEL_KEYS += ("characteristic", "forbidden", "fairness", "scaling", "bins_most", "bin_least_bp", "seed", "alert")
TRENDS = ("rising", "falling", "auto", "none")
HORIZON = re.compile(r"([1-9][0-9]?) months?")
MOST_MONTHS = 60
MOST_CHARACTERISTICS = 100
MOST_DAYS = 366


def models_of(sheets: Iterable[Sheet], book: Rulebook, known: Mapping[str, Type]) -> dict[str, Model]:
    """Every model by name; `known` are the enterprise's fields. An entry with an error is recorded and left out."""
    found: dict[str, Model] = {}
    for sheet in sheets:
        try:
            model = model_of(sheet, book, Scope({"enterprise": known}, {}))
            if model.name in found:
                raise sheet.fail(
                    f"{model.name} is defined twice", "name", hint=f"first in {found[model.name].place.file}"
                )
            found[model.name] = model
        except Stop:
            continue
    return found


def model_of(sheet: Sheet, book: Rulebook, scope: Scope) -> Model:
    """One `models/<name>.toml`; raises Stop with its errors recorded."""
    sheet.only(MODEL_KEYS)
    kind = sheet.choice("kind", KINDS)
    is_formula = kind == "stage"
    if is_formula != ("value" in sheet.data):
        raise sheet.fail("a model of stage has a value, and no other has", "value" if "value" in sheet.data else "kind")
    for key in ("outcome", "characteristic"):
        if is_formula == (key in sheet.data):
            told = "has no" if is_formula else "needs an" if key == "outcome" else "needs at least one"
            raise sheet.fail(f"a model of {kind} {told} {key}", *((key,) if is_formula else ()))
    scaling = sheet.table("scaling", None)
    scaling.only(["points", "odds", "pdo"])
    odds = scaling.get("odds", (int, float), "a number above 0", 50.0)
    if not odds > 0:
        raise scaling.fail(f"odds = {odds}", "odds", hint="goods for one bad, above 0")
    model = Model(
        name=sheet.name(),
        kind=kind,
        title=sheet.title(),
        meaning=sheet.title("meaning"),
        limits=sheet.title("limits"),
        place=sheet.place(),
        sensitivity=sheet.choice("sensitivity", SENSITIVITIES, SENSITIVITIES[-1]),
        every=sheet.choice("every", EVERY, "quarter"),
        outcome=None if is_formula else _outcome(sheet.table("outcome"), book, scope),
        value=sheet.expression("value", lambda text: of_type(text, scope, TEXT), None),
        segments=_segments(sheet, scope),
        characteristics=_characteristics(sheet, scope),
        forbidden=_forbidden(sheet.table("forbidden", None), book, scope),
        groups=_groups(sheet.table("fairness", None), scope),
        points=_within(scaling, "points", 600, 0, 100_000),
        odds=float(odds),
        pdo=_within(scaling, "pdo", 20, 1, 1_000),
        bins_most=_within(sheet, "bins_most", 8, 1, 50),
        bin_least_bp=_within(sheet, "bin_least_bp", 500, 0, 10_000),
        seed=_within(sheet, "seed", 0, 0, 2**31),
        alert=_alert(sheet, kind, book),
    )
    _check_allowed(sheet, model, book)
    return model


def _alert(sheet: Sheet, kind: str, book: Rulebook) -> Alert | None:
    """What the cards of the model warn of."""
    if "alert" in sheet.data and kind not in ("hazard", "credit"):
        raise sheet.fail(f"a model of {kind} warns of nothing", "alert", hint="models of kind hazard or credit do")
    return alert_of(sheet, [one.code for one in book.region.institutions], book.events, is_model=True)


def _within(sheet: Sheet, key: str, default: int, least: int, most: int) -> int:
    value = int(sheet.whole(key, default))
    if not least <= value <= most:
        raise sheet.fail(f"{key} = {value}", key, hint=f"from {least:,} to {most:,}")
    return value


def _outcome(sheet: Sheet, book: Rulebook, scope: Scope) -> Outcome:
    sheet.only(["title", "horizon", "at_risk", "delay_days", "event"])
    told = sheet.text("horizon")
    found = HORIZON.fullmatch(told)
    if not found or int(found.group(1)) > MOST_MONTHS:
        raise sheet.fail(f"horizon = {told!r}", "horizon", hint=f'"12 months", at most {MOST_MONTHS}')
    events = tuple(event_of(item, book.registers) for item in sheet.tables("event"))
    if not events:
        raise sheet.fail("an outcome needs at least one [[outcome.event]]")
    return Outcome(
        title=sheet.title(),
        events=events,
        horizon=int(found.group(1)),
        at_risk=sheet.expression("at_risk", lambda text: condition(text, scope), None),
        delay_days=_within(sheet, "delay_days", 0, 0, MOST_DAYS),
        place=sheet.place(),
    )


def _segments(sheet: Sheet, scope: Scope) -> tuple[ModelSegment, ...]:
    found: list[ModelSegment] = []
    for item in sheet.tables("segment"):
        item.only(["name", "title", "when"])
        name = item.name()
        if name == EVERYONE or name in {one.name for one in found}:
            why = "everybody else" if name == EVERYONE else "another segment"
            raise item.fail(f"{name} is the name of {why}", "name")
        when = item.expression("when", lambda text: condition(text, scope))
        if when in [one.when for one in found]:
            raise item.fail(f"nobody comes to {name}: an earlier segment has the same condition", "when")
        if not fields_of(when):
            raise item.fail(f"{name}: the condition looks at no field of an enterprise", "when")
        found.append(ModelSegment(name, item.title(), when, item.text("when").strip(), item.place()))
    return tuple(found)


def _characteristics(sheet: Sheet, scope: Scope) -> tuple[ModelCharacteristic, ...]:
    found: list[ModelCharacteristic] = []
    for item in sheet.tables("characteristic"):
        item.only(["name", "title", "value", "trend", "believed"])
        name = item.name()
        if name in OWN or name in {one.name for one in found}:
            raise item.fail(f"{name} is defined twice" if name not in OWN else f"{name} is a word of samples", "name")
        value = item.expression("value", lambda text: parse(text, scope))
        if value.type.kind not in ("bool", "int", "float", "text"):
            hint = "months_between(…, on)" if value.type == DATE else "a number, a flag or a text"
            raise item.fail(f"{name} is a {value.type}: a card reads numbers and categories", "value", hint=hint)
        found.append(
            ModelCharacteristic(
                name=name,
                title=item.title(),
                value=value,
                kind="category" if value.type.kind == "text" else "number",
                trend=item.choice("trend", TRENDS, "auto"),
                believed=item.text("believed", None),
                text=" ".join(item.text("value").split()),
                place=item.place(),
            )
        )
    if len(found) > MOST_CHARACTERISTICS:
        raise sheet.fail(f"{len(found)} characteristics", "characteristic", hint=f"at most {MOST_CHARACTERISTICS}")
    return tuple(found)


def _forbidden(sheet: Sheet, book: Rulebook, scope: Scope) -> tuple[Forbidden, ...]:
    """`"loan.lost_fen" = { zh = "…", en = "…" }`: a column of a register, or `enterprise.<field>`."""
    found: list[Forbidden] = []
    for name in sheet.data:
        table, _, column = name.partition(".")
        there: Sequence[str] = ()
        if table == "enterprise":
            there = list(scope.fields["enterprise"])
        elif table in book.registers:
            there = list(book.registers[table].columns)
        else:
            raise sheet.fail(f"{name}: there is no {table}", name, hint=nearest(table, ["enterprise", *book.registers]))
        if column not in there:
            raise sheet.fail(f"{name} is not known", name, hint=nearest(column, there))
        found.append(Forbidden(name, sheet.title(name)))
    return tuple(found)


def _groups(sheet: Sheet, scope: Scope) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for name in sheet.data:
        found[name] = sheet.expression(name, lambda text: of_type(text, scope, TEXT))
    return MappingProxyType(found)


def _check_allowed(sheet: Sheet, model: Model, book: Rulebook) -> None:
    """No characteristic or segment rests on what is forbidden, and none is more sensitive than what the model says."""
    reasons = {one.name: one.reason for one in model.forbidden}
    asked = [("characteristic", at, "value", one.name, one.value) for at, one in enumerate(model.characteristics)]
    asked += [("segment", at, "when", one.name, one.when) for at, one in enumerate(model.segments)]
    failed = False
    for key, at, part, name, node in asked:
        fields = sorted(column for _, column in fields_of(node))
        rests_on = _behind(book, fields)
        for found in sorted(rests_on & reasons.keys()):
            sheet.fail(f"{name} rests on {found}, which is forbidden: {reasons[found].en}", key, at, part)
            failed = True
        levels = {field: sensitivity_of(book, field) for field in fields if field != "enterprise_id"}
        for field, level in levels.items():
            if SENSITIVITIES.index(level) > SENSITIVITIES.index(model.sensitivity):
                hint = f'sensitivity = "{level}"'
                sheet.fail(
                    f"{name} reads {field}, which is {level}: the model is {model.sensitivity}",
                    key,
                    at,
                    part,
                    hint=hint,
                )
                failed = True
    if failed:
        raise Stop("not allowed")


def _behind(book: Rulebook, fields: Iterable[str]) -> set[str]:
    """Fields ("enterprise.x") and columns of registers on which these fields of an enterprise rest."""
    asked = list(fields)
    behind = reach(book, asked)
    names = {*asked, *behind.provided, *behind.measures, *behind.formulas, *behind.network_fields}
    nodes: list[Node | None] = []
    for name in behind.measures:
        measure = book.measures[name]
        nodes += [measure.value, measure.by, measure.where]
    for name in behind.networks:
        nodes += book.networks[name].nodes()
    columns = {f"{table}.{column}" for node in nodes if node is not None for table, column in fields_of(node)}
    provided = {pair for name in behind.provided for pair in book.region.provides.get(name, ())}
    return {f"enterprise.{name}" for name in names} | columns | {f"{table}.{column}" for table, column in provided}
