"""The table of moves of a loan: from an application on an offer to its last fen, with the pool that shares its loss.

A loan is registered in a pool while it is repaid, so registration is a move and no state. What falls overdue, and what
is cured, is said by close of business (`machine`), never by a person.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.engine.deal.moves import kind_of
from kerong.rulebook.said import Text

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "EARLY": "applied,taken,asked,recommended",
        "UNDRAWN": "applied,taken,asked,recommended,approved,contracted",
        "LIVE": "drawing,repaying,overdue",
        "WHOLE": "repaying,overdue",
        "OFFICE": "bank,machine",
    }
)

_STATES = """
applied      -  已申请 / applied
taken        -  已受理 / taken by an officer
asked        -  待补材料 / waiting for documents
recommended  -  已尽调 / looked into and recommended
approved     -  已批准 / approved
contracted   -  已签约 / contract signed
drawing      -  部分放款 / drawn in part
repaying     -  还款中 / being repaid
overdue      -  逾期 / overdue
claimed      -  已申请补偿 / compensation claimed
verified     -  损失已核定 / loss verified
compensated  -  已补偿、追偿中 / compensated, being recovered
written_off  -  已核销（账销案存） / written off, the claim stands
settled      .  已结清 / settled
closed       .  已终结 / closed
declined     .  未获批准 / declined
withdrawn    .  已撤回 / withdrawn
"""

_MOVES = """
-            apply        applied     enterprise submit     -  - offer,offered,+fen 申请 / apply
applied      take         taken       bank       review     3  - - 受理 / take
taken        ask          asked       bank       review     5  - +note 要求补充材料 / ask for documents
asked        hand_in      taken       enterprise submit     10 - +documents 补交材料 / hand in documents
asked        lapse        withdrawn   bank       review     -  - overdue,+note 逾期未补，视为撤回 / let lapse
taken        recommend    recommended bank       review     10 - documents,offered,terms,+fen,+terms 尽调 / recommend
recommended  approve      approved    bank       approve    5  - seen 批准 / approve
recommended  send_back    taken       bank       approve    -  - +note 退回重审 / send back
EARLY        decline      declined    bank       approve    -  - +note 不予批准 / decline
UNDRAWN      withdraw     withdrawn   enterprise submit     -  - - 撤回 / withdraw
approved     sign         contracted  bank       review     20 - contract,+contract 签约 / sign
approved,contracted cancel declined   bank       approve    -  - +note 取消 / cancel before drawdown
contracted,drawing draw_part drawing  bank       release    -  - open_day,undrawn,+fen 部分放款 / draw a part
contracted,drawing draw repaying bank release 30 - open_day,undrawn,+fen 放款（末次） / draw, the last time
LIVE         receive      =           bank       -          -  - open_day,+fen 还款入账 / book a receipt
WHOLE        prepay       =           bank       review     -  - open_day,+fen 提前还款 / prepay
WHOLE        reprice      =           bank       approve    -  - open_day,+terms 调整利率 / reprice
WHOLE        extend       =           bank       approve    -  - open_day,unclaimed,+terms,+note 展期 / extend
WHOLE        restructure  =           bank       approve    -  - open_day,unclaimed,+terms,+note 重组 / restructure
LIVE         register     =           bank       review     -  - unregistered,pool 备案入池 / register in a pool
drawing,repaying fall_overdue overdue machine    -          -  - past_due 转逾期 / fall overdue
overdue      cure         repaying    machine    -          -  - not_past_due 恢复正常 / be cured
WHOLE        settle       settled     OFFICE     -          -  - repaid 结清 / settle
overdue      claim        claimed     bank       claim      -  - closed_day,claim 申请补偿 / claim compensation
claimed      take_back    overdue     bank       claim      -  - +note 撤回申请 / take the claim back
claimed      refuse_claim overdue     official   check      15 - +note 不予补偿 / refuse the claim
claimed verify verified official check 15 reserve_compensation claim,seen,+fen 核定损失 / verify the loss
verified compensate compensated official compensate 10 compensate seen,+fen 支付补偿 / pay the compensation
verified void_claim overdue official compensate - release_compensation +note 撤销核定 / undo the verification
compensated recover = bank - - recover borne,+fen 追偿入账 / book a recovery
compensated claw_back overdue official check - claw_back_compensation +note 追回补偿 / claw the compensation back
overdue,compensated write_off written_off bank approve - - loss,+note 核销 / write off
compensated  close        closed      bank       approve    -  - +note 终结追偿 / end the recovery
written_off  collect      =           bank       -          -  - +fen 核销后收回 / collect after the write-off
written_off  close        closed      bank       approve    -  - +note 终结 / close
"""

LOAN = kind_of("loan", Text("贷款", "Loan"), _STATES, _MOVES, GROUPS, "enterprise,bank,guarantor,insurer,official")
