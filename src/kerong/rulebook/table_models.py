"""A model declared over one flat table: its columns, when each was known, the outcome, and how it is to be tested.

The same words as a region's models, but `row.<column>` in place of an enterprise; the sheet stands beside any table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kerong.rulebook.parse import Scope, parse
from kerong.rulebook.said import Text
from kerong.rulebook.sheets import RulebookError, RulebookErrors, Sheet, Stop, sheet
from kerong.rulebook.tree import Node, fields_of, walk
from kerong.rulebook.types import BOOL, DATE, DECIMAL, TEXT, Type

KINDS = ("credit", "need", "hazard", "stage")
TYPES: Mapping[str, Type] = {"number": DECIMAL, "text": TEXT, "date": DATE}
TRENDS = ("rising", "falling", "auto", "none")
MOST_TURNS = 100  # folds, and repeats of them
DECISION, AFTER = "decision", "after"
HEAD = ("name", "kind", "title", "meaning", "limits", "seed", "table", "column", "outcome", "segment", "characteristic")
KEYS = (*HEAD, "group", "scaling", "bins", "test", "fairness", "elsewhere")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the file under our name. `headers`: what it may be called there, the first that is found counts.

    `codes`: what stands in the file -> what it means (others stay as they are); `missing`: what means "not known";
    `zero_day`: whole numbers are days since then; `first`: only so many characters count. `known`: "decision", "after"
    or the date column that tells the day.
    """

    name: str
    headers: tuple[str, ...]
    kind: str
    codes: Mapping[str, str]
    missing: tuple[str, ...]
    zero_day: date | None
    first: int | None
    known: str
    reason: Text | None


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """`bad` and `good`: values of `column`; any other value is not yet known. `on`: the column with its day."""

    column: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    on: str | None


@dataclass(frozen=True, slots=True)
class TableCharacteristic:
    """What the model may read: `value` over `row`, a number (flags 0, 1) or a category."""

    name: str
    title: Text
    value: Node
    kind: Literal["number", "category"]
    trend: Literal["rising", "falling", "auto", "none"]
    believed: str | None
    text: str


@dataclass(frozen=True, slots=True)
class TableSegment:
    """Rows with lines of their own; the first whose condition is met takes the row."""

    name: str
    when: Node
    text: str


@dataclass(frozen=True, slots=True)
class Test:
    """How the model is tested: "time" (fitted on decisions up to `until`), "column" (fitted where `column` is `train`)
    or "folds" (`folds` parts, `repeats` times)."""

    way: str
    until: date | None
    column: str | None
    train: str | None
    folds: int
    repeats: int


@dataclass(frozen=True, slots=True)
class TableModel:
    """A declared model over one table. `separator`, `headers` (of a file without any) say how the file is read;
    `subject`, `day`: columns, or None and one day for all. `approve_bp`: the share approved in the look at fairness.
    `elsewhere`: what others reached on the same test, an AUC each."""

    name: str
    kind: str
    title: Text
    meaning: Text
    limits: Text
    separator: str
    headers: tuple[str, ...]
    subject: str | None
    day: str | date
    columns: tuple[TableColumn, ...]
    outcome: TableOutcome
    segments: tuple[TableSegment, ...]
    characteristics: tuple[TableCharacteristic, ...]
    groups: Mapping[str, Node]
    scaling: tuple[int, float, int]
    bins_most: int
    bin_least_bp: int
    seed: int
    test: Test
    approve_bp: int
    elsewhere: tuple[tuple[Text, float], ...]

    @property
    def forbidden(self) -> tuple[TableColumn, ...]:
        """The columns that are known only after the decision."""
        return tuple(column for column in self.columns if column.known == AFTER)


def load_table_model(text: str, called: str = "sheet") -> TableModel:
    """The model of a TOML text; `called` names the file in errors. Raises RulebookErrors with every error found."""
    errors: list[RulebookError] = []
    top = sheet(called, text, errors)
    try:
        model = None if top is None else _model(top)
    except Stop:
        model = None
    if errors or model is None:
        raise RulebookErrors(errors)
    return model


def _model(top: Sheet) -> TableModel:
    top.only(KEYS)
    table = top.table("table")
    table.only(("separator", "headers", "subject", "day"))
    columns = tuple(_column(item) for item in top.tables("column"))
    types = {column.name: TYPES[column.kind] for column in columns}
    if len(types) < len(columns):
        raise top.fail("a column is declared twice", "column")
    scope = Scope({"row": types}, {})
    for column in columns:
        _named(top, column.known, [name for name, kind in types.items() if kind is DATE], (DECISION, AFTER))
    fairness = top.table("fairness", None)
    fairness.only(("approve_bp",))
    group = top.table("group", None)
    points, odds, pdo = _scaling(top.table("scaling", None))
    bins = top.table("bins", None)
    bins.only(("most", "least_bp"))
    return TableModel(
        name=top.name(),
        kind=top.choice("kind", KINDS),
        title=top.title(),
        meaning=top.title("meaning"),
        limits=top.title("limits"),
        separator=table.text("separator", ","),
        headers=table.texts("headers", []),
        subject=_one_of(table, "subject", types),
        day=_day(table, types),
        columns=columns,
        outcome=_outcome(top.table("outcome"), types),
        segments=tuple(_segment(item, scope, columns) for item in top.tables("segment")),
        characteristics=tuple(_characteristic(item, scope, columns) for item in top.tables("characteristic")),
        groups={name: _group(group, name, scope) for name in sorted(group.data)},
        scaling=(points, odds, pdo),
        bins_most=bins.whole("most", 8),
        bin_least_bp=bins.whole("least_bp", 500),
        seed=top.whole("seed", 0),
        test=_test(top.table("test"), types),
        approve_bp=_share(fairness, "approve_bp", 7_000),
        elsewhere=tuple(
            (item.title("said"), float(item.get("auc", float, "a number"))) for item in top.tables("elsewhere")
        ),
    )


