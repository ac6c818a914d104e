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
        "unsent": Text("有尚未送出的指令", "an instruction is not sent yet"),
        "untouched": Text("尚未支付", "nothing is paid yet"),
        "touched": Text("已有支付", "something is paid"),
        "carry": Text("另一人已提出结转", "another person proposed it"),
        "milestone": Text("该期节点已达成", "the stage's milestone is met"),
        "offer": Text("来自本次运算的融资推荐", "comes from an offer of the run"),
        "offered": Text("不超过推荐额度", "not above what was offered"),
        "documents": Text("已有材料", "documents are there"),
        "terms": Text("按条款可排出还款计划", "a schedule can be drawn from the terms"),
        "contract": Text("合同已签", "the contract is signed"),
        "undrawn": Text("不超过批准未放额度", "within what was approved and is not drawn yet"),
        "open_day": Text("该业务日未日终、不晚于今天", "a business day that is not closed, and none to come"),
        "closed_day": Text("已日终到前一日", "closed through the day before"),
        "unregistered": Text("尚未备案入池", "in no pool yet"),
        "unclaimed": Text("未获补偿", "not compensated"),
        "pool": Text("资金池按放款日条件接受", "the pool takes it, as of drawdown"),
        "claim": Text("资金池按放款日条件认可", "the pool grants the claim, as of drawdown"),
        "past_due": Text("有逾期", "something is past due"),
        "not_past_due": Text("无逾期", "nothing is past due"),
        "repaid": Text("本息费全部结清", "all is repaid"),
        "loss": Text("分类为损失", "graded a loss"),
        "borne": Text("不超过各方承担额", "not above what was borne"),
        "cover_terms": Text("担保条款完整", "the terms of the guarantee are whole"),
        "policy_terms": Text("保险条款完整", "the terms of the policy are whole"),
        "standing": Text("所保业务仍在，账簿已开立", "what is covered still stands, the book is open"),
        "counters": Text(
            "反担保种类、提供人、价值、文件齐备", "each counter-guarantee has kind, giver, value, document"
        ),
        "payable": Text("不超过应承担的损失", "not above the part of the loss that it bears"),
        "share_due": Text("已报备，且不超过再担保应分担额", "reported, and not above the re-guarantor's part"),
        "share_back": Text("再担保应返还额", "what is owed to the re-guarantor"),
        "share_settled": Text("与再担保已结清", "nothing is owed to the re-guarantor"),
        "back_due": Text("不超过银行应返还额", "not above what the bank owes of its recoveries"),
        "parts": Text("损失按约定比例分担，各部分合计等于损失", "the loss is parted as agreed; the parts sum to it"),
        "none_paid": Text("尚无一方支付或预留", "nobody has paid or set aside anything"),
        "paid_up": Text("各方应承担部分均已支付", "every part of a cover is paid"),
        "no_counter": Text("不要求反担保", "no counter-guarantee is asked"),
        "cover": Text("保障在有效期内", "the cover is in force"),
        "claim_ended": Text("理赔已办结", "the claim has ended"),
        "term_over": Text("保险期间已满", "the term is over"),
        "owner": Text("权利人即企业", "the firm owns the right"),
        "valuer": Text("评估机构独立", "the valuer is independent"),
        "not_pledged": Text("权利上无其他质押", "the right is not pledged elsewhere"),
        "option_range": Text("认股权在 1% 至 3% 之间", "the option is of 1 to 3 %"),
        "exercisable": Text("在行权期内", "within the time of the option"),
        "option_over": Text("行权期已过", "the time of the option is over"),
        "first_rent": Text("先付的首期租金已到账", "a first rent due in advance has come in"),
        "price": Text("留购款与约定残值一致", "the price is the residual value agreed"),
        "framework": Text("里程碑和分享比例已写明", "the milestone and the shares are agreed"),
        "members": Text("成员名单完整", "the members are named"),
        "limit": Text("在未用额度内", "within what is left of the line"),
        "all_agreed": Text("各方均已同意", "all parties have agreed"),
        "shares": Text("分担比例合计 100%", "the shares sum to 100 %"),
        "within_quota": Text("在年度额度内", "within the quota of the year"),
        "three_documents": Text(
            "协议、承诺函、贷款合同三份齐备", "framework, letter of commitment and loan contract are all there"
        ),
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
