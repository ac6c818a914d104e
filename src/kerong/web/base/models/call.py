"""What subsidies are given under: budgets with what two people give them, calls, pinned rulebooks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kerong.engine.money.ledger.transfers import MOST_FEN
from kerong.web.base.models.ledger import Book, Transfer

LONGEST_NOTICE_DAYS = 60
MOST_EXPERTS = 99
FULL_MARK = 100
CHANGES = ("appropriate", "cut")
CHANGE_STATES = ("proposed", "confirmed", "refused")


class Budget(models.Model):
    """The book of one level of government for one programme and year; its money is the book's appropriation."""

    book = models.OneToOneField(Book, on_delete=models.PROTECT, related_name="budget")
    region = models.CharField(max_length=100)
    programme = models.CharField(max_length=100)
    level = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("region", "programme", "year", "level")
        constraints = (
            models.UniqueConstraint(
                fields=["region", "programme", "level", "year"], name="one_budget_per_programme_level_and_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme} {self.year} {self.level}"


class PinnedRulebook(models.Model):
    """The texts of a rulebook under which something was decided, kept whole. `digest`: SM3 of their canonical text."""

    digest = models.CharField(max_length=64, unique=True)
    texts = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.digest[:12]


class Call(models.Model):
    """A call for one rule and year (申报通知): its window, its experts, its notice, who pays which share, its stages.

    `shares`: [[level, basis points], …] of `programme`; `stages`: [[basis points, milestone], …], the first without a
    milestone where it is paid at once. `experts`: how many have to score (0: none), `pass_mark` of 100 on the mean.
    `is_free`: granted without an application (免申即享).
    """

    region = models.CharField(max_length=100)
    rule = models.CharField(max_length=200)
    programme = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    is_free = models.BooleanField(default=False)
    experts = models.PositiveSmallIntegerField(default=0)
    pass_mark = models.PositiveSmallIntegerField(default=0)
    notice_days = models.PositiveSmallIntegerField(default=5)
    shares = models.JSONField()
    stages = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-year", "rule")
        constraints = (
            models.UniqueConstraint(fields=["region", "rule", "year"], name="one_call_per_rule_and_year"),
            models.CheckConstraint(name="a_call_closes_after_it_opens", condition=Q(closes_on__gte=F("opens_on"))),
            models.CheckConstraint(
                name="a_call_asks_within_bounds",
                condition=Q(experts__lte=MOST_EXPERTS)
                & Q(pass_mark__lte=FULL_MARK)
                & Q(notice_days__range=(1, LONGEST_NOTICE_DAYS)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.year}"


class BudgetChange(models.Model):
    """Money that an official proposes to give a budget or to cut from it; it moves when another person confirms.

    `note`: the document that says so. `transfer`: the transfer that the confirmation made. What was proposed stays as
    it was, and is decided once (triggers of migration 0016).
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=[(name, name) for name in CHANGES])
    fen = models.BigIntegerField()
    note = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, default="proposed", choices=[(name, name) for name in CHANGE_STATES])
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(
        Transfer, to_field="ref", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="a_budget_is_changed_by_an_amount_within_bounds", condition=Q(fen__gte=1, fen__lte=MOST_FEN)
            ),
            models.CheckConstraint(
                name="a_budget_is_changed_when_somebody_confirms",
                condition=Q(state="proposed", decided_by=None, transfer=None)
                | Q(state="refused", decided_by__isnull=False, transfer=None)
                | Q(state="confirmed", decided_by__isnull=False, transfer__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.fen}: {self.state}"
