"""The worked example of docs/algorithms/explanation.md is what the code says."""

import json
import re
from datetime import date
from pathlib import Path

from kerong.engine.entitle.action import Advisor
from kerong.engine.entitle.explain import Explainer, explain
from kerong.engine.entitle.recompute import Recompute
from kerong.engine.entitle.sources import Batch, Origins
from kerong.engine.entitle.told import told
from kerong.engine.entitle.words import sentence
from kerong.rulebook import load
from tests.engine.entitle.book import ON, book, firm, texts

PAGE = Path(__file__).parents[3] / "docs/algorithms/explanation.md"
ROW = re.compile(r"\| `(enterprise\.(\w+)[^`]*)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


def value_of(text: str) -> float | bool | date | None:
    """A value as the table writes it."""
    if text in ("true", "false", "-"):
        return {"true": True, "false": False, "-": None}[text]
    if "-" in text:
        return date.fromisoformat(text)
    return float(text) if "." in text else int(text)


def test_the_table_of_sentences_is_made_from_its_values() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) == 5
    for condition, field, value, zh, en in rows:
        found = texts(condition)
        share = found["formulas/all.toml"].replace(
            'zh = "研发占比", en = "Formula"', 'zh = "研发占比", en = "R&D share"'
        )
        rulebook = load(found | {"formulas/all.toml": share})
        held = firm(**{field: value_of(value.strip())})
        (part,) = explain(rulebook.rules["grant"], held, ON).clauses[0].compared
        parameters = rulebook.rules["grant"].parameters
        assert [sentence(part, parameters, rulebook, lang) for lang in ("zh", "en")] == [zh.strip(), en.strip()]


def test_the_data_on_the_page_are_those_that_the_code_gives() -> None:
    found = book("enterprise.staff >= 10")
    held = firm(staff=4, research_fen=1_000_00, is_listed=False, sales_fen=None, founded_on=None)
    held = Recompute(found, ON).changed(held, held)
    explainer = Explainer(found, ON)
    explanation = explainer.explain("grant", held)
    action = Advisor(explainer).action("grant", held, explanation)
    files = {"firm": [Batch("firm.csv", "ab12")]}
    data = told(explanation, found.rules["grant"], Origins(found), ON, files, "", action)
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    clause = json.loads(json.dumps(data))["clauses"][0]
    assert json.loads(block) == {"compared": clause["compared"][0], "action": data["action"]}
    staff = clause["read"]["enterprise.staff"]
    assert (staff["value"], staff["registers"][0]["files"]) == (4, [{"file": "firm.csv", "sha256": "ab12"}])
    assert clause["source"] == {"document": "办法", "clause": "第一条", "file": "policies/grant.toml", "line": 9}


def test_data_are_plain_json_for_spells_tables_errors_and_numbers_that_are_too_large() -> None:
    rulebook = book("enterprise.research_fen / enterprise.sales_fen >= 2", "enterprise.founded_on <= on")
    explanation = explain(rulebook.rules["grant"], firm(research_fen=1, sales_fen=0, founded_on=ON), ON)
    data = told(explanation, rulebook.rules["grant"], Origins(rulebook), ON, {}, "", None)
    whole = json.loads(json.dumps(data, allow_nan=False))
    assert whole["reason"] == "division by zero"
    assert whole["clauses"][0]["compared"][0]["value"] == {"error": "division by zero"}
    assert whole["clauses"][1]["compared"][0]["threshold"] == "2025-06-30"
    assert whole["action"] is None


def test_a_distance_that_no_number_holds_is_left_out_of_the_data() -> None:
    rulebook = book("enterprise.research_share >= -1.0")
    explanation = explain(rulebook.rules["grant"], firm(research_share=float("1e308") * 10), ON)
    data = told(explanation, rulebook.rules["grant"], Origins(rulebook), ON, {}, "", None)
    assert json.loads(json.dumps(data, allow_nan=False))["clauses"][0]["compared"][0]["margin"] is None
