"""The page of a waterfall: layers in words, who bears what on the worked examples, and the way there from the rules."""

import re

from django.test import Client

from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.waterfalls import waterfall_page


def page(address: str, lang: str) -> str:
    client = Client()
    client.post("/language/", {"lang": lang})
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_layers_caps_and_the_rest_are_told_in_both_languages(published: Published) -> None:
    told = page("/waterfalls/risk_pool/", "en")
    assert "Shared by pool and bank" in told
    assert "Risk pool 80 % where the loan is unsecured, else 60 %; Bank the rest" in told
    assert "Risk pool at most the least of Cap per loan CNY 3,000,000" in told
    assert "what lies above goes to Bank" in told
    assert "What no layer takes" not in told
    assert "风险资金池 信用贷款的 80 %，其他 60 %；银行 其余" in page("/waterfalls/risk_pool/", "zh")


def test_each_example_is_worked_out_and_says_what_a_cap_took(published: Published) -> None:
    told = page("/waterfalls/risk_pool/", "en")
    assert "Risk pool CNY 800,000 80 % Bank CNY 200,000 20 %" in told
    assert "Risk pool at its cap: less by CNY 1,000,000" in told
    assert "Something is not known: nothing is parted." in told
    waterfall = published.rulebook.waterfalls["risk_pool"]
    for example in waterfall_page(published, waterfall, "en").examples:
        assert sum(part.fen for part in example.parts) == example.amount


def test_the_index_and_the_page_of_its_rule_lead_to_a_waterfall(published: Published) -> None:
    client = Client()
    for address in ("/rules/", "/rules/loan_risk_compensation/"):
        assert 'href="/waterfalls/risk_pool/"' in client.get(address).content.decode()
    assert 'href="/rules/loan_risk_compensation/"' in client.get("/waterfalls/risk_pool/").content.decode()
    assert client.get("/waterfalls/no_such_one/").status_code == 404


def test_numbers_of_its_rule_stand_beside_its_own_with_their_dates(published: Published) -> None:
    told = page("/waterfalls/risk_pool/", "en")
    assert "Share, unsecured 2023-01-01 80%" in told
    assert "Days overdue" not in told
