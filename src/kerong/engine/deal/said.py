"""The table of moves in words, for `kerong deal moves` and for the pages of docs/algorithms."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kerong.engine.deal.moves import DUTIES, Kind, Move
from kerong.rulebook.said import Text

HEAD: tuple[Text, ...] = (
    Text("由", "from"),
    Text("动作", "move"),
    Text("至", "to"),
    Text("谁", "who"),
    Text("职责", "duty"),
    Text("工作日", "working days"),
    Text("资金", "money"),
    Text("条件", "conditions"),
)
ROLES: Mapping[str, Text] = MappingProxyType(
    {
        "official": Text("政府工作人员", "official"),
        "analyst": Text("专家", "expert"),
        "enterprise": Text("企业", "enterprise"),
        "bank": Text("银行", "bank"),
        "guarantor": Text("担保机构", "guarantor"),
        "insurer": Text("保险机构", "insurer"),
        "fund": Text("基金", "fund"),
        "machine": Text("银行系统", "the bank's machine"),
    }
)
APPLICANT = frozenset({"enterprise", "bank", "guarantor", "insurer", "fund"})
APPLICANT_TITLE = Text("申报企业或机构", "applicant (firm or institution)")
GUARDS: Mapping[str, Text] = MappingProxyType(
    {
        "call": Text("该项目有本年度的申报通知", "the year's call stands"),
        "window": Text("在申报期内", "within the window of the call"),
        "award": Text("依据、基数和金额经复算一致", "base and amount recomputed: as awarded"),
        "within": Text("金额不超过核算额", "not above what was awarded"),
        "payee": Text("收款人名称与代码相符", "the payee's name fits its code"),
        "seen": Text("页面上的版本和金额是当前的", "the page's version and amount are the present ones"),
        "year": Text("在预算年度内", "within the year of the budget"),
        "unpaid": Text("同一凭证未在互斥政策中使用", "the evidence is not used in an exclusion group"),
        "caps": Text("计入已预留和已付的，仍不超过各项限额", "within all caps, counting what is reserved and paid"),
        "overdue": Text("已逾期", "overdue"),
        "in_time": Text("未逾期", "in time"),
        "expert": Text("专家与企业无关且未打过分", "an expert, none of the firm's, who has not scored yet"),
        "scored": Text("专家人数足够且平均分达标", "enough experts, and the mean reaches the mark"),
        "no_review": Text("该项目不要求专家评审", "the call asks for no experts"),
        "on_notice": Text("在公示期内", "within the public notice"),
        "notice_over": Text("公示期满", "the public notice is over"),
        "year_over": Text("预算年度已结束", "the year of the budget is over"),
        "untouched": Text("尚未支付", "nothing is paid yet"),
        "touched": Text("已有支付", "something is paid"),
        "carry": Text("另一人已提出结转", "another person proposed it"),
        "milestone": Text("该期节点已达成", "the stage's milestone is met"),
        "back": Text("不超过已支付额", "not above what was paid"),
        "coming": Text("不足责令退回额", "less than was ordered back"),
        "coming_whole": Text("恰为应退余额", "all that is still to come back"),
    }
)
OPENING = Text("（新建）", "(new)")


def table(kind: Kind, lang: str) -> Iterator[tuple[str, ...]]:
    """A row for each move, its cells as texts in `lang`; moves alike but for where they begin are one row."""
    together: dict[tuple[str, ...], list[str]] = {}
    for move in kind.moves.values():
        begin = kind.states[move.begin].title.in_(lang) if move.begin else OPENING.in_(lang)
        together.setdefault(_row(kind, move, lang), []).append(begin)
    join = "、" if lang == "zh" else ", "
    for row, begins in together.items():
        yield (join.join(begins), *row)


def _row(kind: Kind, move: Move, lang: str) -> tuple[str, ...]:
    join = "、" if lang == "zh" else ", "
    return (
        move.title.in_(lang),
        "=" if move.begin == move.end else kind.states[move.end].title.in_(lang),
        join.join(_who(move, lang)),
        DUTIES[move.duty].in_(lang),
        "" if move.due_working_days is None else str(move.due_working_days),
        ", ".join(move.effects),
        join.join(GUARDS[guard].in_(lang) for guard in move.guards),
    )


def _who(move: Move, lang: str) -> Iterator[str]:
    every = move.roles >= APPLICANT
    yield from (
        title.in_(lang) for role, title in ROLES.items() if role in move.roles - (APPLICANT if every else set())
    )
    if every:
        yield APPLICANT_TITLE.in_(lang)


def markdown(kind: Kind, lang: str) -> str:
    """The table as a page has it."""
    heads = [title.in_(lang) for title in HEAD]
    lines = [heads, ["---"] * len(heads), *table(kind, lang)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
