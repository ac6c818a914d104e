"""The tables of moves of a lease, of equity with an option, and of a credit line for a group of firms."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.engine.deal.moves import kind_of
from kerong.rulebook.said import Text

GROUPS: Mapping[str, str] = MappingProxyType(
    {"FINANCIER": "bank,fund", "RENTED": "renting,in_arrears", "HELD": "invested,granted"}
)

_LEASE_STATES = """
applied      -  已申请 / applied
taken        -  已受理 / taken
recommended  -  已尽调 / looked into and recommended
approved     -  已批准 / approved
signed       -  已签租约 / lease signed
delivered    -  设备已交付 / equipment delivered
accepted     -  设备已验收 / equipment accepted
renting      -  在租 / rented
in_arrears   -  欠租 / rent in arrears
buying       -  已申请留购 / wants to buy
taken_back   -  已收回设备 / equipment taken back
bought       .  已留购 / bought out
returned     .  已退租 / returned
disposed     .  设备已处置 / disposed of
declined     .  未获批准 / declined
withdrawn    .  已撤回 / withdrawn
"""
_LEASE_MOVES = """
-            apply        applied     enterprise submit  -  - offer,offered,+fen 申请 / apply
applied      take         taken       FINANCIER  review  3  - - 受理 / take
taken        recommend    recommended FINANCIER  review  10 - documents,offered,terms,+fen,+terms 尽调 / recommend
recommended  approve      approved    FINANCIER  approve 5  - seen 批准 / approve
applied,taken,recommended decline declined FINANCIER approve - - +note 不予批准 / decline
applied,taken,recommended,approved,signed withdraw withdrawn enterprise submit - - - 撤回 / withdraw
approved     sign         signed      FINANCIER  review  20 - contract 签约 / sign
signed       deliver      delivered   FINANCIER  release 30 - +documents 购买并交付 / buy and deliver
delivered    accept       accepted    enterprise submit  5  - +documents 验收 / accept
accepted     begin        renting     FINANCIER  review  5  - open_day,first_rent 起租 / begin the rent
RENTED       receive      =           FINANCIER  -       -  - open_day,+fen 租金入账 / book rent
renting      fall_behind  in_arrears  machine    -       -  - past_due 欠租 / fall behind
in_arrears   catch_up     renting     machine    -       -  - not_past_due 补齐 / catch up
renting      buy_out      buying      enterprise submit  -  - repaid 申请留购 / ask to buy
buying hand_over bought FINANCIER release 10 - price,+fen,+documents 收款过户 / take the price and hand over
renting,buying give_back  returned    FINANCIER  review  -  - repaid,+documents 退租 / give back
in_arrears   take_back    taken_back  FINANCIER  approve -  - +note 收回设备 / take back
taken_back   dispose      disposed    FINANCIER  release -  - +fen,+documents 处置 / dispose of
"""

_EQUITY_STATES = """
proposed     -  已接洽 / proposed
termed       -  已签投资意向 / term sheet signed
examined     -  已尽职调查 / examined
decided      -  已投决 / decided by the committee
signed       -  已签投资协议 / agreement signed
granted      -  已获认股权 / option held, nothing invested
invested     -  已出资 / invested
leaving      -  拟退出 / an exit is proposed
exited       .  已退出 / exited
written_off  .  已核销 / written off
let_go       .  认股权失效 / option let go
declined     .  不投 / declined
withdrawn    .  已撤回 / withdrawn
"""
_EQUITY_MOVES = """
-            propose      proposed    enterprise,fund submit  -  - offer,+fen 接洽 / propose
proposed     term         termed      fund            review  20 - +fen,+documents 签投资意向 / sign the term sheet
termed       examine      examined    fund            review  40 - documents 尽职调查 / examine
examined     decide       decided     fund            approve 10 - seen,+fen 投决 / decide
proposed,termed,examined decline declined fund        approve -  - +note 不投 / decline
proposed,termed,examined,decided withdraw withdrawn enterprise submit - - - 撤回 / withdraw
decided      sign         signed      fund            review  30 - contract,+documents 签投资协议 / sign
decided grant granted fund release 30 - option_range,contract 取得认股权（1%—3%） / take an option of 1 to 3 %
signed invest invested fund release 30 reserve_investment,invest seen,+fen 出资 / invest
signed       cancel       declined    fund            approve -  - +note 取消 / cancel
granted exercise invested fund release - reserve_investment,invest exercisable,seen,+fen 行权 / exercise
granted transfer exited fund release - receive_proceeds exercisable,+fen,+note 转让认股权 / pass the option on
granted      let_go       let_go      fund            approve -  - option_over 认股权失效 / let the option go
invested     pay_dividend =           fund            -       -  receive_proceeds +fen 分红 / receive a dividend
invested     plan_exit    leaving     fund            review  -  - +fen,+documents 提出退出 / propose an exit
leaving      exit         exited      fund            release 20 receive_proceeds seen,+fen 退出 / exit
leaving      stay         invested    fund            approve -  - +note 不退出 / stay
invested     write_off    written_off fund            approve -  - +note 核销 / write off
"""

_CREDIT_STATES = """
proposed     -  已申请 / proposed
examined     -  已尽调 / examined
approved     -  已批准 / approved
open         -  额度有效 / line open
frozen       -  额度冻结 / frozen
ended        .  额度到期 / ended
declined     .  未获批准 / declined
withdrawn    .  已撤回 / withdrawn
"""
_CREDIT_MOVES = """
-            propose      proposed    enterprise,official submit  -  - offer,members,+fen 整体申请 / propose
proposed     examine      examined    bank                review  15 - documents,members,+fen 尽调 / examine
examined     approve      approved    bank                approve 10 - seen 批准 / approve
proposed,examined decline declined    bank                approve -  - +note 不予批准 / decline
proposed,examined,approved withdraw withdrawn enterprise,official submit - - - 撤回 / withdraw
approved     sign         open        bank                release 20 - contract 开立额度 / open the line
open         join         =           bank                review  -  - members,+note 新增成员 / take a member in
open         leave        =           bank                review  -  - +note 成员退出 / let a member go
open         use          =           bank                release -  - limit,+fen 成员用信 / a member draws
open         give_back    =           bank                -       -  - +fen 额度恢复 / give room back
open         freeze       frozen      bank                approve -  - +note 冻结 / freeze
frozen       thaw         open        bank                approve -  - not_past_due,+note 解冻 / thaw
open,frozen  end          ended       bank                approve -  - repaid 到期终止 / end
"""

LEASE = kind_of(
    "lease", Text("融资租赁", "Lease"), _LEASE_STATES, _LEASE_MOVES, GROUPS, "enterprise,bank,fund,official"
)
EQUITY = kind_of(
    "equity",
    Text("股权投资与认股权", "Equity with an option"),
    _EQUITY_STATES,
    _EQUITY_MOVES,
    GROUPS,
    "enterprise,fund,bank,official",
)
GROUP_CREDIT = kind_of(
    "group_credit",
    Text("集群授信", "Credit for a group"),
    _CREDIT_STATES,
    _CREDIT_MOVES,
    GROUPS,
    "enterprise,bank,official",
)
