"""`kerong explain`: why one enterprise has a verdict, clause by clause, and what would be the next best action."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from kerong.commands.packs import console, stop
from kerong.engine.entitle import OUTCOME_NAMES, Explanation, Result, facts_of
from kerong.engine.entitle.action import Action, Advisor
from kerong.engine.entitle.explain import Explainer
from kerong.engine.entitle.sources import Batch, Origins
from kerong.engine.entitle.told import Batches, told
from kerong.engine.entitle.words import action_sentence, clause_lines, verdict_sentence
from kerong.rulebook import Rule, Rulebook, RulebookErrors, load
from kerong.rulebook.content import Text
from kerong.rulebook.parse import nearest
from kerong.rulebook.words import money
from kerong.store.files import fitting
from kerong.store.runs import NotARun, Run, read_run

PAYEES = {
    "institution": Text("机构", "institution"),
    "fund": Text("基金", "fund"),
    "person": Text("个人", "person"),
    "contestant": Text("参赛者", "contestant"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of a rule: its stored verdict, its explanation and action (None without a row to explain)."""

    rule: Rule
    row_key: str
    stored: Mapping[str, object]
    explanation: Explanation | None
    action: Action | None


def explain(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id, or its exact name")],
    rule: Annotated[str | None, typer.Option(help="one rule; default: all")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="explanation data")] = False,
) -> None:
    """Explain one enterprise's verdicts clause by clause, with the next best action where a rule is not met."""
    try:
        told_of = _Told(run, enterprise, rule)
    except NotARun as error:
        stop(f"kerong: {error}")
    except (RulebookErrors, pl.exceptions.PolarsError, LookupError, ValueError) as error:
        stop(f"kerong: {run} is a damaged run: {(str(error) or type(error).__name__).splitlines()[0]}")
    if as_json:
        sys.stdout.write(json.dumps(told_of.data(), ensure_ascii=False, indent=1) + "\n")
        return
    firm = told_of.firm
    console.print(f"{firm.get('name') or ''}  {firm['enterprise_id']}".strip(), markup=False, style="bold")
    for line in told_of.lines:
        _print(line, told_of.origins, lang)


class _Told:
    """All that a run says of one enterprise and one rule, or all rules."""

    def __init__(self, path: Path, enterprise: str, rule: str | None) -> None:
        self.run = read_run(path)
        self.rulebook: Rulebook = load(self.run.rulebook())
        if rule is not None and rule not in self.rulebook.rules:
            stop(f"kerong: there is no rule {rule}; {nearest(rule, self.rulebook.rules)}")
        self.firm = firm_of(self.run, enterprise)
        self.on = date.fromisoformat(str(self.run.manifest["on"]))
        self.origins = Origins(self.rulebook)
        self._advisor = Advisor(Explainer(self.rulebook, self.on))
        rules = [self.rulebook.rules[rule]] if rule else list(self.rulebook.rules.values())
        self.lines = [line for one in rules for line in self._subjects(one)]

    def data(self) -> list[dict[str, object]]:
        """The explanations as data, each beside its stored verdict."""
        files = _batches(self.run, self.rulebook)
        return [self._data(line, files) for line in self.lines]

    def _data(self, line: Line, files: Batches) -> dict[str, object]:
        stored = {name: str(value) if isinstance(value, date) else value for name, value in line.stored.items()}
        verdict = {**stored, "outcome": OUTCOME_NAMES[int(str(line.stored["outcome"]))]}
        if line.explanation is None:
            return {"rule": line.rule.name, "row_key": line.row_key, "verdict": verdict, "clauses": [], "action": None}
        said = told(line.explanation, line.rule, self.origins, self.on, files, line.row_key, line.action)
        return {"rule": line.rule.name, "row_key": line.row_key, "verdict": verdict, **said}

    def _subjects(self, rule: Rule) -> list[Line]:
        """One line per subject of the rule: the enterprise, or each of its rows; beside it the stored verdict."""
        mine = (pl.col("enterprise_id") == self.firm["enterprise_id"]) & (pl.col("rule") == rule.name)
        found = self.run.scan("verdicts").filter(mine).collect().iter_rows(named=True)
        verdicts = {str(verdict["row_key"]): verdict for verdict in found}
        facts = facts_of(self.firm)
        if rule.per == "enterprise":
            return [self._line(rule, "", verdicts[""], facts)]
        lines: list[Line] = []
        if f"rows/{rule.per}" in self.run.tables:
            own = pl.col("enterprise_id") == self.firm["enterprise_id"]
            rows = self.run.scan(f"rows/{rule.per}").filter(own).collect()
            for row in rows.sort("row_key").iter_rows(named=True):
                key = str(row["row_key"])
                lines.append(self._line(rule, key, verdicts[key], facts | facts_of(row, rule.per)))
        return lines or [Line(rule, "", verdicts[""], None, None)]

    def _line(
        self, rule: Rule, row_key: str, stored: Mapping[str, object], facts: dict[tuple[str, str], Result]
    ) -> Line:
        found = self._advisor.explainer.explain(rule.name, facts)
        return Line(rule, row_key, stored, found, self._advisor.action(rule.name, facts, found))


