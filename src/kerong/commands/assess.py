"""`kerong assess`: the main job, from a folder of raw registers to a run on disk."""

import hashlib
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from kerong import flow, past
from kerong.commands.facts import Opened, opened_facts
from kerong.commands.packs import console, day, open_pack, stop
from kerong.commands.summary import print_summary
from kerong.commands.used import digest_of, used_before
from kerong.engine.problems import sentence
from kerong.engine.record import Refused
from kerong.engine.record.network import network_edges
from kerong.engine.score import quarters_before
from kerong.engine.score.credit import card_of
from kerong.rulebook import Rulebook
from kerong.store.packs import reports_of
from kerong.store.runs import Document, NotARun, check_target, code_hash, peak_memory_mb, write_run


class Watch:
    """Seconds and peak memory of each stage."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.stages: list[dict[str, object]] = []
        self.name = ""

    def __call__(self, stage: str) -> None:
        now = time.perf_counter()
        if self.name:
            seconds = round(now - self.begun, 3)
            self.stages.append({"stage": self.name, "seconds": seconds, "peak_mb": round(peak_memory_mb(), 1)})
        self.begun, self.name = now, stage


def assess(
    registers: Annotated[Path, typer.Argument(help="folder of raw registers, or an archive")],
    region: Annotated[str, typer.Option(help="a region's name, or a folder with region.toml")],
    out: Annotated[Path, typer.Option(help="folder of the run; it is written whole or not at all")],
    on: Annotated[str | None, typer.Option(help="day of the run: what was known later is left out")] = None,
    known_by: Annotated[str | None, typer.Option(help="of an archive: only what had come in by that day")] = None,
    history: Annotated[int, typer.Option(min=0, max=40, help="quarters back to which the index is read as well")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print the summary as JSON")] = False,
    used: Annotated[Path | None, typer.Option(help="CSV of what was granted before: it is not awarded again")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="the same, from the cases of the portal in that folder")] = None,
) -> None:
    """From registers to scores, verdicts, awards and ranked offers."""
    rulebook, texts = open_pack(region)
    reports = reports_of(region)
    when = day(on, rulebook)
    source = opened_facts(registers, rulebook, None if known_by is None else day(known_by, rulebook))
    _check_out(out)
    before = used_before(used, data_dir, rulebook.region.name)
    watch = Watch()
    try:
        found = flow.assess(source.facts, rulebook, before, when, watch, source.decided)
        trend = _trend(found, rulebook, source, when, history, watch)
    except Refused as refused:
        for row in refused.problems.iter_rows(named=True):
            typer.echo(sentence(row, "en") + " / " + sentence(row, "zh"), err=True)
        stop("kerong: nothing was written; the registers above cannot be used", status=1)
    watch("write")
    try:
        documents = _documents(found, rulebook, texts, reports, source, when, watch, before)
        write_run(out, _tables(found, rulebook, when) | trend, documents)
    except (NotARun, OSError) as error:
        stop(f"kerong: the run is not written: {error}")
    if as_json:
        sys.stdout.write(json.dumps(found.summary, ensure_ascii=False, indent=1) + "\n")
    else:
        print_summary(console, found.summary, rulebook)
        _print_stages(watch, out)


def _check_out(out: Path) -> None:
    """Says before the work begins that its result could not be written."""
    try:
        check_target(out.absolute())
    except (NotARun, OSError) as error:
        stop(f"kerong: {error}")


def _trend(
    found: flow.Assessment, rulebook: Rulebook, source: Opened, when: date, quarters: int, watch: Watch
) -> dict[str, pl.DataFrame]:
    """The index of the run's day and of quarters before it, by the run's scale; how far firms come in a year."""
    if not quarters:
        return {}
    watch("history")
    days = quarters_before(when, quarters)
    return past.index_history(source.facts, rulebook, found.scale, days, decided=source.decided)


def _tables(found: flow.Assessment, rulebook: Rulebook, when: date) -> dict[str, pl.DataFrame]:
    pers = sorted({rule.per for rule in rulebook.rules.values()} - {"enterprise"})
    return {
        "enterprises": found.enterprises,
        "scores": found.scores,
        "verdicts": found.verdicts,
        "cuts": found.cuts,
        "offers": found.offers,
        "problems": found.problems,
        "conflicts": found.conflicts,
        "provenance": found.provenance,
        "coverage": found.coverage,
        "credit": found.credit,
        "warnings": found.warnings,
        "ties": found.ties,
        "contagion": found.contagion,
        **{f"rows/{name}": found.registers[name] for name in pers if name in found.registers},
        **{f"statistics/{name}": table for name, table in found.statistics.items()},
        **{f"networks/{name}": edges for name, edges in network_edges(rulebook, found.registers, when).items()},
    }


def _documents(
    found: flow.Assessment,
    rulebook: Rulebook,
    texts: dict[str, str],
    reports: dict[str, str],
    source: Opened,
    when: date,
    watch: Watch,
    used: pl.DataFrame,
) -> dict[str, Document]:
    """The manifest alone tells how long it took; all other documents depend on facts, rules and code alone."""
    return {
        "summary.json": json.dumps(found.summary, ensure_ascii=False, indent=1) + "\n",
        "scale.json": found.scale.to_json(),
        **{f"models/{name}.json": card_of(rules).to_json() for name, rules in sorted(rulebook.cards.items())},
        **{f"models/tested/{name}.json": text for name, text in reports.items()},
        **{f"rulebook/{name}": text for name, text in texts.items()},
        "manifest.json": lambda: _manifest(found, rulebook, texts, reports, source, when, watch, used),
    }


def _manifest(
    found: flow.Assessment,
    rulebook: Rulebook,
    texts: dict[str, str],
    reports: dict[str, str],
    source: Opened,
    when: date,
    watch: Watch,
    used: pl.DataFrame,
) -> str:
    rules = _hash_of(texts)
    identity = {
        "region": rulebook.region.name,
        "on": when.isoformat(),
        **source.told(),
        "rulebook": rules,
        **({"tested": _hash_of(reports)} if reports else {}),
        **({"used": digest_of(used)} if used.height else {}),
        "code": code_hash(),
    }
    run_id = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    watch("")
    counts = {
        "enterprises": found.enterprises.height,
        "verdicts": found.verdicts.height,
        "offers": found.offers.height,
        "problems": found.problems.height,
        "rows": dict(found.rows),
    }
    manifest = {
        "run_id": run_id,
        **identity,
        "source": str(source.place.absolute()),
        "counts": counts,
        "stages": watch.stages,
        "seconds": round(sum(float(str(stage["seconds"])) for stage in watch.stages), 3),
        "peak_mb": round(peak_memory_mb(), 1),
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


def _hash_of(texts: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(texts.items()), ensure_ascii=False).encode()).hexdigest()


def _print_stages(watch: Watch, out: Path) -> None:
    stages = ", ".join(f"{s['stage']} {s['seconds']} s" for s in watch.stages)
    console.print(f"{stages}; peak memory {peak_memory_mb():,.0f} MB; written to {out}", markup=False, soft_wrap=True)
