"""The five classes of loans by days past due, as declared rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kerong.engine.deal.terms.refusals import TermsRefused, amount
from kerong.rulebook.said import Text

GRADES: Mapping[str, Text] = MappingProxyType(
    {
        "normal": Text("正常", "normal"),
        "special_mention": Text("关注", "special mention"),
        "substandard": Text("次级", "substandard"),
        "doubtful": Text("可疑", "doubtful"),
        "loss": Text("损失", "loss"),
    }
)


@dataclass(frozen=True, slots=True)
class GradeRule:
    """At least `grade` with more than `over_days` days past due; `clause` says where that stands."""

    grade: str
    over_days: int
    clause: str


SOURCE_2023 = "《商业银行金融资产风险分类办法》（中国银行保险监督管理委员会 中国人民银行令〔2023〕第1号）"
RULES_2023 = (
    GradeRule("special_mention", 0, "关注类：本金、利息或收益逾期"),
    GradeRule("substandard", 90, "次级类：本金、利息或收益逾期超过90天"),
    GradeRule("doubtful", 270, "可疑类：本金、利息或收益逾期超过270天"),
    GradeRule("loss", 360, "损失类：本金、利息或收益逾期超过360天"),
)


def graded(days_past_due: int, is_restructured: bool = False, rules: Sequence[GradeRule] = RULES_2023) -> str:
    """The grade that the days past due call for at least; of a restructured loan never better than special mention.

    What else a bank knows of the debtor may only make it worse. Refuses rules whose days do not grow with the grade.
    """
    amount("days_past_due", days_past_due, 0, 10**6)
    ranks = list(GRADES)
    places = [(ranks.index(rule.grade), rule.over_days) for rule in rules]
    if places != sorted(set(places)) or sorted({days for _, days in places}) != [days for _, days in places]:
        raise TermsRefused("classes")
    found = max((place for place, days in places if days_past_due > days), default=0)
    return ranks[max(found, 1 if is_restructured else 0)]
