"""A pledge of rights (patents, software, trade marks) for a loan: what its table's words do.

`details`: `rights`, each with its register, number, and whether a register of the run was asked about it (`checked`);
`valuer`, `valued_on`. A right that is recorded leaves an entry of its fingerprint, by which it is pledged once.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from kerong.engine.deal.subsidy import spelt
from kerong.engine.money.ledger.chain import sm3
from kerong.engine.money.pool import bare
from kerong.web.base.models import DealEntry, Role
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import CHANGES as OF_LOANS
from kerong.web.base.services.deal_cover import offer
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, Doing
from kerong.web.base.services.deal_details import details_of, kept_details, text_said
from kerong.web.base.services.deal_guards import COMMON, is_seen
from kerong.web.base.services.deal_losses import closed_day, not_past_due, past_due, repaid
from kerong.web.base.services.locks import lock

MOST_RIGHTS, LONGEST_NUMBER = 100, 100
LIVE = ("recorded", "enforcing")  # while the right is bound
NUMBER = "number"  # the column of a register of rights


def rights_said(at: DealDeciding) -> list[dict[str, Any]]:
    """The rights, each once, the firm's where a register tells. Raises CaseRefused."""
    told = at.wish.details.get("rights")
    if not isinstance(told, list | tuple) or not 1 <= len(told) <= MOST_RIGHTS:
        raise CaseRefused("deal.refused.needs.rights")
    registers = pinned_rules(at.deal.rulebook.digest).registers
    found = []
    for one in told:
        name = str(one.get("register")) if isinstance(one, Mapping) else ""
        if name not in registers or NUMBER not in registers[name].columns:
            raise CaseRefused("deal.refused.needs.rights")
        number = text_said(one, NUMBER, LONGEST_NUMBER)
        if not bare(number):
            raise CaseRefused("deal.refused.needs.number")
        found.append({"register": name, "number": number, "checked": is_owned(at, name, number)})
    if len({right_of(one) for one in found}) < len(found):
        raise CaseRefused("deal.refused.needs.rights")
    return found


def is_owned(at: DealDeciding, register: str, number: str) -> bool:
    """True: the run's register says that the right is the firm's and in force; False: the run has no such register.

    Raises CaseRefused where the register says otherwise.
    """
    if at.published is None:
        raise CaseRefused("case.refused.run")
    if f"rows/{register}" not in at.published.tables:
        return False
    for row in _rows(at.published, register, at.deal.enterprise_id):
        if bare(str(row[NUMBER])) == bare(number) and _is_in_force(row, at.today):
            return True
    raise CaseRefused("deal.refused.not_owner", register=register, number=number)


def _rows(published: Published, register: str, firm: str) -> Iterator[dict[str, Any]]:
    own = published.table(f"rows/{register}").filter(pl.col("enterprise_id") == firm).collect()
    yield from own.iter_rows(named=True)


def _is_in_force(row: Mapping[str, Any], on: date) -> bool:
    """Does the row say nothing against it? A register may tell by a mark, by the day of its end, or not at all."""
    ends = [row.get(name) for name in ("lapsed_on", "valid_until")]
    over = [day for day in ends if isinstance(day, date) and day < on]
    return row.get("in_force") is not False and not over


def right_of(one: Mapping[str, Any]) -> str:
    """By what a right is known in every deal, however its number is written."""
    return sm3(f"{one['register']}|{bare(str(one['number']))}".encode()).hex()


def _owner(at: DealDeciding) -> None:
    offer(at)
    rights_said(at)


def _propose(at: DealDeciding) -> None:
    kept_details(at, rights=rights_said(at))


def _valuer(at: DealDeciding) -> None:
    """Whoever values is named, and is neither the firm nor the bank."""
    name = spelt(text_said(at.wish.details, "valuer"))
    if name in {spelt(one) for one in _names(at) if one}:
        raise CaseRefused("deal.refused.valuer")


def _names(at: DealDeciding) -> Iterator[str]:
    """How the firm and the institutions of the deal are called."""
    row = pl.read_parquet(io.BytesIO(bytes(at.deal.decided_on))).row(0, named=True)
    yield from (at.deal.enterprise_id, str(row.get("name") or ""))
    yield from str(row.get("other_names") or "").split("、")
    parties = set(at.deal.parties.filter(role=Role.BANK).values_list("code", flat=True))
    for one in pinned_rules(at.deal.rulebook.digest).region.institutions:
        if one.code in parties:
            yield from (one.code, one.title.zh, one.title.en)


def _value(at: DealDeciding) -> None:
    at.deal.fen = at.fen
    kept_details(at, valuer=text_said(at.wish.details, "valuer"), valued_on=at.on.isoformat())
    at.entries.append(("valued", at.fen, ""))


def _seen(at: DealDeciding) -> None:
    is_seen(at, at.deal.fen)


@reading_as(SYSTEM)
def _not_pledged(at: DealDeciding) -> None:
    """No other pledge, of whichever bank, holds one of the rights; asked under a lock of each."""
    rights = details_of(at.deal)["rights"]
    for known in sorted(map(right_of, rights)):
        lock(f"right {known}")
    for one in rights:
        others = DealEntry.objects.filter(kind="right", text=right_of(one), deal__kind="pledge", deal__state__in=LIVE)
        if others.exclude(deal=at.deal).exists():
            raise CaseRefused("deal.refused.pledged", number=one["number"])


def _record(at: DealDeciding) -> None:
    at.entries += [("right", 0, right_of(one)) for one in details_of(at.deal)["rights"]]


def _dispose(at: DealDeciding) -> None:
    at.entries.append(("disposed", at.fen, ""))


GUARDS: Mapping[str, Doer] = {
    **COMMON,
    "owner": _owner,
    "valuer": _valuer,
    "seen": _seen,
    "not_pledged": _not_pledged,
    "repaid": repaid,
    "past_due": past_due,
    "not_past_due": not_past_due,
    "closed_day": closed_day,
}
CHANGES: Mapping[str, Doer] = {
    "propose": _propose,
    "value": _value,
    "revalue": _value,
    "agree": OF_LOANS["sign"],
    "record": _record,
    "dispose": _dispose,
}
PLEDGE = Doing(GUARDS, CHANGES, {})
