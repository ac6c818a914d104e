"""How a region says where the weights of its index come from."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.content import Region
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import pack


def region(lines: str) -> Region:
    texts = pack()
    texts["region.toml"] += f"\n[score]\n{lines}\n"
    return load(texts).region


def refusal(lines: str) -> str:
    with pytest.raises(RulebookErrors) as caught:
        region(lines)
    return str(caught.value.errors[0])


def test_a_region_that_says_nothing_keeps_the_weights_that_it_gives() -> None:
    assert (region("").method, region("").mix_bp) == ("given", 0)


def test_a_region_may_let_its_firms_decide_and_keep_a_share_of_its_own_weights() -> None:
    found = region('method = "critic"\nmix_bp = 4000')
    assert (found.method, found.mix_bp) == ("critic", 4000)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('method = "ahp"', "one of given, entropy, critic"),
        ('method = "entropy"\nmix_bp = 10001', "from 0 to 10000"),
        ('method = "entropy"\nmix_bp = -1', "from 0 to 10000"),
        ("mix_bp = 5000", "entropy or critic"),
    ],
)
def test_another_method_or_a_share_beyond_the_whole_is_refused_with_its_line(lines: str, said: str) -> None:
    assert said in refusal(lines)
    assert "region.toml" in refusal(lines)
