"""The manual's examples are loaded and run: what the page says is what happens."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kerong.lab.cases import run_cases, run_group_cases, run_waterfall_cases
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.start import Answers, District, starting_pack
from kerong.store.packs import read_pack

MANUAL = (Path(__file__).parents[2] / "docs" / "rulebook.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [text for kind, text in FENCE.findall(MANUAL) if kind == "toml"]
PART = "# a rule with\n"
FILE = re.compile(r"# (\S+\.toml)\n")
REFUSED = re.compile(r"# refused: (.*)\n")
FAILING = re.compile(r"# case fails: (.*)\n")
parts = [text for text in BLOCKS if text.startswith(PART)]
refused = [text for text in parts if REFUSED.search(text)]
sound = [text for text in parts if not REFUSED.search(text)]


def rule(name: str, text: str) -> str:
    """A whole rule file from a part of one: what the manual leaves out is put around it."""
    kind = "subsidy" if "[amount]" in text else "recognition"
    head = f'name = "{name}"\nkind = "{kind}"\ntitle = {{ zh = "甲", en = "A" }}\ntext = "甲"\n'
    return head + text + '\n[source]\ndocument = "办法"\nclause = "第一条"\n'


@cache
def base() -> dict[str, str]:
    """A new region as the manual has it laid out, with every whole file of the manual."""
    districts = (District("330402", "南湖区", "Nanhu"), District("330411", "秀洲区", "Xiuzhou"))
    answers = Answers("mycity", "我的市", "My City", "CNY", "china", districts, ("city",), date(2025, 6, 30))
    files = {found[1]: text for text in BLOCKS if (found := FILE.match(text))}
    return {**read_pack("china"), **{k: v for k, v in starting_pack(answers).items() if k.endswith(".toml")}, **files}


@cache
def manual() -> Rulebook:
    return load({**base(), **{f"policies/part_{n}.toml": rule(f"part_{n}", text) for n, text in enumerate(sound)}})


def test_every_example_of_the_manual_is_a_file_or_a_part_of_a_rule() -> None:
    assert [text.splitlines()[0] for text in BLOCKS if not (text.startswith(PART) or FILE.match(text))] == []
    assert len(BLOCKS) == MANUAL.count("```toml")
    assert len(sound) >= 8
    assert len(refused) >= 4


def test_all_examples_load_together() -> None:
    assert {f"part_{n}" for n in range(len(sound))} | {"patent_reward", "my_arrears"} <= set(manual().rules)
    assert {"my_layers", "my_ceiling"} == set(manual().groups)
    assert {"my_loss_sharing"} == set(manual().waterfalls)


@pytest.mark.parametrize("number", range(len(sound)))
def test_the_cases_of_a_part_hold_or_fail_as_the_manual_says(number: int) -> None:
    wanted = FAILING.search(sound[number])
    said = [d for result in run_cases(manual().rules[f"part_{number}"], manual()) for d in result.differences]
    assert bool(said) == bool(wanted), said
    assert all(wanted[1] in line for line in said) if wanted else True


def test_the_cases_of_the_whole_files_hold() -> None:
    book = manual()
    found = [result for name in ("patent_reward", "my_arrears") for result in run_cases(book.rules[name], book)]
    found += [result for group in book.groups.values() for result in run_group_cases(group, book)]
    found += [result for waterfall in book.waterfalls.values() for result in run_waterfall_cases(waterfall)]
    assert len(found) >= 11
    assert [(result.case.title, result.differences) for result in found if result.differences] == []


@pytest.mark.parametrize("text", refused)
def test_what_the_manual_calls_refused_is_refused_with_these_words(text: str) -> None:
    wanted = REFUSED.search(text)
    with pytest.raises(RulebookErrors) as caught:
        load({**base(), "policies/part.toml": rule("part", text)})
    assert wanted is not None
    assert [wanted[1] in str(error) for error in caught.value.errors] == [True], str(caught.value)
    assert all(error.file == "policies/part.toml" and error.line > 1 for error in caught.value.errors)
