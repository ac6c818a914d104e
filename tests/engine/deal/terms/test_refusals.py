"""Terms that no schedule can be drawn from are refused by name, in both languages."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from kerong.engine.deal.terms.dates import DueRule
from kerong.engine.deal.terms.loans import Cash, Terms, loan
from kerong.engine.deal.terms.rates import BaseRate, Fixed, Floating, Stepped
from kerong.engine.deal.terms.refusals import REFUSALS, TermsRefused
from kerong.engine.deal.terms.schedule import schedule

START, END = date(2024, 1, 1), date(2025, 1, 1)
GOOD = loan(100_000, START, END, Fixed(34_500))
LPR = BaseRate("LPR", ((date(2024, 6, 1), 34_500),), date(2024, 12, 31))
CUSTOM: dict[str, Any] = {"method": "custom"}


def drawn(fen: Any) -> dict[str, Any]:
    return {"drawdowns": (Cash(START, fen),)}


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("amount", drawn(0)),
    ("amount", drawn(-1)),
    ("amount", drawn(10**15)),
    ("amount", {"drawdowns": (Cash(START, 10**15 - 1), Cash(START, 1))}),
    ("whole", drawn(float("nan"))),
    ("whole", drawn(100.0)),
    ("whole", drawn(True)),
    ("whole", drawn("100")),
    ("drawdowns", {"drawdowns": ()}),
    ("day", {"drawdowns": (Cash(datetime(2024, 1, 1), 5),)}),  # noqa: DTZ001
    ("day", {"maturity": "2025-01-01"}),
    ("order", {"maturity": START}),
    ("order", {"maturity": date(2023, 12, 31)}),
    ("term", {"maturity": date(2124, 1, 1)}),
    ("drawn_outside", {"drawdowns": (Cash(START, 5), Cash(END, 5))}),
    ("rate", {"rate": Fixed(-1)}),
    ("rate", {"rate": Fixed(360_001)}),
    ("whole", {"rate": Fixed(0.0345)}),  # type: ignore[arg-type]
    ("rate", {"rate": Floating(replace(LPR, steps=((START, 34_500),), through=END), -400)}),
    ("rate_begins", {"rate": Floating(LPR, 0)}),
    ("rate_ends", {"rate": Floating(replace(LPR, steps=((START, 34_500),), through=date(2024, 5, 1)), 0, 3)}),
    ("rate_steps", {"rate": Floating(replace(LPR, steps=()), 0)}),
    ("rate_steps", {"rate": Floating(replace(LPR, steps=((END, 1), (START, 2))), 0)}),
    ("rate_steps", {"rate": Stepped(((date(2024, 2, 1), Fixed(1)),))}),
    ("rate_steps", {"rate": Stepped(())}),
    ("unknown", {"count": "act_364"}),
    ("unknown", {"method": "luck"}),
    ("amount", {"dues": DueRule(every_months=-1)}),
    ("amount", {"dues": DueRule(day=32)}),
    ("amount", {"dues": DueRule(month=13)}),
    ("unknown", {"dues": DueRule(adjust="preceding")}),
    ("calendar_ends", {"dues": DueRule(adjust="following")}),
    ("plan_sum", CUSTOM),
    ("plan_sum", CUSTOM | {"plan": (Cash(END, 99_999),)}),
    ("plan_outside", CUSTOM | {"plan": (Cash(START, 100_000),)}),
    ("plan_outside", CUSTOM | {"plan": (Cash(date(2025, 1, 2), 100_000),)}),
    ("plan_method", {"plan": (Cash(END, 100_000),)}),
    (
        "plan_early",
        CUSTOM
        | {"drawdowns": (Cash(START, 1), Cash(date(2024, 6, 1), 9)), "plan": (Cash(date(2024, 6, 1), 2), Cash(END, 8))},
    ),
    ("amount", {"instalment_fen": -1}),
    ("instalment_method", {"method": "bullet", "instalment_fen": 5}),
]


@pytest.mark.parametrize(("kind", "changed"), REFUSED)
def test_terms_that_are_wrong_are_refused_by_name_and_in_both_languages(kind: str, changed: dict[str, Any]) -> None:
    assert schedule(GOOD).rows
    terms: Terms = replace(GOOD, **changed)
    with pytest.raises(TermsRefused) as refused:
        schedule(terms)
    assert refused.value.kind == kind
    for lang in ("zh", "en"):
        assert "{" not in refused.value.sentence(lang)


def test_every_refusal_has_a_sentence_in_both_languages_with_the_same_facts() -> None:
    import string

    for text in REFUSALS.values():
        names = [{name for _, name, _, _ in string.Formatter().parse(said) if name} for said in (text.zh, text.en)]
        assert names[0] == names[1] or names[0] <= names[1]
