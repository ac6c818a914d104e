"""The tables of moves of what stands behind a loan: guarantee, insurance policy, insurance claim, pledge of rights."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.engine.deal.moves import kind_of
from kerong.rulebook.said import Text

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "OPEN": "applied,taken",
        "AGREED": "approved,countered",
        "PAY": "reserve_compensation,compensate",
    }
)

_GUARANTEE_STATES = """
applied      -  已申请 / applied
taken        -  已受理 / taken
recommended  -  已尽调 / looked into and recommended
approved     -  已批准 / approved
countered    -  反担保已落实 / counter-guarantee in place
in_force     -  担保有效 / in force
called       -  已要求代偿 / called
verified     -  代偿已核定 / call verified
paid_out     -  已代偿、追偿中 / paid out, being recovered
released     .  已解除 / released
closed       .  已终结 / closed
declined     .  未获批准 / declined
withdrawn    .  已撤回 / withdrawn
"""
_GUARANTEE_MOVES = """
-            apply        applied     enterprise,bank submit   -  - offer,offered,+fen 申请担保 / apply
applied      take         taken       guarantor       review   3  - - 受理 / take
taken        recommend    recommended guarantor       review   10 - documents,offered,cover_terms,+fen 尽调 / recommend
recommended  approve      approved    guarantor       approve  5  - seen 批准 / approve
OPEN,recommended decline  declined    guarantor       approve  -  - +note 不予担保 / decline
OPEN,recommended,AGREED withdraw withdrawn enterprise submit   -  - - 撤回 / withdraw
approved counter countered guarantor review 20 - counters,+documents 落实反担保 / take the counter-guarantee
approved     issue        in_force    guarantor       release  10 premium no_counter,contract,standing 出具保函 / issue
countered    issue        in_force    guarantor       release  10 premium contract,standing 出具保函 / issue
in_force     share        =           guarantor       review   30 - in_time 报备再担保 / report to the re-guarantor
in_force     release      released    bank,guarantor  review   -  - repaid 解除担保 / release
in_force     call         called      bank            claim    -  - past_due,closed_day,payable,+fen 要求代偿 / call
called       take_back    in_force    bank            claim    -  - +note 撤回代偿要求 / take the call back
called       refuse_call  in_force    guarantor       check    15 - +note 不予代偿 / refuse the call
called verify verified guarantor check 15 reserve_compensation past_due,closed_day,seen,+fen 核定代偿 / verify the call
verified void_call in_force guarantor compensate - release_compensation +note 撤销核定 / undo the verification
verified pay paid_out guarantor compensate 30 compensate seen,+fen 代偿 / pay out
paid_out receive_share = guarantor - - receive_share share_due,+fen 再担保分担到账 / receive a share
paid_out recover = guarantor - - recover_from_debtor borne,+fen 追偿 / recover
paid_out receive_back = guarantor - - recover back_due,+fen 银行返还追偿款 / receive from the bank what it recovered
paid_out pass_on = guarantor compensate - return_share share_back,seen,+fen 返还再担保 / pass on to the re-guarantor
paid_out close closed guarantor approve - - share_settled,+note 终结追偿 / end the recovery
"""

_POLICY_STATES = """
applied      -  已投保 / applied
quoted       -  已报价 / quoted
accepted     -  已核保 / underwritten
in_force     -  保单有效 / in force
claimed      -  理赔中 / under a claim
expired      .  已满期 / expired
cancelled    .  已退保 / cancelled
declined     .  拒保 / declined
withdrawn    .  已撤回 / withdrawn
"""
_POLICY_MOVES = """
-            apply        applied     enterprise submit  -  - offer,offered,+fen 投保 / apply
applied      quote        quoted      insurer    review   5  - documents,policy_terms,+fen 报价 / quote
applied,quoted decline    declined    insurer    approve -  - +note 拒保 / decline
applied,quoted,accepted withdraw withdrawn enterprise submit - - - 撤回 / withdraw
quoted       accept       accepted    insurer    approve 5  - seen 核保 / underwrite
accepted pay_premium in_force insurer release 10 premium contract,standing,seen,+fen 收取保费、出单 / take the premium
in_force     endorse      =           insurer    approve -  - +note 批改 / endorse
in_force,claimed report_loss claimed enterprise,bank claim - - cover,+note 出险报案 / report a loss
claimed      resume       in_force    insurer    check   -  - claim_ended 理赔办结 / end the claim
in_force     expire       expired     insurer    -       -  - term_over 满期 / expire
in_force     cancel       cancelled   insurer    approve -  return_premium seen,+note 退保 / cancel
"""

_CLAIM_STATES = """
reported     -  已报案 / reported
registered   -  已立案 / registered
asked        -  待补单证 / waiting for documents
surveyed     -  已查勘定损 / surveyed
approved     -  已核赔 / approved
paid         -  已赔付、代位追偿 / paid, subrogated
closed       .  已结案 / closed
refused      .  拒赔 / refused
withdrawn    .  已撤案 / withdrawn
"""
_CLAIM_MOVES = """
-            report       reported    enterprise,bank claim   -  - cover,+fen 报案 / report
reported     register     registered  insurer         review  1  - - 立案 / register
registered   ask          asked       insurer         review  3  - +note 一次告知补充 / ask for documents
asked        hand_in      registered  enterprise,bank claim   10 - +documents 补交单证 / hand in documents
registered   survey       surveyed    insurer         check   15 - documents,+fen 查勘定损 / survey
surveyed approve approved insurer approve 30 reserve_compensation seen,cover,+fen 核赔 / approve
reported,registered,surveyed refuse refused insurer approve 3 - +note 拒赔 / refuse
reported,registered,asked withdraw withdrawn enterprise,bank claim - - - 撤案 / withdraw
approved     pay          paid        insurer compensate 10 compensate seen,+fen 赔付 / pay
approved void refused insurer compensate - release_compensation +note 撤销核赔 / undo the approval
paid         recover      =           insurer         -       -  recover_from_debtor borne,+fen 代位追偿 / recover
paid receive_back = insurer - - recover back_due,+fen 银行返还追偿款 / receive from the bank what it recovered
paid         close        closed      insurer         review  -  - - 结案 / close
"""

_PLEDGE_STATES = """
proposed     -  拟质押 / proposed
valued       -  已评估 / valued
agreed       -  已签质押合同 / agreed
recorded     -  已登记 / recorded at the patent office
enforcing    -  处置中 / being enforced
released     .  已解除登记 / released
disposed     .  已处置 / disposed of
declined     .  不接受 / declined
withdrawn    .  已撤回 / withdrawn
"""
_PLEDGE_MOVES = """
-            propose      proposed    enterprise submit  -  - owner,+documents 提出质押 / propose
proposed     value        valued      bank       review  15 - valuer,+fen 评估 / value
proposed,valued decline   declined    bank       approve -  - +note 不接受 / decline
proposed,valued,agreed withdraw withdrawn enterprise submit - - - 撤回 / withdraw
valued       agree        agreed      bank       approve 10 - seen,contract 签订质押合同 / agree
agreed       record       recorded    bank       release 7  - not_pledged,+documents 登记 / record
recorded     revalue      =           bank       review   -  - valuer,+fen 重新评估 / value anew
recorded     release      released    bank       release 7  - repaid 解除登记 / release
recorded     enforce      enforcing   bank       approve -  - past_due,closed_day,+note 启动处置 / enforce
enforcing    stop         recorded    bank       approve -  - not_past_due,+note 停止处置 / stop
enforcing    dispose      disposed    bank       release -  - +fen,+documents 处置完毕 / dispose of
"""

GUARANTEE = kind_of(
    "guarantee",
    Text("担保（含反担保）", "Guarantee with counter-guarantee"),
    _GUARANTEE_STATES,
    _GUARANTEE_MOVES,
    GROUPS,
    "enterprise,bank,guarantor,official",
)
INSURANCE = kind_of(
    "insurance", Text("保险单", "Insurance policy"), _POLICY_STATES, _POLICY_MOVES, GROUPS, "enterprise,insurer,bank"
)
CLAIM = kind_of(
    "claim", Text("保险理赔", "Insurance claim"), _CLAIM_STATES, _CLAIM_MOVES, GROUPS, "enterprise,insurer,bank"
)
PLEDGE = kind_of(
    "pledge", Text("知识产权质押", "Pledge of IP"), _PLEDGE_STATES, _PLEDGE_MOVES, GROUPS, "enterprise,bank,official"
)
