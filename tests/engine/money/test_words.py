"""Waterfalls in words: values in force on the day, inputs by their titles, caps with what becomes of the rest."""

from datetime import date

from kerong.engine.money import Speaker, layer_lines
from kerong.rulebook.waterfalls import Waterfall
from tests.rulebook.waterfall_texts import CASES, WATERFALL, book


def lines(waterfall: Waterfall, lang: str, on: date = date(2025, 6, 30)) -> list[list[str]]:
    said = Speaker(waterfall, on, "CNY", lang).layers()
    return [layer_lines(layer, waterfall.parties, lang) for layer in said]


def loaded(text: str = WATERFALL) -> Waterfall:
    return book(text + CASES).waterfalls["shared_loss"]


def test_a_layer_tells_its_bound_its_shares_on_the_day_and_its_caps() -> None:
    first, second = lines(loaded(), "en")
    assert first == [
        "up to CNY 100: Fund 80 %; Bank 20 %",
        "Fund at most the least of Left, CNY 40; what lies above is left to the next layer",
    ]
    assert second == ["of what is left up to CNY 10: Insurer 50 %; Bank 50 %"]
    assert lines(loaded(), "en", date(2022, 6, 30))[0][0].endswith("Fund 70 %; Bank 30 %")
    assert lines(loaded(), "zh")[0] == [
        "金额中至多 100 元：基金 80 %；银行 20 %",
        "基金最多 余额、40 元中较小者，超出部分留给下一层",
    ]


def test_what_lies_above_a_cap_goes_to_whom_the_layer_says() -> None:
    told = lines(loaded(WATERFALL.replace("caps = {", 'over = "bank"\ncaps = {')), "en")[0][1]
    assert told.endswith("what lies above goes to Bank")


def test_a_share_by_conditions_is_told_with_them_and_the_other_one_as_the_rest() -> None:
    share = "case when loss_fen > 500 then share_bp else 0 end"
    told = WATERFALL.replace('"share_bp", bank = "10_000 - share_bp"', f'"{share}", bank = "10_000 - {share}"')
    first = lines(loaded(told), "en")[0][0]
    assert first.endswith("Fund 80 % where CNY 5 < Loss, else 0 %; Bank the rest")
    joined = told.replace("when loss_fen > 500", "when loss_fen > 500 and not left_fen in (1, 2) or left_fen = 7")
    assert "80 % where CNY 5 < Loss and not (Left is one of CNY 0.01, CNY 0.02) or Left = CNY 0.07" in " ".join(
        lines(loaded(joined), "en")[0]
    )


def test_a_layer_that_takes_the_whole_amount_has_no_bound_and_leaves_no_rest() -> None:
    text = WATERFALL.replace('fen = "first_fen"', 'fen = "loss_fen"').replace("caps = {", 'over = "bank"\ncaps = {')
    one = loaded(text[: text.rindex("[[layer]]")] + text[text.index("[parameter.share_bp]") : text.rindex("[param")])
    assert lines(one, "en")[0][0].startswith("the whole amount: Fund 80 %")
    assert not one.leaves_a_rest
    assert loaded().leaves_a_rest
