"""Region sheet and mapping files of registers, from TOML to records."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from kerong.rulebook.content import SCORE_METHODS, Column, District, Institution, Level, Region, Register, Text
from kerong.rulebook.facts import RELIABILITY, SENSITIVITIES, FormerName
from kerong.rulebook.kinds import TypeClash, common
from kerong.rulebook.load_columns import change_of, column_type, condition, row_types
from kerong.rulebook.load_feeds import ENCODINGS, FORMATS, delivery_of, gates_of, reliability_of, settlements_of
from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import Scope, nearest
from kerong.rulebook.sheets import Sheet, Stop
from kerong.rulebook.types import COLUMN_TYPES, Type

FEN_UNITS = ("fen", "yuan", "wan", "yi", "dollar", "cent")
COLUMN_UNITS = {"fen": FEN_UNITS, "bp": ("bp", "percent")}
TABLES = ("enterprise", "any", "if")  # words that stand for something else in front of a dot or by themselves
CODED = ("code", "district", "industry", "flag")
REGISTER_KEYS = (
    "name",
    "title",
    "files",
    "required",
    "row",
    "identify",
    "name_column",
    "state_column",
    "absence",
    "covers",
    "known",
    "period",
    "keep",
    "source",
    "sensitivity",
    "encoding",
    "legal_basis",
    "reliability",
    "delivery",
    "former_name",
    "gate",
    "column",
)
COLUMN_KEYS = (
    "title",
    "header",
    "type",
    "required",
    "unit",
    "unit_column",
    "range",
    "codes",
    "format",
    "sensitivity",
    "extract",
    "known",
    "change",
)
REGION_KEYS = (
    "name",
    "title",
    "currency",
    "extends",
    "abstract",
    "default_on",
    "enterprise",
    "district",
    "institution",
    "score",
    "words",
    "level",
)
WORD_FAMILIES = ("stage", "dimension", "industry")
INSTITUTION_KINDS = (
    "bank",
    "guarantor",
    "insurer",
    "fund",
    "fund_manager",
    "lease",
    "small_loan",
    "factor",
    "pawnbroker",
    "broker",
    "exchange",
    "incubator",
    "credit_bureau",
    "intermediary",
    "platform",
    "government",
)


def register_of(sheet: Sheet) -> Register:
    """One mapping file: how rows of a source become facts."""
    sheet.only(REGISTER_KEYS)
    columns: dict[str, Column] = {}
    holder = sheet.table("column")
    for key in holder.data:
        try:
            columns[key] = _column(holder.table(key), key)
        except Stop:
            continue
    covers = sheet.table("covers", None)
    covers.only(["from"])
    known, period = sheet.text("known", None), sheet.text("period", None)
    dated = next((name for name in (known, period) if name in columns), None)
    register = Register(
        name=sheet.name(),
        title=sheet.title(),
        files=sheet.texts("files"),
        row=sheet.texts("row"),
        columns=MappingProxyType(columns),
        place=sheet.place(),
        required=sheet.flag("required", default=False),
        identify=sheet.choice("identify", ("credit_code", "name_state", "name", "none"), "credit_code"),
        name_column=sheet.text("name_column", None),
        state_column=sheet.text("state_column", None),
        absence=sheet.choice("absence", ("none", "unknown"), "unknown"),
        covers_from=covers.day("from", None),
        known=known,
        period=period,
        keep=sheet.choice("keep", ("latest", "none"), "latest"),
        source=sheet.title("source", None),
        sensitivity=sheet.choice("sensitivity", SENSITIVITIES, "internal"),
        encoding=sheet.choice("encoding", ENCODINGS, None),
        legal_basis=sheet.title("legal_basis", None),
        reliability=reliability_of(sheet, RELIABILITY) or RELIABILITY,
        delivery=delivery_of(sheet, columns, dated),
        gates=gates_of(sheet, columns),
    )
    if register.name in TABLES:
        sheet.fail(f"{register.name} is a word of the language: a register needs another name", "name")
    _check_columns(sheet, register)
    return replace(register, former_name=_former_name(sheet, register))


def _former_name(sheet: Sheet, register: Register) -> FormerName | None:
    """`[former_name]`: the column of former names, the one of the day until which a firm bore it, and which rows."""
    if "former_name" not in sheet.data:
        return None
    table = sheet.table("former_name")
    table.only(["column", "until", "where"])
    column, until = table.text("column"), table.text("until")
    for key, name, kind in (("column", column, "text"), ("until", until, "date")):
        held = register.columns.get(name)
        if held is None or held.type != kind:
            hint = nearest(name, register.columns) if held is None else f"it is a {held.type}"
            table.fail(f"former_name: {key} = {name!r} is no column of type {kind}", key, hint=hint)
    if register.identify in ("name", "none"):
        table.fail(f"former_name: rows of {register.name} do not say by a code which enterprise they are of", "column")
    scope = Scope({register.name: row_types(register)}, {})
    return FormerName(column, until, table.expression("where", lambda text: condition(text, scope), None))


def _column(sheet: Sheet, name: str) -> Column:
    sheet.only(COLUMN_KEYS)
    if name in ("enterprise_id", "row_key"):
        raise sheet.fail(f"column {name!r} is made by the engine: call yours otherwise")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise sheet.fail(f"column {name!r}: names are lower-case words joined by _")
    kind = sheet.choice("type", list(COLUMN_TYPES))
    unit = sheet.text("unit", None)
    units = COLUMN_UNITS.get(kind, ())
    if unit is not None and unit not in units:
        hint = "one of " + ", ".join(units) if units else f"a {kind} has no unit"
        raise sheet.fail(f"column {name}: unit {unit!r}", "unit", hint=hint)
    extract = sheet.text("extract", None)
    try:
        groups = re.compile(extract).groups if extract is not None else 1
    except re.error as error:
        raise sheet.fail(f"column {name}: extract is no regular expression: {error}", "extract") from None
    if groups != 1:
        raise sheet.fail(f"column {name}: extract needs exactly one group", "extract")
    return Column(
        name=name,
        title=sheet.title(),
        header=sheet.texts("header"),
        type=kind,
        required=sheet.flag("required", default=False),
        unit=unit,
        unit_column=sheet.text("unit_column", None),
        range=_range(sheet),
        codes=MappingProxyType(_codes(sheet, name, kind)),
        format=sheet.choice("format", FORMATS, None),
        sensitivity=sheet.choice("sensitivity", SENSITIVITIES, None),
        extract=extract,
        known=sheet.text("known", None),
        change=change_of(sheet),
    )


def _codes(sheet: Sheet, name: str, kind: str) -> dict[str, tuple[str, ...]]:
    """Our codes and their spellings in files: a `code` needs them; a district, an industry or a flag may have them."""
    table = sheet.table("codes", None)
    if kind == "code" and not table.data:
        raise sheet.fail(f"column {name}: a code needs its codes", hint="codes = { ours = ['spelling in files', …] }")
    if table.data and kind not in CODED:
        raise sheet.fail(f"column {name}: a {kind} has no codes", "codes", hint="codes go with " + ", ".join(CODED))
    if kind == "flag" and table.data and sorted(table.data) != ["false", "true"]:
        raise table.fail(f"column {name}: the codes of a flag are true and false")
    return {code: table.texts(code) for code in table.data}


def _range(sheet: Sheet) -> tuple[float, float] | None:
    value = sheet.get("range", list, "[least, most]", None)
    if value is None:
        return None
    if len(value) != 2 or not all(isinstance(v, int | float) for v in value) or value[0] > value[1]:
        raise sheet.fail("range must be [least, most]", "range")
    return value[0], value[1]


def _check_columns(sheet: Sheet, register: Register) -> None:
    """Every column that the register names exists, and has the type that its use needs."""
    keys = ("known", "period", "name_column", "state_column")
    named = [(key, name) for key in keys if (name := getattr(register, key))]
    named += [("row", name) for name in register.row if name != "enterprise_id"]
    named += [("column", column.known) for column in register.columns.values() if column.known]
    for key, name in named:
        column = register.columns.get(name)
        if column is None:
            sheet.fail(f"{key}: {name} is no column of {register.name}", key, hint=nearest(name, register.columns))
        elif key == "known" and COLUMN_TYPES[column.type].kind != "date":
            sheet.fail(f"known: {name} must be a date, not {column.type}", key)
        elif key == "period" and column.type not in ("date", "month", "year"):
            sheet.fail(f"period: {name} must be a date, month or year, not {column.type}", key)
    kinds = [column.type for column in register.columns.values()]
    if register.identify == "credit_code" and kinds.count("credit_code") != 1:
        sheet.fail(f"{register.name}: identify = credit_code needs exactly one column of type credit_code", "identify")
    if register.identify == "name_state" and not (register.name_column and register.state_column):
        sheet.fail(f"{register.name}: identify = name_state needs name_column and state_column", "identify")
    if register.identify == "name" and not register.name_column:
        sheet.fail(f"{register.name}: identify = name needs name_column", "identify")


def region_of(sheet: Sheet, registers: Mapping[str, Register]) -> Region:
    """The pack's own sheet."""
    sheet.only(REGION_KEYS)
    enterprise = sheet.table("enterprise")
    enterprise.only(["from", "provides", "settle", "affiliates"])
    score = sheet.table("score", None)
    score.only(["grades", "stage", "group", "weights", "method", "mix_bp"])
    method = score.choice("method", SCORE_METHODS, "given")
    sources = enterprise.texts("from")
    for name in sources:
        if name not in registers:
            enterprise.fail(f"from: there is no register {name}", "from", hint=nearest(name, registers))
        elif registers[name].identify in ("name", "none"):
            enterprise.fail(f"from: rows of {name} do not say by themselves which enterprise they are of", "from")
    provides = _provides(enterprise.table("provides", None), registers)
    for register in registers.values():
        if register.identify == "name" and not provides.get("name"):
            enterprise.fail(f"rows of {register.name} find their firm by its name", hint='provides: name = ["…"]')
    for kind in ("district", "institution", "level"):
        _codes_stand_once(sheet, kind)
    return Region(
        name=sheet.name(),
        title=sheet.title(),
        currency=sheet.text("currency"),
        default_on=sheet.day("default_on"),
        enterprise_from=sources,
        provides=MappingProxyType(provides),
        districts=tuple(_district(item) for item in sheet.tables("district")),
        institutions=tuple(_institution(item) for item in sheet.tables("institution")),
        grades=_grades(score),
        stage=score.text("stage", None),
        group=score.text("group", None),
        weights=MappingProxyType(_weights(score)),
        words=MappingProxyType(_words(sheet.table("words", None))),
        levels=tuple(_level(item) for item in sheet.tables("level")),
        settle=MappingProxyType(settlements_of(enterprise.table("settle", None), provides)),
        method=method,
        mix_bp=_mix(score, method),
    )


