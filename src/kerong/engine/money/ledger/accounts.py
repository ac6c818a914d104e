"""The chart of accounts: which kinds of book there are, and which kinds of account stand in them.

Money goes from the debited account to the credited one (TigerBeetle, docs.tigerbeetle.com/coding/data-modeling):
what an account holds is its credits less its debits. A limit keeps an account from giving what it does not have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kerong.rulebook.said import Text

Limit = Literal["credit", "debit"]

BOOK_KINDS: Mapping[str, Text] = {
    "budget": Text("预算账簿", "budget"),
    "pool": Text("风险资金池账簿", "risk pool"),
    "guarantor": Text("担保机构账簿", "guarantor"),
    "fund": Text("基金账簿", "fund"),
}
BOOK_CODE = r"^[A-Za-z0-9_.:/-]{1,80}$"
CURRENCY = r"^[A-Z]{3}$"
# what stands behind the colon of an account: no blank, nothing invisible, nothing that turns the direction of writing
_SUBJECT = r"[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]{1,120}"
ACCOUNT_CODE = rf"^[a-z_]{{1,40}}(?::{_SUBJECT})?$"


@dataclass(frozen=True, slots=True)
class Book:
    """What of a book every check needs: its code, its kind (of `BOOK_KINDS`) and its one currency (ISO 4217)."""

    code: str
    kind: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class AccountKind:
    """One line of the chart.

    `limited`: "credit": debits, reserved ones included, never exceed posted credits (a purse); "debit": the mirror (a
    source that takes back at most what it gave); None: no limit. `has_subject`: the code is `name:subject`, one account
    for each payee, bank or party; otherwise a book has one account of the kind, called as the kind.
    """

    name: str
    title: Text
    books: tuple[str, ...]
    limited: Limit | None = None
    has_subject: bool = False


_BEARERS = ("pool", "guarantor")
_PURSES = (*_BEARERS, "fund")
_KINDS = (
    AccountKind("treasury", Text("国库拨款", "treasury"), ("budget",), "debit"),
    AccountKind("appropriation", Text("预算指标", "appropriation"), ("budget",), "credit"),
    AccountKind("payee", Text("受益人", "payee"), ("budget",), "credit", has_subject=True),
    AccountKind("carried_over", Text("跨年结转", "carried over"), ("budget",)),
    AccountKind("lapsed", Text("年终收回指标", "lapsed"), ("budget",)),
    AccountKind("returned", Text("缴回国库", "returned to the treasury"), ("budget",)),
    AccountKind("money", Text("资金余额", "money"), _PURSES, "credit"),
    AccountKind("interest", Text("利息收入", "interest"), _PURSES),
    AccountKind("manager", Text("费用收款方", "receiver of fees"), _PURSES, has_subject=True),
    AccountKind("contributor", Text("出资方", "contributor"), _BEARERS, has_subject=True),
    AccountKind("bank", Text("受偿方", "compensated bank or insured"), _BEARERS, "credit", has_subject=True),
    AccountKind("debtor", Text("债务人", "debtor"), _BEARERS, has_subject=True),
    AccountKind("sharer", Text("分险方", "sharer of risk"), ("guarantor",), has_subject=True),
    AccountKind("partner", Text("合伙人", "partner"), ("fund",), has_subject=True),
    AccountKind("investee", Text("被投企业", "investee"), ("fund",), has_subject=True),
)
ACCOUNT_KINDS: Mapping[str, AccountKind] = {kind.name: kind for kind in _KINDS}


def account_code(kind: str, subject: str = "") -> str:
    """The account's code: `money`, `payee:91440101…`."""
    return f"{kind}:{subject}" if subject else kind


def account_of(code: str) -> AccountKind | None:
    """The kind of the account with this code; None where the chart has no such account."""
    kind = ACCOUNT_KINDS.get(code.partition(":")[0])
    is_well_formed = re.fullmatch(ACCOUNT_CODE, code) is not None
    return kind if kind and is_well_formed and kind.has_subject == (":" in code) else None
