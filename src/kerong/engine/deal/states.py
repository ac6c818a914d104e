"""The tables of moves, one per kind of deal: who may do what from where, in which hand, on which conditions, by when.

Time limits are working days. 补正: what is missing is told once and in full within five working days (行政许可法
第三十二条第一款第四项); the firm has five to answer. A case that waits longer than its limit is overdue, and where the
table says so it can lapse. The tables of other kinds stand beside (`states_loan` and so on). How a line is read:
`kerong.engine.deal.moves.kind_of`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.engine.deal.moves import Kind, kind_of
from kerong.engine.deal.states_capital import EQUITY, GROUP_CREDIT, LEASE
from kerong.engine.deal.states_cover import CLAIM, GUARANTEE, INSURANCE, PLEDGE
from kerong.engine.deal.states_joint import (
    DOUBLE_COVER,
    ENTRUSTED,
    GOVERNMENT_BANK_GUARANTEE,
    INVESTMENT_LOAN,
    JOINT_GROWTH,
)
from kerong.engine.deal.states_loan import LOAN
from kerong.rulebook.said import Text

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "APPLICANT": "enterprise,bank,guarantor,insurer,fund",  # the firm, or the institution that is paid
        "ANYBODY": "official,analyst,APPLICANT",
        "TREASURY": "official,machine",  # who brings the return file, or the bank's own machine
        "EARLY": "applied,corrected,accepted,reviewed,verified",
        "HELD": "reserved,approved,noticed,objected,cleared,failed",  # set aside, and none of it under way
        "PAYABLE": "cleared,partly,failed",
        "RENEW": "release_grant,reserve_grant",  # set aside anew, for another payee
        "CARRY": "release_grant,carry_over,reserve_grant",  # set aside anew, on the next year's budget
        "PAY": "pay_grant,reserve_grant",  # what the bank did not pay stays set aside
    }
)

_SUBSIDY_STATES = """
proposed    -  待确认（免申即享） / proposed without application
applied     -  已申请 / applied
returned    -  待补正 / returned for correction
corrected   -  已补正 / corrected
accepted    -  已受理 / accepted
reviewed    -  已评审 / reviewed by experts
verified    -  已核定 / verified
reserved    -  已预留预算 / reserved on the budget
approved    -  已批准 / approved
noticed     -  公示中 / on public notice
objected    -  异议处理中 / objected to
cleared     -  可拨付 / cleared for payment
instructed  -  已下达支付指令 / payment instructed
in_payment  -  支付中 / in payment
failed      -  退票待重付 / payment returned or recalled
partly      -  已部分支付 / paid in part
paid        -  已支付 / paid
evaluated   -  已绩效评价 / evaluated
recovering  -  追回中 / being clawed back
clawed_back .  已追回 / clawed back
withdrawn   .  已撤回 / withdrawn
rejected    .  不予支持 / rejected
lapsed      .  已失效 / lapsed
"""

_SUBSIDY_MOVES = """
-                 propose       proposed    official  submit        -  - call,award 提出免申即享 / propose a grant
-                 apply         applied     APPLICANT submit        -  - window,award,payee,+payee 申请 / apply
proposed          confirm       accepted    APPLICANT submit        10 - payee,+payee 确认领取 / confirm
proposed          decline       withdrawn   APPLICANT submit        -  - - 放弃 / decline
proposed          lapse         lapsed      official  -             -  - overdue,+note 逾期失效 / let lapse
applied,corrected accept        accepted    official  review        5  - - 受理 / accept
applied           return        returned    official  review        5  - +note 退回补正 / return for correction
returned          correct       corrected   APPLICANT submit        5  - in_time,+note 补正 / correct
returned          lapse         lapsed      official  -             -  - overdue,+note 逾期未补正 / let lapse
accepted          score         =           analyst   score         10 - expert,+score 专家打分 / score
accepted          conclude      reviewed    official  review        -  - scored 汇总评审 / conclude the review
accepted          verify        verified    official  review        20 - no_review,award,within,+fen 核定 / verify
reviewed          verify        verified    official  review        10 - award,within,+fen 核定 / verify
EARLY             reject        rejected    official  review        -  - +note 不予支持 / reject
EARLY,returned    withdraw      withdrawn   APPLICANT submit        -  - - 撤回 / withdraw
EARLY,returned    change_payee  =           APPLICANT submit        -  - payee,+payee 变更收款人 / change the payee
verified reserve reserved official review 5 reserve_grant seen,award,unpaid,caps 预留预算 / reserve
reserved          approve       approved    official  approve       5  - seen,year,award,payee 批准 / approve
reserved          reject        rejected    official  approve       -  release_grant untouched,+note 不予批准 / refuse
HELD revise verified official review - release_grant untouched,award,within,+fen,+note 重新核定 / verify anew
HELD,partly       change_payee  reserved    APPLICANT submit        -  RENEW payee,+payee 变更收款人 / change the payee
approved          notice        noticed     official  -             5  - - 公示 / put on public notice
noticed           object        objected    ANYBODY   object        -  - on_notice,+note 提出异议 / object
objected          dismiss       noticed     official  hear          10 - +note 异议不成立 / dismiss the objection
objected uphold rejected official hear 10 release_grant untouched,+note 异议成立 / uphold the objection
noticed           clear         cleared     official  -             -  - notice_over 公示无异议 / end the notice
HELD              withdraw      withdrawn   APPLICANT submit        -  release_grant untouched 撤回 / withdraw
HELD lapse lapsed official hear - release_grant year_over,untouched,+note 年终失效 / let lapse
HELD,partly       carry_propose =           official  carry_propose -  - +note 提出结转 / propose to carry over
HELD,partly       carry_confirm =           official  carry_confirm -  CARRY carry 确认结转 / carry over
in_payment        carry_propose =           official  carry_propose -  - +note 提出结转 / propose to carry over
in_payment        carry_confirm =           official  carry_confirm -  CARRY carry 确认结转 / carry over
PAYABLE meet = official review - - +stage,+note 确认节点达成 / find a milestone met
PAYABLE instruct instructed official release 10 - seen,year,award,payee,milestone,+stage 下达支付指令 / instruct
instructed        recall        failed      official  release       -  - +note 撤回指令 / recall the instruction
in_payment recall_one = official release - - unsent,+note 撤回未送的指令 / recall what is not sent
in_payment recall_rest partly official release - - unsent,+note 撤回未送的指令 / recall what is not sent
in_payment recall_all failed official release - - unsent,+note 撤回未送的指令 / recall what is not sent
instructed        send          in_payment  official  release       2  - - 送支付文件 / send the payment file
in_payment        send          =           official  release       -  - - 送支付文件 / send a further payment file
in_payment        settle_one    =           TREASURY  -             10 PAY year 一笔到账 / one of several is paid
in_payment        settle_all    paid        TREASURY  -             10 pay_grant year 全部到账 / all is paid
in_payment        settle_part   partly      TREASURY  -             10 PAY year 部分到账 / a part is paid
in_payment        bounce_one    =           TREASURY  -             10 - - 一笔退票 / one of several is returned
in_payment        bounce        failed      TREASURY  -             10 - - 退票 / the payment is returned
in_payment        bounce_rest   partly      TREASURY  -             10 - - 其余退票 / the rest is returned
HELD,partly close paid official hear - release_grant touched,+note 余款不再拨付 / pay no more
paid              evaluate      evaluated   official  -             -  - +note,+score 绩效评价 / evaluate
paid,evaluated    order_back    recovering  official  hear          -  - back,+fen,+note 责令退回 / order repayment
recovering receive_part = official release 30 claw_back coming,+fen 部分退回 / a part comes back
recovering receive_back clawed_back official release 30 claw_back coming_whole,+fen 全部退回 / all comes back
"""

SUBSIDY = kind_of("subsidy", Text("财政补助", "Subsidy"), _SUBSIDY_STATES, _SUBSIDY_MOVES, GROUPS)
DEALS: tuple[Kind, ...] = (
    *(LOAN, GUARANTEE, INSURANCE, CLAIM, PLEDGE, LEASE, EQUITY, GROUP_CREDIT),
    *(GOVERNMENT_BANK_GUARANTEE, DOUBLE_COVER, INVESTMENT_LOAN, JOINT_GROWTH, ENTRUSTED),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in (SUBSIDY, *DEALS)})
