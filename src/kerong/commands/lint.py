"""`kerong rules lint`: what a reader of the rules would remark, without any facts."""

import json
import sys
from dataclasses import asdict
from itertools import groupby
from typing import Annotated, Literal

import typer

from kerong.commands.packs import console, open_pack
from kerong.rulebook.lint import Finding
from kerong.rulebook.lint import lint as findings_of
from kerong.rulebook.lint.cliffs import TENTH
from kerong.store.packs import region_names

STYLES = {"error": "red", "warning": "yellow", "note": "dim"}
TITLES = {
    "source": ("依据", "sources"),
    "case": ("案例", "cases"),
    "proof": ("证明", "proof by cases"),
    "date": ("日期", "dates"),
    "clause": ("条件", "clauses"),
    "formula": ("公式", "formulas"),
    "branch": ("分支", "branches"),
    "exception": ("例外", "exceptions"),
    "tier": ("档次", "tiers"),
    "cliff": ("断崖", "cliffs"),
    "twice": ("重复给付", "paid twice"),
    "waterfall": ("分担瀑布", "waterfalls"),
    "competition": ("公平竞争", "fair competition"),
    "accepted": ("说明", "explanations"),
    "unused": ("未使用", "unused"),
}


def lint(
    region: Annotated[str | None, typer.Argument(help="a region's name or folder; default: every region")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    accepted: Annotated[bool, typer.Option("--accepted", help="also what the rule files explain")] = False,
    notes: Annotated[bool, typer.Option(help="also what is only good to know")] = True,
    cliff: Annotated[int, typer.Option(help="basis points of an amount that one more unit may cost", min=0)] = TENTH,
) -> None:
    """Find what is missing, impossible, contradictory or worth a question; errors and warnings need a reason."""
    opened = [(one, open_pack(one)[0]) for one in ([region] if region else region_names())]
    found = [(one, finding) for one, book in opened for finding in findings_of(book, cliff)]
    shown = [(one, f) for one, f in found if (accepted or f.accepted is None) and (notes or f.severity != "note")]
    if as_json:
        rows = [{"region": one, **asdict(finding)} for one, finding in shown]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        _show(shown, lang)
        _count([finding for _, finding in found], lang)
    if any(finding.is_open for _, finding in found):
        sys.exit(1)


def _show(found: list[tuple[str, Finding]], lang: str) -> None:
    for (region, check), group in groupby(found, key=lambda pair: (pair[0], pair[1].check)):
        title = TITLES.get(check.partition(".")[0], (check, check))[lang == "en"]
        console.print(f"{region}: {title} [{check}]", markup=False, style="bold", soft_wrap=True)
        for _, finding in group:
            place = f"{finding.place.file}:{finding.place.line}"
            told = f"  {place}: {finding.rule}: {finding.in_(lang)}"
            style = STYLES[finding.severity] if finding.accepted is None else STYLES["note"]
            console.print(told, markup=False, style=style, soft_wrap=True)
            if finding.accepted is not None:
                why = "已说明" if lang == "zh" else "explained"
                console.print(f"    {why}: {finding.accepted}", markup=False, style="dim", soft_wrap=True)


def _count(found: list[Finding], lang: str) -> None:
    open_ = [finding.severity for finding in found if finding.accepted is None]
    counts = [open_.count(severity) for severity in ("error", "warning", "note")]
    explained = len(found) - len(open_)
    if lang == "zh":
        said = f"错误 {counts[0]} 项，警告 {counts[1]} 项，提示 {counts[2]} 项，已说明 {explained} 项"
    else:
        said = f"{counts[0]} errors, {counts[1]} warnings, {counts[2]} notes, {explained} explained"
    console.print(said, markup=False)
