"""networks/<name>.toml: what is refused, with its line, and what the loader hands on."""

import pytest

from kerong.rulebook import RulebookErrors, load
from kerong.rulebook.networks import GIVES
from tests.engine.record.network.packs import NETWORK, TITLE, field, texts


def refused(network: str = NETWORK, fields: str | None = None, **files: str) -> str:
    pack = texts(network=network, fields=fields) | {
        name.replace("_", "/", 1) + ".toml": text for name, text in files.items()
    }
    with pytest.raises(RulebookErrors) as wrong:
        load(pack)
    return str(wrong.value)


def test_every_kind_of_field_loads_with_its_type() -> None:
    book = load(texts())
    assert set(book.network_fields) == set(GIVES)
    for name, given in book.network_fields.items():
        assert str(given.type) == str(GIVES[name].type or "fen")


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('over = "hold"', 'over = "holds"', "there is no register holds"),
        ('from = "hold.holder"', 'from = "hold.holdr"', "hold.holdr is not known"),
        ('from = "hold.holder"\n', "", "from is missing"),
        ('to = "hold.enterprise_id"', 'to = "hold.share_bp"', "hold.share_bp is bp, wanted: text"),
        ('share = "hold.share_bp"', 'share = "hold.amount_fen"', "hold.amount_fen is fen, wanted: bp"),
        ('amount = "hold.amount_fen"', 'amount = "share_bp(hold.amount_fen, 100)"', "an edge has whole fen"),
        ('where = "hold.until >= on"', 'where = "hold.share_bp"', "not a condition"),
        ('trouble = "enterprise.bad"', 'trouble = "enterprise.debt_fen"', "not a condition"),
        ('trouble = "enterprise.bad"\n', "", "near_trouble needs trouble of the network"),
        ('share = "hold.share_bp"\n', "", "holders needs share of the network"),
        ('amount = "hold.amount_fen"\n', "", "in_amount needs amount of the network"),
        ('kind = "hold.kind"', 'kind = "hold.kind"\nultimate = ["persn"]', "there is no kind 'persn'"),
        ('kind = "hold.kind"', 'ultimate = ["person"]', "ultimate needs kind"),
        ('kind = "hold.kind"', "slack_bp = 1000", "slack_bp = 1000"),
        ('kind = "hold.kind"', 'knd = "hold.kind"', "unknown key 'knd'"),
    ],
)
def test_a_wrong_key_is_refused_in_its_words(line: str, instead: str, said: str) -> None:
    assert line in NETWORK
    wrong = refused(NETWORK.replace(line, instead))
    assert said in wrong
    assert "networks/ownership.toml:" in wrong


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (field("group").replace('"group"\n', '"groups"\n', 2), "gives = 'groups'"),
        (f'[[field]]\nname = "s"\n{TITLE}gives = "group_sum"\n', "group_sum needs of"),
        (field("group") + 'of = "enterprise.debt_fen"\n', "group has no of"),
        (field("group_sum").replace("debt_fen", "bad"), "wanted: whole numbers that can be added up"),
        (field("holders").replace("2500", "0"), "above = 0"),
        (field("holders").replace("2500", '"enterprise.bad"'), "enterprise"),
        (field("near_trouble").replace("within = 2", "within = 7"), "within = 7"),
        (field("group") + field("group"), "group is defined twice"),
        (field("group", "bad"), "bad is defined twice"),
        (field("group", "row_key"), "row_key is a word of the language"),
        ("", "a network gives at least one field"),
    ],
)
def test_a_wrong_field_is_refused_in_its_words(own: str, said: str) -> None:
    assert said in refused(fields=own)


def test_a_network_reads_no_formula_and_says_so() -> None:
    formula = f'[[formula]]\nname = "ill"\n{TITLE}value = "enterprise.bad"\n'
    wrong = refused(NETWORK.replace('"enterprise.bad"', '"enterprise.ill"'), formulas_f=formula)
    assert "a network reads measures and what registers provide, no formulas" in wrong


def test_a_formula_may_not_take_the_name_of_a_networks_field() -> None:
    formula = f'[[formula]]\nname = "group_size"\n{TITLE}value = "1"\n'
    assert "group_size is defined twice" in refused(formulas_f=formula)
