"""What an alert says beside its conditions: how grave it is, who acts by when and how, and what it warns of."""

from dataclasses import dataclass

from kerong.rulebook.said import Place, Text

SEVERITIES = (1, 2, 3)  # to be watched, to be looked into, to be acted on at once
SUBJECTS = ("enterprise", "local_finance", "institution")
# who may own a warning, beside every institution of the region; offices and banks are whoever serves the subject
OWNERS = (
    "finance_office",
    "district_office",
    "local_finance_supervisor",
    "lending_bank",
    "guarantor",
    "fund_manager",
    "tax_office",
)


@dataclass(frozen=True, slots=True)
class Alert:
    """The part `[alert]` of a rule or model that warns.

    `owner`: one of OWNERS or the code of an institution. `due_days`: by when it is to be acted on, from the day of the
    warning. `event`: the name of what it warns of, at most `lead_months` ahead; None: it is not graded. `least_bp`: of
    a model, the probability (per 10,000) from which it warns. `is_on_trial`: it is graded, and warns nobody.
    """

    severity: int
    owner: str
    due_days: int
    action: Text
    place: Place
    event: str | None = None
    lead_months: int = 0
    subject_kind: str = "enterprise"
    least_bp: int | None = None
    is_on_trial: bool = False
