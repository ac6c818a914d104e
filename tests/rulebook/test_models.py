"""What a declared model may say, and what its author is told by file and line."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import FIRM, formula, pack

SAID = """
[column.said_on]
title = { zh = "登记日", en = "Said on" }
header = ["登记日"]
type = "date"
[column.closed]
title = { zh = "停业", en = "Closed" }
header = ["停业"]
type = "flag"
"""
FIRMS = FIRM.replace('row = ["code"]', 'row = ["code", "said_on"]\nknown = "said_on"\nsensitivity = "internal"') + SAID
MODEL = """name = "trouble"
kind = "credit"
title = { zh = "风险", en = "Trouble" }
meaning = { zh = "停业的可能", en = "How likely it closes" }
limits = { zh = "不作拒绝依据", en = "No ground of a refusal" }
sensitivity = "internal"
[outcome]
title = { zh = "停业", en = "Closed" }
horizon = "12 months"
at_risk = "enterprise.capital_fen > 0"
[[outcome.event]]
register = "firm"
where = "firm.closed"
[[segment]]
name = "small"
title = { zh = "小", en = "Small" }
when = "enterprise.capital_fen < 100"
[[characteristic]]
name = "capital"
title = { zh = "资金", en = "Capital" }
value = "enterprise.capital_fen"
trend = "falling"
[[characteristic]]
name = "area"
title = { zh = "片区", en = "Area" }
value = "enterprise.area"
[forbidden]
"enterprise.name" = { zh = "名称", en = "a name is no fact" }
[fairness]
area = "enterprise.area"
"""


def texts(model: str = MODEL, **more: str) -> dict[str, str]:
    return pack(models_trouble=model, **more) | {"registers/firm.toml": FIRMS}


def errors(model: str, **more: str) -> list[str]:
    with pytest.raises(RulebookErrors) as caught:
        load(texts(model, **more))
    return [str(error) for error in caught.value.errors]


def line_of(model: str, part: str) -> int:
    """The last line that has this part."""
    return max(at for at, line in enumerate(model.splitlines(), 1) if part in line)


def test_a_model_is_read_as_it_is_written() -> None:
    model = load(texts()).models["trouble"]
    assert model.outcome is not None
    assert (model.outcome.horizon, model.outcome.delay_days, model.every) == (12, 0, "quarter")
    assert [(one.name, one.kind, one.trend) for one in model.characteristics] == [
        ("capital", "number", "falling"),
        ("area", "category", "auto"),
    ]
    assert model.segments[0].text == "enterprise.capital_fen < 100"
    assert [one.name for one in model.forbidden] == ["enterprise.name"]
    assert set(model.groups) == {"area"}


@pytest.mark.parametrize(
    ("was", "now", "at", "told"),
    [
        ("enterprise.capital_fen\"\ntrend", "enterprise.capitol_fen\"\ntrend", "capitol", "is not known"),
        ('horizon = "12 months"', 'horizon = "1 year"', "horizon", "horizon = '1 year'"),
        ('horizon = "12 months"', 'horizon = "61 months"', "horizon", "at most 60"),
        ('register = "firm"', 'register = "farm"', "farm", "there is no farm (did you mean firm?)"),
        ("where = \"firm.closed\"", 'where = "firm.label"', "firm.label", "not a condition"),
        ('when = "enterprise.capital_fen < 100"', 'when = "true"', "when", "looks at no field"),
        ('name = "small"', 'name = "all"', '"all"', "name of everybody else"),
        ('= "enterprise.area"\n[forb', '= "enterprise.name"\n[forb', '= "enterprise.name"', "a name is no fact"),
        ('name = "area"', 'name = "outcome"', '"outcome"', "a word of samples"),
        ('name = "area"', 'name = "capital"', 'name = "capital"', "capital is defined twice"),
        ('sensitivity = "internal"', 'sensitivity = "public"', "value = ", "which is internal: the model is public"),
        ('"enterprise.name"', '"enterprise.nom"', "nom", "enterprise.nom is not known"),
        ('"enterprise.name"', '"ferm.x"', "ferm", "there is no ferm"),
        ('trend = "falling"', 'trend = "down"', "down", "one of rising, falling, auto, none"),
        ('kind = "credit"', 'kind = "stage"', "kind", "a model of stage has a value"),
        ("[fairness]", "pdo = 3\n[fairness]", "pdo", "there is no pdo"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_model_is_told_by_its_line(was: str, now: str, at: str, told: str) -> None:
    model = MODEL.replace(was, now)
    assert model != MODEL
    found = errors(model)
    assert any(told in one for one in found), found
    assert any(one.startswith(f"models/trouble.toml:{line_of(model, at)}:") for one in found), found


def test_a_forbidden_column_is_found_behind_a_formula() -> None:
    behind = formula("twice_fen", "enterprise.capital_fen * 2")
    model = MODEL.replace('value = "enterprise.capital_fen"', 'value = "enterprise.twice_fen"')
    model = model.replace('"enterprise.name" =', '"firm.capital_fen" =')
    (found,) = [one for one in errors(model, formulas_all=behind) if "capital rests" in one]
    assert "capital rests on firm.capital_fen, which is forbidden" in found


def test_a_model_without_outcome_event_or_characteristic_says_so() -> None:
    without = MODEL.replace('[[outcome.event]]\nregister = "firm"\nwhere = "firm.closed"\n', "")
    assert any("at least one [[outcome.event]]" in one for one in errors(without))
    bare = MODEL[: MODEL.index("[[characteristic]]")]
    assert any("needs at least one characteristic" in one for one in errors(bare))


def test_a_register_that_does_not_say_when_a_row_was_known_tells_no_outcome() -> None:
    timeless = pack(models_trouble=MODEL) | {"registers/firm.toml": FIRM + SAID}
    with pytest.raises(RulebookErrors, match="nothing tells what came after a day"):
        load(timeless)


def test_the_second_of_two_segments_with_one_condition_is_never_reached() -> None:
    again = '[[segment]]\nname = "tiny"\ntitle = { zh = "微", en = "Tiny" }\nwhen = "enterprise.capital_fen < 100"\n'
    found = errors(MODEL.replace("[[characteristic]]", again + "[[characteristic]]", 1))
    assert any("nobody comes to tiny" in one for one in found)