def _column(item: Sheet) -> TableColumn:
    item.only(("name", "header", "type", "codes", "missing", "zero_day", "first", "known", "reason"))
    header = item.data.get("header")
    known = item.text("known")
    reason = item.title("reason", None)
    if known == AFTER and reason is None:
        raise item.fail(
            "a column that is known only after the decision says why", hint='reason = { zh = "…", en = "…" }'
        )
    first = item.whole("first", None)
    if first is not None and first < 1:
        raise item.fail(f"first = {first}: at least one character counts", "first")
    codes = item.table("codes", None).data
    if not all(isinstance(value, str) for value in codes.values()):
        raise item.fail("codes are texts", "codes")
    return TableColumn(
        name=item.name(),
        headers=item.texts("header") if isinstance(header, list) else (item.text("header"),),
        kind=item.choice("type", tuple(TYPES)),
        codes=codes,
        missing=item.texts("missing", []),
        zero_day=item.day("zero_day", None),
        first=first,
        known=known,
        reason=reason,
    )


def _named(at: Sheet, name: str, known: list[str], words: tuple[str, ...] = ()) -> None:
    if name not in (*words, *known):
        raise at.fail(f"{name!r} is none of {', '.join((*words, *known))}")


def _one_of(at: Sheet, key: str, types: Mapping[str, Type], default: str | None = None) -> str | None:
    name = at.text(key, default)
    if name is not None and name not in types:
        raise at.fail(f"{key} = {name!r}: there is no such column", key)
    return None if name is None else str(name)


def _day(table: Sheet, types: Mapping[str, Type]) -> str | date:
    """One day for all rows, or the date column with the day of the decision."""
    if isinstance(table.data.get("day"), str):
        name = str(_one_of(table, "day", types))
        if types[name] is not DATE:
            raise table.fail(f"day = {name!r} is no date", "day")
        return name
    found: date = table.day("day")
    return found


def _outcome(at: Sheet, types: Mapping[str, Type]) -> TableOutcome:
    at.only(("column", "bad", "good", "on"))
    at.text("column")
    column = str(_one_of(at, "column", types))
    bad, good = at.texts("bad"), at.texts("good")
    if not bad or not good or set(bad) & set(good):
        raise at.fail("bad and good each name values of the column, and no value twice")
    return TableOutcome(column, bad, good, _one_of(at, "on", types))


def _segment(item: Sheet, scope: Scope, columns: tuple[TableColumn, ...]) -> TableSegment:
    item.only(("name", "when"))
    when = item.expression("when", lambda text: parse(text, scope))
    if when.type != BOOL:
        raise item.fail("when is a condition", "when")
    _early(item, "when", when, columns)
    return TableSegment(item.name(), when, item.text("when"))


def _characteristic(item: Sheet, scope: Scope, columns: tuple[TableColumn, ...]) -> TableCharacteristic:
    item.only(("name", "title", "value", "trend", "believed"))
    value: Node = item.expression("value", lambda text: parse(text, scope))
    if not (value.type.is_number or value.type.kind in ("bool", "text")):
        raise item.fail(f"a characteristic is a number, a flag or a category, not a {value.type}", "value")
    _early(item, "value", value, columns)
    kind: Literal["number", "category"] = "category" if value.type.kind == "text" else "number"
    trend = item.choice("trend", TRENDS, "auto")
    return TableCharacteristic(
        item.name(), item.title(), value, kind, trend, item.text("believed", None), item.text("value")
    )


def _early(item: Sheet, key: str, node: Node, columns: tuple[TableColumn, ...]) -> None:
    """What is known only after the decision is read by nothing, and there is no day but those of the row."""
    if any(one.kind == "on" for one in walk(node)):
        raise item.fail("on: a table has no day of a run, only the days in its rows", key)
    late = {column.name for column in columns if column.known == AFTER}
    for _, name in sorted(fields_of(node)):
        if name in late:
            raise item.fail(f"row.{name} is known only after the decision", key)


def _group(group: Sheet, name: str, scope: Scope) -> Node:
    node: Node = group.expression(name, lambda text: parse(text, scope))
    if node.type.kind not in ("text", "bool"):
        raise group.fail("a group is a text", name)
    return node


def _share(at: Sheet, key: str, default: int) -> int:
    value = int(at.whole(key, default))
    if not 0 < value <= 10_000:
        raise at.fail(f"{key} = {value}", key, hint="in basis points, 1 to 10,000")
    return value


def _scaling(at: Sheet) -> tuple[int, float, int]:
    at.only(("points", "odds", "pdo"))
    return at.whole("points", 600), float(at.get("odds", (int, float), "a number", 50)), at.whole("pdo", 20)


def _test(at: Sheet, types: Mapping[str, Type]) -> Test:
    at.only(("way", "until", "column", "train", "folds", "repeats"))
    way = at.choice("way", ("time", "column", "folds"))
    until = at.day("until") if way == "time" else None
    column = _one_of(at, "column", types, None) if way != "column" else str(_one_of(at, "column", types))
    train = at.text("train") if way == "column" else None
    folds, repeats = at.whole("folds", 5), at.whole("repeats", 1)
    if not 2 <= folds <= MOST_TURNS or not 1 <= repeats <= MOST_TURNS:
        raise at.fail(f"folds are at least 2, repeats at least 1, both at most {MOST_TURNS}")
    return Test(way, until, column, train, folds, repeats)
