"""The summary of a run on a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from kerong.engine.entitle.words import money
from kerong.rulebook import Rulebook

MOST_PROBLEMS = 12


def print_summary(console: Console, summary: Mapping[str, Any], rulebook: Rulebook) -> None:
    """Enterprises and grades, then one line a rule, then problems by kind, then regional tables' names."""
    firms, currency = summary["enterprises"], rulebook.region.currency
    grades = "  ".join(f"{line['name'] or '?'} {line['count']:,}" for line in firms["by_grade"])
    stages = "  ".join(f"{line['name'] or '?'} {line['count']:,}" for line in firms["by_stage"])
    title = f"{summary['region']['title']['zh']} {summary['region']['title']['en']}"
    console.print(f"{title}, {summary['on']}: {firms['count']:,} enterprises", markup=False, style="bold")
    console.print(f"grades: {grades}\nstages: {stages}", markup=False)
    table = Table("rule", "kind", *("met", "unknown", "failed", "error"), "awarded", title="enterprises per rule")
    for line in summary["rules"]:
        counts = line["enterprises"]
        numbers = [f"{counts[word]:,}" for word in ("met", "unknown", "failed", "error")]
        awarded = money(line["awarded_fen"], currency, "en") if line["awarded_fen"] else ""
        table.add_row(line["name"], line["kind"], *numbers, awarded)
    for column in table.columns[2:]:
        column.justify = "right"
    console.print(table)
    _problems(console, summary["problems"])


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
