"""The tables of moves of deals that several institutions do together: each has its own lines.

What one of them does alone (a loan's repayment, a guarantee's call) is a deal of that kind, bound to the joint one;
here stands what needs them all: who agrees in which order, from when the money may flow, who bears a loss.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.engine.deal.moves import kind_of
from kerong.rulebook.said import Text

GROUPS: Mapping[str, str] = MappingProxyType({"LENDERS": "bank,guarantor", "COVERERS": "guarantor,insurer"})

_GOVERNMENT_BANK_GUARANTEE_STATES = """
applied      -  已申请 / applied
examined     -  银行已尽调 / examined by the bank
guaranteed   -  担保已同意 / guarantee agreed
filed        -  政府已备案 / filed with the government
lent         -  已放款 / lent
reported     -  已报风险 / loss reported
parted       -  已按比例分担 / loss parted
settled      .  已结清 / settled
closed       .  已终结 / closed
declined     .  未通过 / declined
withdrawn    .  已撤回 / withdrawn
"""
_GOVERNMENT_BANK_GUARANTEE_MOVES = """
-            apply        applied     enterprise submit   -  - offer,offered,+fen 申请 / apply
applied      examine      examined    bank       review  10 - documents,shares,+fen 银行尽调 / examine
examined     guarantee    guaranteed  guarantor  approve 10 - seen 担保机构同意 / agree to guarantee
guaranteed   file         filed       official   check   5  - shares,within_quota 政府备案 / file
applied,examined decline  declined    LENDERS    approve -  - +note 不予通过 / decline
guaranteed   refuse       declined    official   check   -  - +note 不予备案 / refuse
applied,examined,guaranteed,filed withdraw withdrawn enterprise submit - - - 撤回 / withdraw
filed        lend         lent        bank       release 30 - all_agreed,seen,+fen 同意放款 / let the loan be drawn
lent         report       reported    bank       claim   60 - past_due,closed_day,+note 报告风险 / report a loss
reported     withdraw_report lent     bank       claim   -  - +note 撤回报告 / take the report back
reported     part         parted      official   check   30 - past_due,parts,seen,+fen 核定分担 / part the loss
parted       undo_part    reported    official   compensate - - none_paid,+note 撤销分担 / undo the parting
parted recover = LENDERS - - - borne,+fen 追偿按比例返还 / part what is recovered
parted       close        closed      bank       approve -  - +note 终结 / close
lent         settle       settled     bank       review  -  - repaid 结清 / settle
"""

_DOUBLE_COVER_STATES = """
applied      -  已申请 / applied
covered      -  保险或担保已同意 / cover agreed
approved     -  银行已批准 / approved by the bank
lent         -  已放款 / lent
failing      -  已要求赔付 / cover called
paid         -  已赔付 / cover paid
settled      .  已结清 / settled
closed       .  已终结 / closed
declined     .  未通过 / declined
withdrawn    .  已撤回 / withdrawn
"""
_DOUBLE_COVER_MOVES = """
-            apply        applied     enterprise submit     -  - offer,offered,+fen 申请 / apply
applied      cover        covered     COVERERS   review     10 - documents,shares,+fen 同意保险或担保 / agree to cover
applied      refuse_cover declined    COVERERS   review     -  - +note 不予承保 / refuse to cover
covered      approve      approved    bank       approve    5  - seen 批准 / approve
applied,covered decline   declined    bank       approve    -  - +note 不予批准 / decline
applied,covered,approved withdraw withdrawn enterprise submit - - - 撤回 / withdraw
approved     lend         lent        bank       release    30 - all_agreed,seen,+fen 同意放款 / let the loan be drawn
lent call failing bank claim - - past_due,closed_day,parts,seen,+fen 要求赔付 / call the cover
failing      take_back    lent        bank       claim      -  - none_paid,+note 撤回要求 / take the call back
failing      pay          paid        COVERERS   compensate 30 - paid_up,seen,+fen 确认赔付到位 / confirm the payment
failing      refuse       lent        COVERERS   check      15 - none_paid,+note 拒赔 / refuse
paid         recover      =           bank       -          -  - borne,+fen 追偿按比例返还 / part what is recovered
paid         close        closed      bank       approve    -  - +note 终结 / close
lent         settle       settled     bank       review     -  - repaid 结清 / settle
"""

_INVESTMENT_LOAN_STATES = """
proposed     -  已推荐 / proposed
bound        -  投资机构已跟进 / investor bound
approved     -  银行已批准 / approved by the bank
lent         -  已放款并持认股权 / lent, option held
exercised    -  已行权 / option exercised
settled      .  已结清 / settled
declined     .  未通过 / declined
withdrawn    .  已撤回 / withdrawn
"""
_INVESTMENT_LOAN_MOVES = """
-            propose      proposed    enterprise,fund submit  -  - offer,+fen 推荐 / propose
proposed bind bound fund review 20 - option_range,+documents 投资机构出具意向 / bind the investor
bound        approve      approved    bank            approve 10 - seen,documents 银行批准 / approve
proposed,bound decline    declined    bank,fund       approve -  - +note 不予通过 / decline
proposed,bound,approved withdraw withdrawn enterprise submit  -  - - 撤回 / withdraw
bound,approved agree =            enterprise      submit  -  - - 企业确认条件 / agree to the terms
approved lend lent bank release 30 - all_agreed,option_range,seen,+fen 放款并取得认股权（1%—3%） / lend with an option
lent exercise exercised fund release - reserve_investment,invest exercisable,seen,+fen 行权 / exercise
lent         let_go       =           fund            approve -  - +note 放弃认股权 / let the option go
exercised share = fund release - receive_proceeds,distribute +fen,+note 收到收益并与银行分享 / share with the bank
lent         settle       settled     bank            review  -  - repaid,option_over 结清 / settle
exercised    settle       settled     bank            review  -  - repaid 结清 / settle
"""

_JOINT_GROWTH_STATES = """
proposed     -  已推荐 / proposed
framed       -  已签战略合作协议 / framework agreed
promised     -  已签承诺函 / letter of commitment signed
lent         -  已放款 / lent
sharing      -  收益分享期 / sharing the growth
settled      .  已结清 / settled
declined     .  未通过 / declined
withdrawn    .  已撤回 / withdrawn
"""
_JOINT_GROWTH_MOVES = """
-            propose      proposed    enterprise submit  -  - offer,+fen 申请 / propose
proposed frame framed bank review 20 - framework,+documents 签战略合作协议 / sign the framework agreement
framed       promise      promised    enterprise submit  20 - +documents 签承诺函 / sign the letter of commitment
proposed,framed,promised decline declined bank   approve -  - +note 不予通过 / decline
proposed,framed,promised withdraw withdrawn enterprise submit - - - 撤回 / withdraw
promised lend lent bank release 30 - three_documents,seen,+fen,+documents 签贷款合同并放款 / sign the loan and lend
lent         begin        sharing     bank       approve -  - milestone,+note 触发收益分享 / begin to share
sharing      share        =           bank       -       -  - +fen 收益分享入账 / book a share
lent,sharing settle       settled     bank       review  -  - repaid 结清 / settle
"""

_ENTRUSTED_STATES = """
applied      -  已申请 / applied
selected     -  平台已遴选 / selected by the platform
entrusted    -  已签委托合同 / entrusted
approved     -  银行已审查 / examined by the bank
lent         -  已统一放款 / lent
failing      -  逾期处置中 / overdue
settled      .  已结清 / settled
closed       .  损失由委托人承担 / closed, the entruster bears the loss
declined     .  未通过 / declined
withdrawn    .  已撤回 / withdrawn
"""
_ENTRUSTED_MOVES = """
-            apply        applied     enterprise submit  -  - offer,offered,+fen 申请 / apply
applied      select       selected    official   check   10 - documents,within_quota,+fen 遴选 / select
selected     entrust      entrusted   fund       approve 10 - seen,contract 出资方签委托合同 / entrust
entrusted    examine      approved    bank       review  10 - seen,terms,+fen,+terms 受托银行审查 / examine
applied      decline      declined    official   check   -  - +note 不予入选 / decline
selected,entrusted refuse declined    fund,bank  approve -  - +note 不予通过 / refuse
applied,selected,entrusted,approved withdraw withdrawn enterprise submit - - - 撤回 / withdraw
approved lend lent bank release 20 reserve_investment,invest all_agreed,open_day,seen,+fen 统一放款 / lend
lent,failing receive = bank - - receive_proceeds open_day,+fen 代收本息 / collect for the entruster
lent         fail         failing     machine    -       -  - past_due 转逾期 / fall overdue
failing      cure         lent        machine    -       -  - not_past_due 恢复正常 / be cured
lent,failing settle       settled     bank       review  -  - repaid 结清 / settle
failing      close        closed      fund       approve -  - +note 终结 / close
"""

ENTRUSTED = kind_of(
    "entrusted_lending",
    Text("委托统贷", "Entrusted unified lending"),
    _ENTRUSTED_STATES,
    _ENTRUSTED_MOVES,
    GROUPS,
    "enterprise,bank,fund,official",
)
GOVERNMENT_BANK_GUARANTEE = kind_of(
    "government_bank_guarantee",
    Text("政银担", "Government, bank and guarantor"),
    _GOVERNMENT_BANK_GUARANTEE_STATES,
    _GOVERNMENT_BANK_GUARANTEE_MOVES,
    GROUPS,
    "enterprise,bank,guarantor,official",
)
DOUBLE_COVER = kind_of(
    "double_cover",
    Text("双保贷", "Double-cover loan"),
    _DOUBLE_COVER_STATES,
    _DOUBLE_COVER_MOVES,
    GROUPS,
    "enterprise,bank,guarantor,insurer,official",
)
INVESTMENT_LOAN = kind_of(
    "investment_loan",
    Text("投贷联动", "Investment with a loan"),
    _INVESTMENT_LOAN_STATES,
    _INVESTMENT_LOAN_MOVES,
    GROUPS,
    "enterprise,bank,fund,official",
)
JOINT_GROWTH = kind_of(
    "joint_growth",
    Text("共同成长", "Joint growth, by three documents"),
    _JOINT_GROWTH_STATES,
    _JOINT_GROWTH_MOVES,
    GROUPS,
    "enterprise,bank,official",
)