def firm_of(run: Run, wanted: str) -> dict[str, object]:
    """The enterprise's row of a run, by its id or its exact name; a line and the end where there is not one."""
    firms = run.scan("enterprises")
    keys = [key for key in ("enterprise_id", "name") if key in firms.collect_schema()]  # a region may provide no names
    frame = firms.filter(pl.any_horizontal(pl.col(key) == wanted for key in keys)).collect()
    if frame.height == 1:
        return frame.row(0, named=True)
    if frame.height > 1:
        stop(f"kerong: {frame.height} enterprises are called {wanted}: " + ", ".join(frame["enterprise_id"].to_list()))
    some = run.scan("enterprises").select("enterprise_id").head(3).collect()["enterprise_id"].to_list()
    return stop(f"kerong: the run has no enterprise {wanted}; its ids look like {', '.join(some)}")


def _batches(run: Run, rulebook: Rulebook) -> dict[str, list[Batch]]:
    """The files of the run's manifest by register: batches of an archive, or those of a folder by their names."""
    archive = run.manifest.get("archive")
    if isinstance(archive, dict):
        found: dict[str, list[Batch]] = {name: [] for name in rulebook.registers}
        for batch in archive["batches"]:
            found[batch["register"]].append(Batch(batch["file"], batch["sha256"]))
        return found
    inputs = run.manifest.get("inputs")
    hashes = {str(name): str(sha) for name, sha in inputs.items()} if isinstance(inputs, dict) else {}
    return {
        name: [Batch(file, hashes[file]) for file in fitting(hashes, register.files)]
        for name, register in rulebook.registers.items()
    }


def _print(line: Line, origins: Origins, lang: str) -> None:
    rule, stored, book = line.rule, line.stored, origins.rulebook
    outcome, clause = int(str(stored["outcome"])), int(str(stored["clause"]))
    head = f"{rule.title.in_(lang)} [{rule.name}]" + (f" {line.row_key}" if line.row_key else "")
    console.print(f"\n{head}", markup=False, style="cyan")
    console.print("  " + verdict_sentence(rule, outcome, clause, lang), markup=False)
    for said in clause_lines(line.explanation, rule, origins, lang) if line.explanation else []:
        console.print("    " + said, markup=False, soft_wrap=True)
    if line.action is not None:
        head = "下一步：" if lang == "zh" else "next: "
        console.print("  → " + head + action_sentence(line.action, book, lang), markup=False, soft_wrap=True)
    if isinstance(stored["awarded_fen"], int) and isinstance(stored["entitled_fen"], int):
        console.print("  " + _amount(stored, book, lang), markup=False)


def _amount(stored: Mapping[str, object], book: Rulebook, lang: str) -> str:
    awarded, entitled = (
        money(int(str(stored[name])), book.region.currency, lang) for name in ("awarded_fen", "entitled_fen")
    )
    payee = _payee(stored, book, lang)
    if lang == "zh":
        cut = f"（按规则 {entitled}，{stored['cut_by']}）" if stored["cut_by"] else ""
        return f"{payee or '可得 '}{awarded}{cut}"
    cut = f" (by the rule {entitled}, cut by {stored['cut_by']})" if stored["cut_by"] else ""
    return f"{payee or 'amount '}{awarded}{cut}"


def _payee(stored: Mapping[str, object], book: Rulebook, lang: str) -> str:
    """Who is paid, where it is not the enterprise itself; empty otherwise."""
    kind, payee = str(stored.get("payee_kind") or "enterprise"), str(stored.get("payee") or "")
    if kind == "enterprise":
        return ""
    names = {one.code: one.title.in_(lang) for one in book.region.institutions if kind == "institution"}
    named = f" {names[payee]} [{payee}]" if payee in names else f" {payee}"
    said = PAYEES[kind].in_(lang)
    return f"付给{said}{named}：" if lang == "zh" else f"paid to the {said}{named}: "
