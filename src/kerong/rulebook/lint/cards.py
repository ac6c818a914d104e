"""Fitted cards whose model, or the facts that it reads, have changed since: their points are about something else."""

from collections.abc import Iterator

from kerong.rulebook.cards import CardRules
from kerong.rulebook.content import Rulebook
from kerong.rulebook.digests import digests_of
from kerong.rulebook.lint.finding import Finding, Severity

ANEW_ZH, ANEW_EN = "请重新拟合：kerong model fit-city", "fit it anew: kerong model fit-city"


def cards_fitted_before(rulebook: Rulebook) -> Iterator[Finding]:
    """A card of another state of its model is a warning, one of other facts a note; one that does not say is told."""
    for card in rulebook.cards.values():
        now = digests_of(rulebook.models[card.model], rulebook)
        if not card.fitted_from:
            yield _finding(
                card,
                "评分卡没有写明拟合所依据的模型和样本，无从核对模型是否已改动",
                "the card says no digest of its model and sample: nobody can tell whether the model has changed since",
            )
        elif card.fitted_from["model"] != now["model"]:
            yield _finding(
                card,
                f"拟合之后，模型 {card.model} 已改动（结果、对象、特征、客群或参数）",
                f"model {card.model} has changed since the fit: its outcome, who is asked, characteristics or settings",
            )
        elif card.fitted_from["facts"] != now["facts"]:
            yield _finding(
                card,
                f"拟合之后，模型 {card.model} 所读字段的公式或度量已改动",
                f"formulas or measures behind what model {card.model} reads have changed since the fit",
                "note",
            )


def _finding(card: CardRules, zh: str, en: str, severity: Severity = "warning") -> Finding:
    return Finding("card", card.name, card.place, f"{zh}；{ANEW_ZH}", f"{en}; {ANEW_EN}", severity=severity)
