"""`kerong rules fields`: a writer of rules finds what may be named."""

import json

from typer.testing import CliRunner

from kerong.cli import app


def said(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["rules", "fields", *arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_every_field_that_a_shipped_rule_reads_is_listed_with_its_type() -> None:
    from kerong.rulebook import load
    from kerong.rulebook.tree import walk
    from kerong.store.packs import read_pack

    status, text = said("demo", "--json")
    listed = {field["name"]: field["type"] for field in json.loads(text)}
    rules = load(read_pack("demo")).rules.values()
    read = {
        ".".join(node.field): str(node.type)
        for rule in rules
        for clause in rule.clauses
        for node in walk(clause.condition)
        if node.kind == "field"
    }
    assert status == 0
    assert len(read) > 40
    assert {name: listed.get(name) for name in read} == read


def test_a_word_of_the_title_in_either_language_finds_its_fields() -> None:
    for word in ("发明", "Invention", "inventions_3y"):
        status, text = said("demo", word, "--lang", "en")
        assert status == 0
        assert "enterprise.inventions_3y" in text
        assert "enterprise.loan_balance_fen" not in text


def test_a_word_that_no_field_has_is_refused_with_the_nearest() -> None:
    status, text = said("demo", "headcont")
    assert status == 2
    assert "did you mean enterprise.headcount?" in " ".join(text.split())
