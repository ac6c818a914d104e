"""The summary of a run on a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from kerong.rulebook import Rulebook
from kerong.rulebook.words import money

MOST_PROBLEMS = 12


def print_summary(console: Console, summary: Mapping[str, Any], rulebook: Rulebook) -> None:
    """Enterprises and grades, then one line a rule, then problems by kind, then regional tables' names."""
    firms = summary["enterprises"]
    title = f"{summary['region']['title']['zh']} {summary['region']['title']['en']}"
    console.print(f"{title}, {summary['on']}: {firms['count']:,} enterprises", markup=False, style="bold")
    for what, lines in (("grades", firms["by_grade"]), ("stages", firms["by_stage"])):
        if any(line["name"] for line in lines):
            told = "  ".join(f"{line['name'] or '?'} {line['count']:,}" for line in lines)
            console.print(f"{what}: {told}", markup=False)
    if summary["rules"]:
        _rules(console, summary["rules"], rulebook.region.currency)
    _problems(console, summary["problems"])


def _rules(console: Console, lines: list[dict[str, Any]], currency: str) -> None:
    words = ["met", "unknown", "failed"]
    if any(line["enterprises"]["error"] for line in lines):
        words.append("error")
    table = Table(title="enterprises per rule, and what is awarded or open to them", box=SIMPLE, pad_edge=False)
    table.add_column("rule", no_wrap=True)
    for heading in (*words, currency):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        awarded = money(line["awarded_fen"], currency, "en").removeprefix(currency).strip()
        numbers = [f"{line['enterprises'][word]:,}" for word in words]
        table.add_row(line["name"], *numbers, awarded if line["awarded_fen"] else "")
    console.print(table)


def _problems(console: Console, lines: list[dict[str, Any]]) -> None:
    total = sum(line["count"] for line in lines)
    if not total:
        console.print("no problems")
        return
    table = Table("register", "problem", "what became of it", "count", title=f"{total:,} problems")
    for line in sorted(lines, key=lambda item: -int(item["count"]))[:MOST_PROBLEMS]:
        table.add_row(line["register"] or line["stage"], line["kind"], line["severity"], f"{line['count']:,}")
    if len(lines) > MOST_PROBLEMS:
        table.add_row("…", f"{len(lines) - MOST_PROBLEMS} more kinds", "", "")
    table.columns[3].justify = "right"
    console.print(table)
