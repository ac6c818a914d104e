"""Pools of shared risk: which losses a pool bears, by which waterfall, within which bounds (pools/<name>.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.said import Parameter, Place, Source, Text
from kerong.rulebook.tree import Value
from kerong.rulebook.waterfalls import Waterfall

# the caps in the order in which they are applied, after the waterfall's own; the last is what the pool holds
CAPS = ("loan_cap_fen", "firm_cap_fen", "group_cap_fen", "bank_year_cap_fen", "programme_year_cap_fen")
BALANCE = "balance"  # how a cut is named that the pool's own money made
SHARED = "waterfall"  # … and one that a cap in the waterfall made
# the dated numbers that a pool file may give, all in the unit that ends their names; one that is absent sets no bound
PARAMETERS: Mapping[str, Text] = MappingProxyType(
    {
        "register_within_days": Text("备案期限（日）", "Days in which a loan is registered"),
        "trigger_days": Text("触发逾期天数", "Days overdue from which a loss may be claimed"),
        "interest_bp": Text("可补偿利息占本金上限", "Interest allowed, as a part of the principal"),
        "least_fen": Text("最低补偿损失", "Least loss that is compensated"),
        "loan_cap_fen": Text("单笔上限", "Cap per loan"),
        "firm_cap_fen": Text("单户上限", "Cap per firm"),
        "group_cap_fen": Text("关联企业合计上限", "Cap per group of affiliates"),
        "bank_year_cap_fen": Text("单家银行年度上限", "Cap per bank and year"),
        "programme_year_cap_fen": Text("年度上限", "Cap of the year"),
        "multiple_bp": Text("放大倍数", "Loans registered, as a multiple of what the pool holds"),
        "fuse_bp": Text("熔断线", "Part of bad loans above which registration stops"),
        "reopen_bp": Text("恢复线", "Part of bad loans down to which it opens again"),
        "loan_most_bp": Text("贷款占比上限", "Most that loans may be of what the pool carries"),
        "guarantee_most_bp": Text("担保占比上限", "Most that guarantees may be of what the pool carries"),
        "insurance_most_bp": Text("保险占比上限", "Most that policies may be of what the pool carries"),
        "lease_most_bp": Text("租赁占比上限", "Most that leases may be of what the pool carries"),
    }
)
MIX = "_most_bp"  # ends the name of a number that bounds one instrument's part of what the pool carries
# what an input of a waterfall of losses can take from the pool; any other input is a fact of the loan
GIVEN: Mapping[str, Text] = MappingProxyType(
    {
        "loss": Text("认定损失", "certified loss: principal and allowed interest less what was recovered"),
        "due": Text("未偿本息", "principal and allowed interest"),
        "principal": Text("未偿本金", "principal not repaid"),
        "interest": Text("可补偿利息", "allowed interest"),
        "recovered": Text("已追回", "recovered before the claim"),
        "loan": Text("放款金额", "amount of the loan"),
        "pool_left": Text("资金池余额", "what the pool holds"),
        "pool_paid": Text("资金池已补偿", "compensated by the pool so far"),
        "firm_paid": Text("该企业已获补偿", "compensated for the firm so far"),
    }
)
RECOVERED = "recovered"  # the amount that a waterfall of recoveries parts
BORNE = "borne_"  # borne_<party>: what a party bore of the loan and has not got back


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that happens to a pool: what must be said of it, and what may be."""

    title: Text
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "pay_in": Verb(Text("注资", "money is paid in"), ("fen",), ("party",)),
        "interest": Verb(Text("存款利息", "interest on the pool's money"), ("fen",)),
        "fee": Verb(Text("管理费", "a fee is paid"), ("fen",), ("party",)),
        "refund": Verb(Text("退还出资", "money is given back to who paid it in"), ("fen",), ("party",)),
        "register": Verb(
            Text("备案入池", "a loan is registered"),
            ("loan", "bank", "firm", "fen", "drawn_on"),
            ("group", "instrument", "eligible", "judged_on", "facts", "elsewhere"),
        ),
        "repay": Verb(Text("还款", "principal is repaid"), ("loan", "fen")),
        "default": Verb(Text("逾期", "a loan falls overdue"), ("loan", "since")),
        "cure": Verb(Text("恢复正常", "what was overdue is paid"), ("loan",)),
        "claim": Verb(
            Text("申请补偿", "a loss is claimed"),
            ("loan", "principal_fen"),
            ("bank", "interest_fen", "recovered_fen", "facts", "elsewhere"),
        ),
        "undo_claim": Verb(Text("撤销核定", "a claim that was granted and not paid yet is undone"), ("loan",)),
        "recover": Verb(Text("追偿收回", "something is recovered after compensation"), ("loan", "fen"), ("facts",)),
        "claw_back": Verb(Text("追回补偿", "a compensation is taken back: the claim was false"), ("loan",)),
        "write_off": Verb(Text("核销", "a loan is written off"), ("loan",)),
    }
)