def _provides(sheet: Sheet, registers: Mapping[str, Register]) -> dict[str, tuple[tuple[str, str], ...]]:
    result: dict[str, tuple[tuple[str, str], ...]] = {}
    for key in sheet.data:
        if key in ("enterprise_id", "other_names") or not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            raise sheet.fail(
                f"an enterprise's column cannot be called {key!r}", key, hint="lower-case words joined by _"
            )
        pairs = []
        for text in sheet.texts(key):
            register, _, column = text.partition(".")
            if register not in registers or column not in registers[register].columns:
                known = [f"{r.name}.{c}" for r in registers.values() for c in r.columns]
                sheet.fail(f"{key}: {text} is no column of a register", key, hint=nearest(text, known))
                continue
            pairs.append((register, column))
        try:
            if pairs:
                provided_type(pairs, registers)
        except TypeClash as clash:
            sheet.fail(f"{key}: {clash}", key, hint="its columns fill one another")
            pairs = []
        result[key] = tuple(pairs)
    return result


def provided_type(pairs: Sequence[tuple[str, str]], registers: Mapping[str, Register]) -> Type:
    """The type of an enterprise's column that these columns fill; raises TypeClash where they do not go together."""
    types = [column_type(registers[register].columns[column]) for register, column in pairs]
    return common(types, "provides")


