"""All values of an enterprise in groups, with unit, direction, periods known and age; each leads to its origin."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from kerong.rulebook.content import Rulebook, Text
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.sensitivity import registers_behind
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.objections import Disputed, subject_title
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import kind_of

PROVIDED = Text("登记信息", "As registered")
FORMULAS = Text("由其他数据算出", "Worked out of other values")


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value: how it is written, what it means, how many periods are known, how old it is, whether it is disputed.

    `periods` and `age` (days) are of its registers: the fewest periods, the oldest day.
    """

    name: str
    title: Text
    kind: str
    value: Any
    unit: str | None
    better: str | None
    meaning: Text | None
    periods: int | None
    age: int | None
    disputed: str


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Values of one register, of one network, or worked out of others."""

    title: Text
    lines: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """How many values are withheld for one reason."""

    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Values:
    """The page of all values."""

    groups: tuple[ValueGroup, ...]
    withheld: tuple[Withheld, ...]
    shown: int


def values(
    published: Published, enterprise: Mapping[str, Any], held: Carried, marks: Disputed, search: str = ""
) -> Values:
    """The values that the reader may see, narrowed to those that have the words in name, title or meaning."""
    words, told = search.lower().split(), []
    covered = _covered(published, str(enterprise["enterprise_id"]))
    for title, names in grouped(published.rulebook):
        lines = [_line(published, enterprise, n, marks, covered) for n in names if held.has(n) and n in enterprise]
        kept = tuple(line for line in lines if _has(line, words))
        told += [ValueGroup(title, kept)] if kept else []
    lost = Counter(held.why_not(n) for _, names in grouped(published.rulebook) for n in names if not held.has(n))
    withheld = tuple(Withheld(why, count) for why, count in sorted(lost.items()))
    return Values(tuple(told), withheld, sum(len(group.lines) for group in told))


def grouped(book: Rulebook) -> Iterator[tuple[Text, list[str]]]:
    """Every field of an enterprise, each in one group: provided, by register, by network, formulas."""
    made = {*book.measures, *book.formulas, *book.network_fields}
    yield PROVIDED, [name for name in book.region.provides if name not in made]
    for register in book.registers.values():
        yield register.title, [name for name, item in book.measures.items() if item.over == register.name]
    for network in book.networks.values():
        yield network.title, list(network.fields)
    yield FORMULAS, list(book.formulas)


def _line(
    published: Published,
    enterprise: Mapping[str, Any],
    name: str,
    marks: Disputed,
    covered: Mapping[str, tuple[int | None, date | None]],
) -> ValueLine:
    book = published.rulebook
    item = book.measures.get(name) or book.formulas.get(name) or book.network_fields.get(name)
    told = [covered[register] for register in registers_behind(book, name) if register in covered]
    periods = [count for count, _ in told if count is not None]
    days = [known for _, known in told if known is not None]
    pairs = book.region.provides.get(name, ())
    kind = item.type if item else provided_type(pairs, book.registers)
    return ValueLine(
        name=name,
        title=subject_title(book, name),
        kind="stage" if f"enterprise.{name}" == book.region.stage else kind_of(kind),
        value=enterprise[name],
        unit=item.unit if item else None,
        better=item.better if item else None,
        meaning=item.meaning if item else None,
        periods=min(periods, default=None),
        age=(published.on - min(days)).days if days else None,
        disputed=marks.of(name),
    )


def _covered(published: Published, enterprise_id: str) -> dict[str, tuple[int | None, date | None]]:
    """Periods and youngest row of every register that knows the enterprise; nothing of runs that do not say it."""
    if "coverage" not in published.tables:
        return {}
    found = published.table("coverage").filter(pl.col("enterprise_id") == enterprise_id).collect()
    return {row["register"]: (row["periods"], row["known"]) for row in found.iter_rows(named=True)}


def _has(line: ValueLine, words: list[str]) -> bool:
    meaning = (line.meaning.zh, line.meaning.en) if line.meaning else ()
    text = " ".join((line.name, line.title.zh, line.title.en, *meaning)).lower()
    return all(word in text for word in words)
