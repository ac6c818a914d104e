"""`kerong explain`: why one enterprise has a verdict, clause by clause, by the plain evaluator."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from kerong.commands.packs import console, stop
from kerong.engine import entitle
from kerong.engine.entitle.words import clause_lines, money, verdict_sentence
from kerong.rulebook import Rule, Rulebook, RulebookErrors, load
from kerong.rulebook.parse import nearest
from kerong.store.runs import NotARun, Run, read_run


def explain(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id, or its exact name")],
    rule: Annotated[str | None, typer.Option(help="one rule; default: all")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="explanation data")] = False,
) -> None:
    """Explain one enterprise's verdicts clause by clause."""
    try:
        rulebook, firm, data = _explained(run, enterprise, rule)
    except NotARun as error:
        stop(f"kerong: {error}")
    except (RulebookErrors, pl.exceptions.PolarsError, LookupError, ValueError) as error:
        stop(f"kerong: {run} is a damaged run: {(str(error) or type(error).__name__).splitlines()[0]}")
    if as_json:
        sys.stdout.write(json.dumps([_json(*line) for line in data], ensure_ascii=False, indent=1, default=str) + "\n")
        return
    console.print(f"{firm.get('name') or ''}  {firm['enterprise_id']}".strip(), markup=False, style="bold")
    for one, row_key, explanation, stored in data:
        _print(one, row_key, explanation, stored, rulebook, lang)


def _explained(run: Path, enterprise: str, rule: str | None) -> tuple[Rulebook, dict[str, object], list["Line"]]:
    """The run's rulebook, the firm's row, and a line per subject of the rule, or of all rules."""
    found = read_run(run)
    rulebook = load(found.rulebook())
    if rule is not None and rule not in rulebook.rules:
        stop(f"kerong: there is no rule {rule}; {nearest(rule, rulebook.rules)}")
    firm = _firm(found, enterprise)
    on = date.fromisoformat(str(found.manifest["on"]))
    rules = [rulebook.rules[rule]] if rule else list(rulebook.rules.values())
    return rulebook, firm, [line for one in rules for line in _subjects(found, one, firm, on)]


def _firm(run: Run, wanted: str) -> dict[str, object]:
    firms = run.scan("enterprises")
    keys = [key for key in ("enterprise_id", "name") if key in firms.collect_schema()]  # a region may provide no names
    frame = firms.filter(pl.any_horizontal(pl.col(key) == wanted for key in keys)).collect()
    if frame.height == 1:
        return frame.row(0, named=True)
    if frame.height > 1:
        stop(f"kerong: {frame.height} enterprises are called {wanted}: " + ", ".join(frame["enterprise_id"].to_list()))
    some = run.scan("enterprises").select("enterprise_id").head(3).collect()["enterprise_id"].to_list()
    return stop(f"kerong: the run has no enterprise {wanted}; its ids look like {', '.join(some)}")


Line = tuple[Rule, str, entitle.Explanation | None, dict[str, object]]


def _subjects(run: Run, rule: Rule, firm: dict[str, object], on: date) -> list[Line]:
    """One line per subject of the rule: the enterprise, or each of its rows; beside it the stored verdict."""
    mine = (pl.col("enterprise_id") == firm["enterprise_id"]) & (pl.col("rule") == rule.name)
    verdicts = {str(v["row_key"]): v for v in run.scan("verdicts").filter(mine).collect().iter_rows(named=True)}
    facts = entitle.facts_of(firm)
    if rule.per == "enterprise":
        return [(rule, "", entitle.explain(rule, facts, on), verdicts[""])]
    lines: list[Line] = []
    if f"rows/{rule.per}" in run.tables:
        rows = run.scan(f"rows/{rule.per}").filter(pl.col("enterprise_id") == firm["enterprise_id"]).collect()
        for row in rows.sort("row_key").iter_rows(named=True):
            own = {f"{rule.per}.{name}": value for name, value in row.items()}
            explanation = entitle.explain(rule, facts | entitle.facts_of(own), on)
            lines.append((rule, str(row["row_key"]), explanation, verdicts[str(row["row_key"])]))
    return lines or [(rule, "", None, verdicts[""])]


def _print(
    rule: Rule,
    row_key: str,
    explanation: entitle.Explanation | None,
    stored: dict[str, object],
    book: Rulebook,
    lang: str,
) -> None:
    outcome, clause = int(str(stored["outcome"])), int(str(stored["clause"]))
    head = f"{rule.title.in_(lang)} [{rule.name}]" + (f" {row_key}" if row_key else "")
    console.print(f"\n{head}", markup=False, style="cyan")
    console.print("  " + verdict_sentence(rule, outcome, clause, lang), markup=False)
    for line in clause_lines(explanation, rule, book, lang) if explanation else []:
        console.print("    " + line, markup=False, soft_wrap=True)
    if isinstance(stored["awarded_fen"], int) and isinstance(stored["entitled_fen"], int):
        currency = book.region.currency
        said = ("可得", "按规则") if lang == "zh" else ("amount", "by the rule")
        text = f"  {said[0]} {money(stored['awarded_fen'], currency, lang)}"
        if stored["cut_by"]:
            by_rule = f"{said[1]} {money(stored['entitled_fen'], currency, lang)}"
            text += f"（{by_rule}，{stored['cut_by']}）" if lang == "zh" else f" ({by_rule}, cut by {stored['cut_by']})"
        console.print(text, markup=False)


def _json(
    rule: Rule, row_key: str, explanation: entitle.Explanation | None, stored: dict[str, object]
) -> dict[str, object]:
    clauses = [
        {
            "number": c.number,
            "is": c.clause.text,
            "outcome": entitle.OUTCOME_NAMES[c.outcome],
            "read": {f"{r.table}.{r.column}": asdict(r)["value"] for r in c.read},
            "parameters": dict(c.parameters),
        }
        for c in (explanation.clauses if explanation else ())
    ]
    verdict = {**stored, "outcome": entitle.OUTCOME_NAMES[int(str(stored["outcome"]))]}
    return {"rule": rule.name, "row_key": row_key, "verdict": verdict, "clauses": clauses}