def _codes_stand_once(sheet: Sheet, kind: str) -> None:
    codes = [item.data.get("code") for item in sheet.tables(kind)]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            sheet.fail(f"two {kind}s have the code {code}", kind, place, "code")


def _district(sheet: Sheet) -> District:
    sheet.only(["code", "title", "at"])
    at = sheet.get("at", list, "[column, row]")
    if len(at) != 2 or not all(isinstance(x, int) for x in at):
        raise sheet.fail("at must be [column, row]", "at")
    return District(sheet.text("code"), sheet.title(), (at[0], at[1]))


def _institution(sheet: Sheet) -> Institution:
    sheet.only(["code", "kind", "title", "source"])
    source = source_of(sheet.table("source")) if "source" in sheet.data else None
    return Institution(sheet.name("code"), sheet.choice("kind", INSTITUTION_KINDS), sheet.title(), source)


def _level(sheet: Sheet) -> Level:
    sheet.only(["code", "title"])
    return Level(sheet.name("code"), sheet.title())


def _grades(score: Sheet) -> tuple[tuple[str, int], ...]:
    grades = score.get("grades", list, '[["A", 700], …, ["E", 0]]', [])
    ok = all(isinstance(g, list) and len(g) == 2 and isinstance(g[0], str) and isinstance(g[1], int) for g in grades)
    if not ok or [g[1] for g in grades] != sorted({g[1] for g in grades}, reverse=True):
        raise score.fail("grades are [name, points from], falling", "grades")
    if grades and grades[-1][1] != 0:
        raise score.fail("the last grade begins at 0 points", "grades")
    return tuple((g[0], g[1]) for g in grades)


def _mix(score: Sheet, method: str) -> int:
    """The share of the given weights that an objective method keeps, in basis points."""
    mix = int(score.whole("mix_bp", 0))
    if not 0 <= mix <= 10_000:
        score.fail("mix_bp is a share from 0 to 10000", "mix_bp")
    elif method == "given" and "mix_bp" in score.data:
        score.fail("mix_bp mixes the given weights into those of a method", "mix_bp", hint="method: entropy or critic")
    return mix


def _words(sheet: Sheet) -> dict[str, Mapping[str, Text]]:
    sheet.only(WORD_FAMILIES)
    families = {family: sheet.table(family) for family in sheet.data if family in WORD_FAMILIES}
    return {
        family: MappingProxyType({code: table.title(code) for code in table.data}) for family, table in families.items()
    }


def _weights(score: Sheet) -> dict[str, Mapping[str, int]]:
    result: dict[str, Mapping[str, int]] = {}
    holder = score.table("weights", None)
    for stage in holder.data:
        weights = holder.table(stage)
        points = {dimension: int(weights.whole(dimension)) for dimension in weights.data}
        if sum(points.values()) != 1000 or min(points.values()) < 0:
            holder.fail(f"weights of {stage} sum to {sum(points.values())}, not 1000", stage)
        result[stage] = MappingProxyType(points)
    return result
