"""channels/<name>.toml: what is refused, with its line, and what the loader hands on."""

import pytest

from kerong.rulebook import RulebookErrors, load
from kerong.store.packs import read_pack
from tests.rulebook.test_models import texts

CHANNEL = """name = "firms"
title = { zh = "关系", en = "Ties" }
over = "firm"
from = "firm.label"
to = "firm.enterprise_id"
amount = "firm.capital_fen"
where = "firm.capital_fen > 0"
weight_bp = 100
by_share = true
assumed = { zh = "假设", en = "a test" }
"""


def test_a_channel_says_who_is_tied_to_whom_and_why_it_weighs_what_it_weighs() -> None:
    channel = load(texts(channels_firms=CHANNEL)).channels["firms"]
    assert (channel.weight_bp, channel.by_share, channel.exposes, channel.is_assumed) == (100, True, False, True)
    sourced = load(texts(channels_firms=CHANNEL.replace("assumed", "source"))).channels["firms"]
    assert (sourced.is_assumed, sourced.source.en) == (False, "a test")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('over = "firm"', 'over = "frim"', "there is no register frim"),
        ("firm.label", "firm.lable", "lable"),
        ('from = "firm.label"\n', "", "from is missing"),
        ('to = "firm.enterprise_id"', 'to = "firm.capital_fen"', "wanted: text"),
        ('amount = "firm.capital_fen"\n', "", "by_share and exposes need amount"),
        ("weight_bp = 100", "weight_bp = 10001", "weight_bp = 10001"),
        ("weight_bp = 100", "weight_bp = -1", "weight_bp = -1"),
        ("assumed", "assumd", "unknown key 'assumd'"),
        ('assumed = { zh = "假设", en = "a test" }\n', "", "source, or assumed with the reason"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(old: str, new: str, told: str) -> None:
    assert old in CHANNEL
    with pytest.raises(RulebookErrors) as wrong:
        load(texts(channels_firms=CHANNEL.replace(old, new, 1)))
    found = [str(error) for error in wrong.value.errors]
    assert [error for error in found if told in error and error.startswith("channels/firms.toml:")], found


def test_the_shipped_channels_say_that_their_weights_are_assumed_and_why() -> None:
    for channel in load(read_pack("china")).channels.values():
        assert channel.is_assumed
        assert len(channel.source.zh) > 5
        assert len(channel.source.en) > 10
