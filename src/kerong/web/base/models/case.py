"""A case: one subsidy from its award to its payment, its history, its parts of money, and what it was decided on.

States and moves stand in `kerong.engine.deal.states`. Histories, steps and scores are only ever added (triggers of
migration 0006).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kerong.web.base.models.call import FULL_MARK, Budget, Call, PinnedRulebook
from kerong.web.base.models.ledger import Transfer
from kerong.web.base.models.move import Move

PAYEE_KINDS = ("enterprise", "institution", "fund", "person", "contestant")
GONE = ("withdrawn", "rejected", "lapsed")  # a case that came to nothing: its row may be claimed again


class Case(models.Model):
    """One award of one run as a case of its own.

    `decided_on`: the facts that the rule read (Parquet, one row), `claim` what the rule made of them (a row of
    `rulebook.rows.ENTITLED`), both as they were when the case was opened. `fen`: what it is about now, at most
    `awarded_fen`; `approved_fen`: what was approved last, which holds while `is_approved`. `since`: the day on which it
    came into its state, `due_on`: the last day of its time limit. `version`: how many moves its history has.
    """

    kind = models.CharField(max_length=20, default="subsidy")
    region = models.CharField(max_length=100)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="cases")
    rule = models.CharField(max_length=200)
    enterprise_id = models.CharField(max_length=200)
    row_key = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    since = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    run_id = models.CharField(max_length=64)
    on = models.DateField()
    rulebook = models.ForeignKey(PinnedRulebook, on_delete=models.PROTECT, related_name="+")
    decided_on = models.BinaryField()
    claim = models.JSONField()
    evidence = models.CharField(max_length=500, blank=True)
    budget_year = models.PositiveSmallIntegerField()
    payee_kind = models.CharField(max_length=12, choices=[(name, name) for name in PAYEE_KINDS])
    payee = models.CharField(max_length=120)
    payee_names = models.JSONField(default=list)
    payee_name = models.CharField(max_length=200, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    account = models.CharField(max_length=40, blank=True)
    entitled_fen = models.BigIntegerField()
    awarded_fen = models.BigIntegerField()
    fen = models.BigIntegerField()
    approved_fen = models.BigIntegerField(default=0)
    is_approved = models.BooleanField(default=False)
    reserved_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    ordered_fen = models.BigIntegerField(default=0)
    returned_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("due_on", "id")
        indexes = (
            models.Index(fields=["region", "state", "due_on"]),
            models.Index(fields=["region", "enterprise_id"]),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["call", "enterprise_id", "row_key"],
                condition=~Q(state__in=GONE),
                name="one_standing_case_per_call_and_row",
            ),
            models.CheckConstraint(
                name="nothing_is_granted_beyond_the_award",
                condition=Q(fen__gte=1) & Q(fen__lte=F("awarded_fen")) & Q(awarded_fen__lte=F("entitled_fen")),
            ),
            models.CheckConstraint(
                name="nothing_is_paid_beyond_what_was_approved",
                condition=Q(reserved_fen__gte=0)
                & Q(paid_fen__gte=0)
                & Q(paid_fen__lte=F("approved_fen"))
                & Q(approved_fen__lte=F("awarded_fen"))
                & Q(reserved_fen__lte=F("fen") - F("paid_fen")),
            ),
            models.CheckConstraint(
                name="nothing_comes_back_beyond_what_was_ordered",
                condition=Q(returned_fen__gte=0)
                & Q(returned_fen__lte=F("ordered_fen"))
                & Q(ordered_fen__lte=F("paid_fen")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.enterprise_id}: {self.state}"


class CaseMove(Move):
    """One move of a case; `detail`: a payee, a stage, a score."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        ordering = ("case", "version")
        constraints = (models.UniqueConstraint(fields=["case", "version"], name="one_move_per_version_of_a_case"),)

    def __str__(self) -> str:
        return f"{self.case_id}.{self.version} {self.name}"


class CasePart(models.Model):
    """The part of a case that one level pays in one stage: it is reserved, instructed and paid by itself.

    `reservation`: the open reservation on the budget's book, None where none is. `met_on`: the day on which its
    milestone was found met. `is_dropped`: the amount was worked out anew, and other parts took its place.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parts")
    stage = models.PositiveSmallIntegerField()
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="parts")
    fen = models.BigIntegerField()
    milestone = models.CharField(max_length=200, blank=True)
    met_on = models.DateField(null=True, blank=True)
    reservation = models.OneToOneField(
        Transfer, to_field="ref", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reserved_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    returned_fen = models.BigIntegerField(default=0)
    is_dropped = models.BooleanField(default=False)

    class Meta:
        ordering = ("case", "stage", "budget")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "stage", "budget"],
                condition=Q(is_dropped=False),
                name="one_part_per_stage_and_budget",
            ),
            models.CheckConstraint(
                name="a_part_is_reserved_and_paid_within_itself",
                condition=Q(fen__gte=1)
                & Q(reserved_fen__gte=0)
                & Q(paid_fen__gte=0)
                & Q(returned_fen__gte=0)
                & Q(returned_fen__lte=F("paid_fen"))
                & Q(reserved_fen__lte=F("fen") - F("paid_fen")),
            ),
            models.CheckConstraint(
                name="what_is_reserved_has_its_reservation",
                condition=Q(reservation__isnull=True, reserved_fen=0)
                | Q(reservation__isnull=False, reserved_fen__gte=1),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage} {self.budget_id}: {self.fen}"


class CaseStep(models.Model):
    """A transfer of the ledger and the move of the case that made it."""

    move = models.ForeignKey(CaseMove, on_delete=models.PROTECT, related_name="steps")
    transfer = models.OneToOneField(Transfer, to_field="ref", on_delete=models.PROTECT, related_name="case_step")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.move_id} {self.transfer_id}"


class CaseScore(models.Model):
    """What one expert gave, once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="scores")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=150)
    points = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["case", "person"], name="an_expert_scores_a_case_once"),
            models.CheckConstraint(name="a_score_is_within_the_full_mark", condition=Q(points__lte=FULL_MARK)),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.points}"


class EvidenceUse(models.Model):
    """That a case was granted on a piece of evidence under an exclusion group: it stands once, whoever asks when."""

    region = models.CharField(max_length=100)
    group = models.CharField(max_length=220)
    key = models.CharField(max_length=64)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence_uses")
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["region", "group", "key"], condition=Q(stands=True), name="evidence_pays_once_in_a_group"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group} {self.key[:12]}"
