"""Loading a pack: texts in, a checked `Rulebook` out, or every error at once and nothing."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

import polars as pl

from kerong.rulebook.changes import with_changes
from kerong.rulebook.channels import Channel
from kerong.rulebook.code_lists import CodeList
from kerong.rulebook.content import (
    ALERT_KINDS,
    CHECK_KINDS,
    POLICY_KINDS,
    PRODUCT_KINDS,
    Feed,
    Formula,
    Indicator,
    Measure,
    Purpose,
    Register,
    Rule,
    Rulebook,
    Statistic,
    WarnedEvent,
)
from kerong.rulebook.load_alerts import warned_event_of
from kerong.rulebook.load_calendars import calendars_of
from kerong.rulebook.load_cards import cards_of
from kerong.rulebook.load_channels import channel_of
from kerong.rulebook.load_codes import code_list_of, read_through
from kerong.rulebook.load_columns import (
    check_together,
    indicator_of,
    measure_of,
    row_types,
    statistic_of,
)
from kerong.rulebook.load_feeds import feed_of, purpose_of
from kerong.rulebook.load_formulas import RESERVED, Formulas, levels_of
from kerong.rulebook.load_groups import groups_of
from kerong.rulebook.load_limits import of_type
from kerong.rulebook.load_models import models_of
from kerong.rulebook.load_networks import networks_of
from kerong.rulebook.load_parameters import parameters_of
from kerong.rulebook.load_pools import Around, pools_of
from kerong.rulebook.load_published import FOLDERS as PUBLISHED
from kerong.rulebook.load_published import published_of
from kerong.rulebook.load_registers import provided_type, region_of, register_of
from kerong.rulebook.load_rules import Ground, rule_of, watch_of
from kerong.rulebook.load_waterfalls import Beside, waterfalls_of
from kerong.rulebook.overlay import Overlaid, overlaid
from kerong.rulebook.parse import Scope, nearest
from kerong.rulebook.sheets import RulebookError, RulebookErrors, Sheet, Stop, sheet
from kerong.rulebook.tree import Node
from kerong.rulebook.types import TEXT, Type

FOLDERS: tuple[str, ...] = (
    "registers",
    "measures",
    "networks",
    "formulas",
    "indicators",
    "products",
    "policies",
    "alerts",
    "checks",
    "limits",
    "statistics",
    "waterfalls",
    "pools",
    "views",
    "feeds",
    "codes",
    "purposes",
    "models",
    "cards",
    "events",
    "channels",
    "watches",
    "calendars",
    *PUBLISHED,
)
RULE_FOLDERS = {"policies": POLICY_KINDS, "products": PRODUCT_KINDS, "alerts": ALERT_KINDS, "checks": CHECK_KINDS}
T = TypeVar("T", Register, Measure, Formula, Indicator, Rule, Statistic, Feed, Purpose, CodeList, WarnedEvent, Channel)


def load(texts: Mapping[str, str], overrides: Mapping[str, str] | None = None, reform: str = "reform") -> Rulebook:
    """The rulebook of a pack from its files (relative path -> text); raises RulebookErrors with all errors.

    `overrides` are the files of a reform, laid over those of the pack as `overlay` says; `reform` is the folder by
    which errors name them. `texts` of the rulebook are then those of the pack after the reform.
    """
    errors: list[RulebookError] = []
    with _uncollected():
        laid = overlaid(texts, overrides, reform, errors) if overrides else Overlaid(texts)
        loader = _Loader(laid.texts, laid.sheets, errors)
        book = loader.book()
    if loader.errors or book is None:
        raise RulebookErrors(loader.errors)
    return book


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage: a pack is many small objects that all stay; looking through them costs a fifth."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was and not gc.get_freeze_count():  # what others have frozen stays so
            gc.freeze()  # and thawed, what is new counts as old: the next search would go through all of it
            gc.unfreeze()
        if was:
            gc.enable()


@dataclass(slots=True)
class _Loader:
    texts: Mapping[str, str]
    sheets: Mapping[str, Sheet]
    errors: list[RulebookError]
    districts: tuple[str, ...] = ()
    broken: set[str] = field(default_factory=set)  # rules that have errors of their own, then what names one

    def book(self) -> Rulebook | None:
        self._only_known_folders()
        head = self._one("region.toml")
        registers = self._registers()
        if head is None:
            return None
        try:
            region = region_of(head, registers)
        except Stop:
            return None
        self.districts = tuple(district.code for district in region.districts)
        registers = read_through(registers, self._each("codes", code_list_of).values(), self.districts)
        base: dict[str, Type] = {"enterprise_id": TEXT, "other_names": TEXT}
        base |= {name: provided_type(pairs, registers) for name, pairs in region.provides.items() if pairs}
        measures = self._measures(registers, base)
        fields = {name: row_types(register) for name, register in registers.items()}
        fields["enterprise"] = {**base, **{m.name: m.type for m in measures.values()}}
        networks = networks_of(self.files("networks"), registers, fields["enterprise"], self.districts)
        fields["enterprise"] |= {f.name: f.type for network in networks.values() for f in network.fields.values()}
        formulas = self._formulas(fields, registers)
        for (table, name), formula in formulas.done.items():
            fields[table][name] = formula.type
        known = fields["enterprise"]
        affiliates = self._affiliates(head, known)
        declared_events = self.files("events")
        statistics = self._statistics(registers, fields)
        events = self._each("events", lambda item: warned_event_of(item, registers, statistics))
        broken = {str(item.data.get("name")) for item in declared_events} - events.keys()
        of_firms = broken | {name for name, event in events.items() if event.events}
        of_institutions = broken | {name for name, event in events.items() if event.readings}
        rules = self._rules(Ground(region, registers, fields, affiliates is not None, of_firms))
        shared, parted = self.files("limits"), self.files("waterfalls")
        groups = groups_of(shared, rules, affiliates is not None, self.broken)
        waterfalls = waterfalls_of(parted, Beside(region, rules, groups, self.broken))
        self.broken |= {str(item.data.get("name")) for item in (*shared, *parted)} - {*rules, *groups, *waterfalls}
        around = Around(region, rules, waterfalls, {*rules, *groups, *waterfalls}, self.broken)
        pools = pools_of(self.files("pools"), around)
        book = Rulebook(
            region=region,
            registers=MappingProxyType(registers),
            measures=MappingProxyType(measures),
            networks=MappingProxyType(networks),
            formulas=MappingProxyType(formulas.of_enterprises()),
            row_formulas=MappingProxyType(formulas.of_rows()),
            indicators=MappingProxyType(self._indicators(registers, known)),
            rules=MappingProxyType(rules),
            statistics=MappingProxyType(statistics),
            watches=MappingProxyType(
                self._each("watches", lambda item: watch_of(item, region, statistics, of_institutions))
            ),
            levels=levels_of(formulas.of_enterprises()),
            texts=MappingProxyType(dict(self.texts)),
            groups=MappingProxyType(groups),
            affiliates=affiliates,
            waterfalls=MappingProxyType(waterfalls),
            pools=MappingProxyType(pools),
            feeds=MappingProxyType(self._each("feeds", lambda item: feed_of(item, registers))),
        )
        channels = self._each("channels", lambda item: channel_of(item, registers))
        book = replace(book, events=MappingProxyType(events), channels=MappingProxyType(channels))
        return self._with_models(replace(book, indicators=MappingProxyType(with_changes(book))), known)

    def _with_models(self, book: Rulebook, known: Mapping[str, Type]) -> Rulebook:
        """The rulebook with what rests on all of it: models and their cards, purposes, calendars, what is published."""
        declared = self.files("models")
        models = models_of(declared, book, known)
        failed = {str(item.data.get("name")) for item in declared} - models.keys()
        cards = cards_of(self.files("cards"), models, failed)
        purposes = self._each("purposes", lambda item: purpose_of(item, book.registers, known, models))
        book = replace(
            book,
            models=MappingProxyType(models),
            cards=MappingProxyType(cards),
            purposes=MappingProxyType(purposes),
            calendars=MappingProxyType(calendars_of(self.files("calendars"))),
        )
        folders = {folder: self.files(folder) for folder in PUBLISHED}
        return replace(book, published=published_of(folders, book, self.broken, self.errors))

    def _affiliates(self, head: Sheet, known: Mapping[str, Type]) -> Node | None:
        """The text that affiliated enterprises have in common: an expression over an enterprise's columns."""
        scope = Scope({"enterprise": known}, {})
        try:
            found = head.table("enterprise").expression("affiliates", lambda text: of_type(text, scope, TEXT), None)
        except Stop:
            return None
        return found if isinstance(found, Node) else None

    def _only_known_folders(self) -> None:
        """A file where nobody looks would be left out without a word."""
        for file in self.texts:
            folder, _, rest = file.partition("/")
            if file != "region.toml" and (not rest or folder not in FOLDERS):
                self.errors.append(RulebookError(file, 1, "no file of a region stands here", nearest(folder, FOLDERS)))

    def _one(self, file: str) -> Sheet | None:
        if file not in self.texts:
            self.errors.append(RulebookError(file, 1, "the pack has no region.toml"))
            return None
        return self._sheet(file)

    def _sheet(self, file: str) -> Sheet | None:
        return self.sheets.get(file) or sheet(file, self.texts[file], self.errors)

    def files(self, folder: str) -> list[Sheet]:
        """The readable sheets of a folder, by name."""
        found = [f for f in sorted(self.texts) if f.startswith(f"{folder}/") and f.endswith(".toml")]
        return [s for s in map(self._sheet, found) if s is not None]

    def _registers(self) -> dict[str, Register]:
        result: dict[str, Register] = {}
        for item in self.files("registers"):
            try:
                register = register_of(item)
                _check_patterns(item, register)
                self._add(result, register, item)
            except Stop:
                continue
        return result

    def _add(self, to: dict[str, T], item: T, at: Sheet) -> None:
        if item.name in to:
            at.fail(f"{item.name} is defined twice", "name", hint=f"first in {to[item.name].place.file}")
        else:
            to[item.name] = item

    def _each(self, folder: str, read: Callable[[Sheet], T]) -> dict[str, T]:
        """One record of every file of a folder, by name."""
        result: dict[str, T] = {}
        for item in self.files(folder):
            try:
                self._add(result, read(item), item)
            except Stop:
                continue
        return result

    def _measures(self, registers: Mapping[str, Register], base: Mapping[str, Type]) -> dict[str, Measure]:
        result: dict[str, Measure] = {}
        for file in self.files("measures"):
            file.only(["measure", "parameter", "table"])
            parameters = parameters_of(file, self.districts)
            for item in file.tables("measure"):
                try:
                    measure = measure_of(item, registers, parameters)
                    if measure.name in RESERVED:
                        raise item.fail(f"{measure.name} is a word of the language", "name")
                    if measure.name in base:
                        raise item.fail(f"{measure.name} is provided by a register already", "name")
                    self._add(result, measure, item)
                except Stop:
                    continue
        return result

    def _formulas(self, fields: Mapping[str, Mapping[str, Type]], registers: Mapping[str, Register]) -> Formulas:
        formulas = Formulas(fields, registers)
        for file in self.files("formulas"):
            file.only(["formula", "parameter", "table"])
            parameters = parameters_of(file, self.districts)
            for item in file.tables("formula"):
                try:
                    formulas.add(item, parameters)
                except Stop:
                    continue
        formulas.read()
        return formulas

    def _indicators(self, registers: Mapping[str, Register], known: Mapping[str, Type]) -> dict[str, Indicator]:
        result: dict[str, Indicator] = {}
        sheets: dict[str, Sheet] = {}
        scope = Scope({"enterprise": known}, {})
        for file in self.files("indicators"):
            file.only(["indicator"])
            for item in file.tables("indicator"):
                try:
                    self._add(result, indicator_of(item, scope, registers), item)
                    sheets[str(item.data.get("name"))] = item
                except Stop:
                    continue
        check_together(result, sheets)
        return result

    def _rules(self, ground: Ground) -> dict[str, Rule]:
        result: dict[str, Rule] = {}
        for folder, kinds in RULE_FOLDERS.items():
            for item in self.files(folder):
                try:
                    self._add(result, rule_of(item, kinds, ground), item)
                except Stop:
                    self.broken.add(str(item.data.get("name")))
        return dict(sorted(result.items()))

    def _statistics(
        self, registers: Mapping[str, Register], fields: Mapping[str, Mapping[str, Type]]
    ) -> dict[str, Statistic]:
        result: dict[str, Statistic] = {}
        for item in self.files("statistics"):
            try:
                self._add(result, statistic_of(item, registers, fields, parameters_of(item, self.districts)), item)
            except Stop:
                continue
        return result


def _check_patterns(sheet: Sheet, register: Register) -> None:
    """Cells are searched by Polars, whose expressions look neither around nor back."""
    for column in register.columns.values():
        if not column.extract:
            continue
        try:
            pl.Series([""]).str.extract(column.extract, 1)
        except pl.exceptions.ComputeError as error:
            why = str(error).strip().splitlines()[-1].removeprefix("error: ")
            raise sheet.fail(
                f"column {column.name}: extract cannot be used: {why}", "column", column.name, "extract"
            ) from None
