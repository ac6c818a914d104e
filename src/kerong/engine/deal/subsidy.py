"""What a subsidy's moves judge by, without a database: evidence that pays once, scores, the terms of a call."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kerong.rulebook.content import Group, Rule

WHOLE_BP = 10_000
FULL_MARK = 100
MOST_STAGES = 12
ACCOUNT = re.compile(r"[0-9A-Z]{6,34}")  # an account number at home, or an IBAN (ISO 13616)
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # private and unknown letters stay: names in GB18030 have some
LONGEST_NAME = 200
LONGEST_BANK = 100


class TermsRefused(ValueError):
    """A call or a payee as asked for cannot stand; the message is a key of the words."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of release: its share of the amount, and the milestone that it waits for (empty: none)."""

    share_bp: int
    milestone: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call says beside its rule. `shares`: level of government to basis points."""

    opens_on: date
    closes_on: date
    shares: Mapping[str, int]
    stages: Sequence[Stage] = (Stage(WHOLE_BP),)
    experts: int = 0
    pass_mark: int = 0
    notice_days: int = 5

    def check(self) -> None:
        """Raises TermsRefused where the terms make no sense."""
        if self.closes_on < self.opens_on:
            raise TermsRefused("case.refused.call.window")
        if not _is_whole(self.shares.values()):
            raise TermsRefused("case.refused.call.shares")
        if len(self.stages) > MOST_STAGES or not _is_whole(stage.share_bp for stage in self.stages):
            raise TermsRefused("case.refused.call.stages")
        if any(not stage.milestone.strip() for stage in self.stages[1:]):
            raise TermsRefused("case.refused.call.milestone")
        if not 0 <= self.experts <= 99 or not 0 <= self.pass_mark <= FULL_MARK or not 1 <= self.notice_days <= 60:
            raise TermsRefused("case.refused.call.review")


@dataclass(frozen=True, slots=True)
class Payee:
    """Where the money goes: the name and the account as the applicant gives them."""

    name: str
    bank: str
    account: str

    def check(self, known: Iterable[str]) -> None:
        """Raises TermsRefused where the account is none, or the name is none of those `known` for the payee's code."""
        is_bank = 0 < len(self.bank.strip()) <= LONGEST_BANK and is_one_line(self.bank)
        if not ACCOUNT.fullmatch(self.account) or not is_bank:
            raise TermsRefused("case.refused.payee.account")
        is_name = len(self.name) <= LONGEST_NAME and is_one_line(self.name)
        if not is_name or spelt(self.name) not in {spelt(name) for name in known} - {""}:
            raise TermsRefused("case.refused.payee.name")


def is_one_line(text: str) -> bool:
    """Is every character of it seen, and none a break? A bank reads its files by lines, whatever quotes say."""
    return not any(unicodedata.category(c) in UNSEEN for c in text)


def spelt(name: str) -> str:
    """A name as two writings of it are compared: width, blanks and kinds of brackets aside, nothing else."""
    text = unicodedata.normalize("NFKC", name)
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")).casefold()


def exclusions(rule: Rule, groups: Iterable[Group], claim: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """(group, what pays once in it) of a claim: in each exclusive group by evidence or row, and in the rule itself.

    Without a fingerprint of its own a rule pays the same row once a year; with one, once and for all.
    """
    evidence, row = str(claim.get("evidence") or ""), f"{rule.per}|{claim['enterprise_id']}|{claim['row_key']}"
    own = evidence if rule.fingerprint else f"{row}|{claim.get('year')}"
    found = [(f"rule {rule.name}", own)]
    for group in groups:
        if group.kind == "exclusive" and rule.name in group.rules and group.per in ("evidence", "row"):
            key = row if group.per == "row" else evidence or f"{rule.name}|{row}"
            found.append((group.name, f"{key}|{claim.get('year')}" if group.period == "year" else key))
    return tuple(found)


def is_passed(scores: Sequence[int], experts: int, pass_mark: int) -> bool:
    """Have enough experts scored, and does their mean reach the mark (exactly, without rounding)?"""
    return len(scores) >= max(1, experts) and sum(scores) >= pass_mark * len(scores)


def _is_whole(shares: Iterable[int]) -> bool:
    parts = list(shares)
    return all(type(part) is int and part > 0 for part in parts) and sum(parts) == WHOLE_BP
