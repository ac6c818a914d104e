"""Payment: instructions to a treasury or bank, the files that carry them, and what came back, line by line.

What is set once, and what stays as it was written, the database keeps so (triggers of migration 0015).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kerong.web.base.models.call import Budget
from kerong.web.base.models.case import CasePart

WAITING = ("made", "sent")
OUTCOMES = ("paid", "failed", "partial")


class PaymentFile(models.Model):
    """A file of instructions on one budget, as it was sent. `digest`: SM3 of the text."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="payment_files")
    number = models.CharField(max_length=40, unique=True)
    lines = models.PositiveIntegerField()
    fen = models.BigIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.number


class Instruction(models.Model):
    """The order to pay one part to one account, as the payee stood then; at most one of a part is under way."""

    number = models.CharField(max_length=40, unique=True)
    part = models.ForeignKey(CasePart, on_delete=models.PROTECT, related_name="instructions")
    fen = models.BigIntegerField()
    payee_name = models.CharField(max_length=200)
    bank = models.CharField(max_length=100)
    account = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default="made", choices=[(n, n) for n in (*WAITING, "settled", "recalled")])
    file = models.ForeignKey(PaymentFile, null=True, blank=True, on_delete=models.PROTECT, related_name="instructions")
    on = models.DateField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["part"], condition=Q(state__in=WAITING), name="one_instruction_of_a_part_is_under_way"
            ),
            models.CheckConstraint(name="an_instruction_pays_something", condition=Q(fen__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"


class PaymentReturn(models.Model):
    """One line that came back: what a bank said of an instruction, under its own serial number.

    `digest`: SM3 of what the line says. `state`: "applied" had its effect, "quarantined" has none; `why` is a key of
    the words.
    """

    region = models.CharField(max_length=100)
    instruction = models.CharField(max_length=40)
    serial = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=[(name, name) for name in OUTCOMES])
    fen = models.BigIntegerField()
    paid_on = models.DateField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=[(name, name) for name in ("applied", "quarantined")])
    why = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["instruction", "serial"], condition=Q(state="applied"), name="a_line_of_a_bank_counts_once"
            ),
            models.UniqueConstraint(
                fields=["region", "instruction", "serial", "digest"], name="the_same_line_is_kept_once"
            ),
            models.CheckConstraint(name="what_is_quarantined_says_why", condition=Q(state="quarantined") ^ Q(why="")),
        )

    def __str__(self) -> str:
        return f"{self.instruction} {self.serial}: {self.state}"


class PaymentChannel(models.Model):
    """The machine of one bank or treasury, which may call back about what one level of one region instructed it to pay.

    Its key is derived, never kept; a new `generation` ends the one before.
    """

    name = models.CharField(max_length=60, unique=True)
    region = models.CharField(max_length=100)
    level = models.CharField(max_length=40, default="")
    generation = models.PositiveIntegerField(default=1)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} {self.generation}"
