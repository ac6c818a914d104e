"""A deal: a loan, a cover, a lease, a stake … from its application to its end, its history, terms and daily facts.

States and moves stand in `kerong.engine.deal.states*`. Histories, terms, entries and steps are only added: triggers of
migration 0008 see to it. A bank's own book is no ledger of ours: what a loan costs is a fact of the deal (`DealEntry`);
only what a pool pays and gets back is in the ledger (`DealStep`).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kerong.web.base.models.call import PinnedRulebook
from kerong.web.base.models.ledger import Transfer
from kerong.web.base.models.move import Move


class Deal(models.Model):
    """One deal. `offered_fen`: what the run offered; `fen`: asked for, then recommended, then approved; `drawn_fen`.

    `decided_on`: the row of the record that the application rested on (Parquet), `drawn_on_facts` that of the first
    drawdown: a pool judges by it. `terms`: what was recommended, without drawdowns. `closed_through`: the last business
    day that was closed; `days_past_due`, `grade`, `outstanding_fen` and `accrued_fen` are as of its close.

    `base`: the deal that this one stands on (the loan of a guarantee, the policy of a claim, the joint deal of a loan).
    `details`: what else its kind knows of it, as the services of that kind write it; None: nothing yet.
    """

    kind = models.CharField(max_length=30, default="loan")
    region = models.CharField(max_length=100)
    product = models.CharField(max_length=200)
    enterprise_id = models.CharField(max_length=200)
    institution = models.CharField(max_length=100)
    contract = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)
    since = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    run_id = models.CharField(max_length=64)
    on = models.DateField()
    rulebook = models.ForeignKey(PinnedRulebook, on_delete=models.PROTECT, related_name="+")
    decided_on = models.BinaryField()
    drawn_on_facts = models.BinaryField(null=True, blank=True)
    drawn_rulebook = models.ForeignKey(
        PinnedRulebook, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    offered_fen = models.BigIntegerField(null=True, blank=True)
    fen = models.BigIntegerField()
    drawn_fen = models.BigIntegerField(default=0)
    terms = models.JSONField(default=dict)
    closed_through = models.DateField(null=True, blank=True)
    days_past_due = models.PositiveIntegerField(default=0)
    grade = models.CharField(max_length=20, blank=True)
    outstanding_fen = models.BigIntegerField(default=0)
    accrued_fen = models.BigIntegerField(default=0)
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="bound")
    details = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=["region", "state", "closed_through"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["region", "institution", "contract"],
                condition=~Q(contract=""),
                name="a_contract_is_one_deal_of_an_institution",
            ),
            models.CheckConstraint(
                name="nothing_is_drawn_beyond_what_was_approved",
                condition=Q(fen__gte=1) & Q(drawn_fen__gte=0) & Q(drawn_fen__lte=F("fen")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.enterprise_id}: {self.state}"


class DealParty(models.Model):
    """Who is part of a deal and so may see it: a role and the code of a firm or an institution.

    An official has none: "" stands for the region's own office.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=16)
    code = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["role", "code"]),)
        constraints = (models.UniqueConstraint(fields=["deal", "role", "code"], name="a_party_stands_in_a_deal_once"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.role} {self.code}"


class DealMove(Move):
    """One move of a deal."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        ordering = ("deal", "version")
        constraints = (models.UniqueConstraint(fields=["deal", "version"], name="one_move_per_version_of_a_deal"),)

    def __str__(self) -> str:
        return f"{self.deal_id}.{self.version} {self.name}"


class DealTerm(models.Model):
    """What was agreed, one after the other: `do` "draw": the terms whole, with all drawdowns; else a change of them."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="agreed")
    move = models.OneToOneField(DealMove, on_delete=models.PROTECT, related_name="term")
    do = models.CharField(max_length=20)
    on = models.DateField()
    args = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.do} {self.on}"


class DealEntry(models.Model):
    """A fact of a loan on a business day, in fen: what was drawn, received, accrued, fell due, was paid of what.

    `move`: None where close of business found it; then it stands once by day, kind and number (of the instalment).
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="entries")
    on = models.DateField()
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField(default=0)
    fen = models.BigIntegerField()
    text = models.CharField(max_length=100, blank=True)
    move = models.ForeignKey(DealMove, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "deal entries"
        constraints = (
            models.UniqueConstraint(
                fields=["deal", "on", "kind", "number"],
                condition=Q(move__isnull=True),
                name="a_day_is_closed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deal_id} {self.on} {self.kind} {self.fen}"


class DealStep(models.Model):
    """A transfer of the ledger and the move of the deal that made it."""

    move = models.ForeignKey(DealMove, on_delete=models.PROTECT, related_name="steps")
    transfer = models.OneToOneField(Transfer, to_field="ref", on_delete=models.PROTECT, related_name="deal_step")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.move_id} {self.transfer_id}"


class BusinessDay(models.Model):
    """The last business day of a region that was closed for all of its deals."""

    region = models.CharField(max_length=100, unique=True)
    closed_through = models.DateField()

    def __str__(self) -> str:
        return f"{self.region} {self.closed_through}"


class BaseRateStep(models.Model):
    """A published base rate from a day on, in millionths a year; the next one is always later."""

    name = models.CharField(max_length=40)
    on = models.DateField()
    ppm = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("name", "on")
        constraints = (models.UniqueConstraint(fields=["name", "on"], name="a_base_rate_is_published_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.name} {self.on} {self.ppm}"
