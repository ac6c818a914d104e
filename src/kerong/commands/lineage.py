"""`kerong lineage`: where a value of an enterprise comes from, down to file, batch and line."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from kerong.commands.explain import firm_of
from kerong.commands.facts import facts_of_run, is_archive, opened_facts
from kerong.commands.lineage_points import is_scored, traced_points
from kerong.commands.packs import console, day, open_pack, stop
from kerong.engine.problems import escaped, sentence
from kerong.engine.record import Decided, FactTable
from kerong.engine.record.lineage import Trace, Tracer
from kerong.engine.record.lineage_rows import Row
from kerong.engine.record.lineage_words import KINDS, WHY
from kerong.engine.score import Scale, ScaleRefused, from_json
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.parse import nearest
from kerong.rulebook.types import COLUMN_TYPES
from kerong.rulebook.words import shown
from kerong.store.archive import Archive, ArchiveError
from kerong.store.runs import NotARun, read_run

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose record, on which day, from which facts; `given` is what the run says of the enterprise."""

    rulebook: Rulebook
    on: date
    facts: Mapping[str, FactTable]
    enterprise_id: str
    given: Mapping[str, object]
    decided: Decided
    scale: Scale | None = None


def lineage(
    place: Annotated[Path, typer.Argument(metavar="RUN|ARCHIVE", help="folder of a run, or an archive")],
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id; of a run also its exact name")],
    field: Annotated[str, typer.Argument(help="a field, of `kerong rules fields`, points or indicator_<name>")],
    on: Annotated[str | None, typer.Option(help="of an archive: the day of the record")] = None,
    known_by: Annotated[str | None, typer.Option(help="of an archive: only what had come in by that day")] = None,
    region: Annotated[str | None, typer.Option(help="of an archive: another pack than the one that it names")] = None,
    registers: Annotated[Path | None, typer.Option(help="of a run: where its registers are now")] = None,
    every: Annotated[bool, typer.Option("--all", help=f"all rows, not only the first {MOST_ROWS}")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Show where a value comes from: its parts, their rows with file, batch and line, and why a row does not count."""
    try:
        if is_archive(place):
            asked = _of_archive(place, enterprise, region, on, known_by)
        else:
            asked = _of_run(place, enterprise, registers)
        name = field.removeprefix("enterprise.")
        tracer = Tracer(asked.enterprise_id, asked.facts, asked.rulebook, asked.on, asked.given, asked.decided)
        if asked.scale is not None and is_scored(name, asked.rulebook):
            found = traced_points(name, tracer, asked.scale)
        else:
            found = tracer.traces([name])[0]
    except (NotARun, RulebookErrors, ArchiveError, ScaleRefused) as error:
        stop(f"kerong: {error}")
    except KeyError as error:
        missing = str(error.args[0])
        if missing == field.removeprefix("enterprise."):
            stop(f"kerong: there is no field {missing}; {nearest(missing, _fields(asked.rulebook))}")
        stop(f"kerong: there is no enterprise {missing} in the registers")
    if as_json:
        sys.stdout.write(json.dumps(as_data(found), ensure_ascii=False, indent=1, default=str) + "\n")
        return
    for line in lines(found, asked.rulebook, lang, None if every else MOST_ROWS):
        console.print(line, markup=False, soft_wrap=True)


def _of_archive(place: Path, enterprise: str, region: str | None, on: str | None, known_by: str | None) -> Asked:
    rulebook, _ = open_pack(region or Archive.opened(place).region)
    opened = opened_facts(place, rulebook, None if known_by is None else day(known_by, rulebook))
    return Asked(rulebook, day(on, rulebook), opened.facts, enterprise, {}, opened.decided)


def _of_run(place: Path, enterprise: str, registers: Path | None) -> Asked:
    run = read_run(place)
    rulebook = load(run.rulebook())
    firm = firm_of(run, enterprise)
    networks = {name for net in rulebook.networks.values() for name in net.fields}
    given = {name: value for name, value in firm.items() if name.removesuffix("!error") in networks}
    when = date.fromisoformat(str(run.manifest["on"]))
    scale = from_json((run.path / "scale.json").read_text("utf-8"))
    facts, decided = facts_of_run(run, rulebook, registers)
    return Asked(rulebook, when, facts, str(firm["enterprise_id"]), given, decided, scale)


def _fields(book: Rulebook) -> list[str]:
    networks = [name for net in book.networks.values() for name in net.fields]
    scored = [f"indicator_{name}" for name in book.indicators]
    return [*book.region.provides, *book.measures, *book.formulas, *networks, *scored]


def as_data(trace: Trace) -> dict[str, object]:
    """The tree as JSON values; dates are written as texts."""
    told: dict[str, object] = {
        "field": trace.field,
        "kind": trace.kind,
        "title": {"zh": trace.title.zh, "en": trace.title.en},
        "type": str(trace.type),
        "unit": trace.unit,
        "value": trace.value,
        "state": trace.state,
        "why": trace.why,
        "says": trace.says,
        "register": trace.register,
        "window": trace.window,
        "known": trace.known,
    }
    rows = [{name: getattr(row, name) for name in row.__slots__} | {"counts": row.counts} for row in trace.rows]
    return told | {"rows": rows, "parts": [as_data(part) for part in trace.parts]}


def lines(trace: Trace, book: Rulebook, lang: str, most: int | None, depth: int = 0) -> Iterator[str]:
    """The tree as indented lines."""
    pad = "  " * depth
    value = shown(trace.value, trace.type, book.region.currency, lang)
    why = f" ({WHY[trace.why].in_(lang)})" if trace.why else ""
    yield f"{pad}{trace.title.in_(lang)} [{trace.field}] = {value}{why}"
    about = [KINDS[trace.kind].in_(lang)]
    if trace.says:
        about.append(trace.says)
    if trace.window:
        about.append(f"{trace.window[0]} – < {trace.window[1]}")
    if trace.known:
        about.append(("数据截至 " if lang == "zh" else "known on ") + trace.known.isoformat())
    yield f"{pad}  {'; '.join(about)}"
    ordered = sorted(trace.rows, key=lambda row: not row.counts)  # what counts first: the rest may be cut off
    for row in ordered[:most]:
        yield f"{pad}  {_row(row, book, lang)}"
    rest = len(trace.rows) - len(trace.rows[:most])
    if rest:
        counted = sum(row.counts for row in trace.rows)
        told = (
            f"… 另有 {rest} 行（共 {counted} 行计入）"
            if lang == "zh"
            else f"… {rest} more rows ({counted} count in all)"
        )
        yield f"{pad}  {told}"
    for part in trace.parts:
        yield from lines(part, book, lang, most, depth + 1)


def _row(row: Row, book: Rulebook, lang: str) -> str:
    """One row: whether it counts, where it stands, what it says."""
    register = book.registers[row.register]
    place = f"{row.file} 第 {row.line} 行" if lang == "zh" else f"{row.file}, line {row.line}"
    batch = f" ({row.batch})" if row.batch else ""
    cells = [
        f"{register.columns[name].title.in_(lang)} "
        + shown(value, COLUMN_TYPES[register.columns[name].type], book.region.currency, lang)
        for name, value in row.cells.items()
        if name in register.columns
    ]
    cells += [f"{register.columns[name].title.in_(lang)} {cell}" for name, cell in row.raw.items()]
    mark = "+" if row.counts else "-"
    if row.faults:
        why = "; ".join(sentence({**fault, "stage": "record"}, lang) for fault in row.faults)
        return escaped(f"{mark} {place}{batch}: {', '.join(cells)} [{why}]")
    why = "" if row.counts else f" [{WHY[row.why].in_(lang)}]"
    return f"{mark} {place}{batch}: {', '.join(cells)}{why}"