@dataclass(frozen=True, slots=True)
class PoolEvent:
    """Something that happened to a pool on a day. `loan` is the fingerprint of the loan's contract.

    `eligible`: was the borrower within the programme on the day of drawdown? None: not known. `judged_on` is the day as
    of which that was judged, where it is said. `elsewhere`: another pool has the same contract. `party` is
    who pays in or is paid. Amounts are fen.
    """

    do: str
    on: date
    loan: str = ""
    bank: str = ""
    firm: str = ""
    group: str = ""
    instrument: str = ""
    fen: int = 0
    drawn_on: date | None = None
    eligible: bool | None = None
    judged_on: date | None = None
    elsewhere: bool = False
    since: date | None = None
    principal_fen: int = 0
    interest_fen: int = 0
    recovered_fen: int = 0
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    party: str = ""


@dataclass(frozen=True, slots=True)
class Parted:
    """A waterfall that a pool uses: `given` says for an input which of GIVEN (or BORNE) it takes, None: a fact."""

    waterfall: Waterfall
    given: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a pool covers. `payer` is the party of `loss` that the pool pays for; `over` bears what the caps of the
    pool take. `borrower`: the party that stands for what the borrower paid back before the claim, where there is one.
    `recovery` None: what is recovered later goes back in proportion to what everybody bore and has not got back."""

    kind: str
    loss: Parted
    payer: str
    over: str
    borrower: str | None
    recovery: Parted | None


@dataclass(frozen=True, slots=True)
class PoolStep:
    """An event of a worked case and what it is expected to do: parts by party, `refused` or `cut_by`."""

    event: PoolEvent
    expect: Mapping[str, int | str] | None
    place: Place


@dataclass(frozen=True, slots=True)
class PoolCase:
    """A worked example: what happens in turn, and what is said of the pool at the end (STANDING, in fen, `is_open`)."""

    title: str
    steps: tuple[PoolStep, ...]
    expect: Mapping[str, int | bool]
    place: Place
    by: str | None = None
    working: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of shared risk. `parameters` are those of PARAMETERS, dated; `rule` and `clauses` say who is eligible.

    `days`: in which days the time of registration is counted. `limits` tell the pool's own numbers.
    """

    name: str
    title: Text
    source: Source
    text: str
    instruments: Mapping[str, Instrument]
    parameters: Mapping[str, Parameter]
    cases: tuple[PoolCase, ...]
    place: Place
    days: Literal["calendar", "working"] = "calendar"
    rule: str | None = None
    clauses: tuple[int, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # findings of lint, and why


# what a case may say of a pool at its end
STANDING = (
    "balance_fen",
    "paid_in_fen",
    "interest_fen",
    "recovered_fen",
    "compensated_fen",
    "refunded_fen",
    "fees_fen",
    "exposure_fen",
    "bad_fen",
)
