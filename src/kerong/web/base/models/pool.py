"""A pool of shared risk as the portal keeps it: its book, what it holds by kind, and the loans registered in it.

What the columns mean is said by `kerong.engine.money.pool.state`; all changes pass through its pure functions, under
the lock of the pool's row.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kerong.web.base.models.call import PinnedRulebook
from kerong.web.base.models.deal import Deal
from kerong.web.base.models.ledger import Book, Transfer


class RiskPool(models.Model):
    """A pool of a region, by the name of its file. `on`: the day of its last event.

    `compensated_fen` counts a compensation from its reservation on; the ledger says what of it is paid.
    """

    region = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    book = models.OneToOneField(Book, on_delete=models.PROTECT, related_name="pool")
    on = models.DateField(null=True, blank=True)
    paid_in_fen = models.BigIntegerField(default=0)
    interest_fen = models.BigIntegerField(default=0)
    recovered_fen = models.BigIntegerField(default=0)
    compensated_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    fees_fen = models.BigIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("region", "name")
        constraints = (
            models.UniqueConstraint(fields=["region", "name"], name="a_pool_is_opened_once"),
            models.CheckConstraint(
                name="a_pool_never_owes",
                condition=Q(
                    compensated_fen__lte=F("paid_in_fen")
                    + F("interest_fen")
                    + F("recovered_fen")
                    - F("refunded_fen")
                    - F("fees_fen")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.name}"


class PoolMove(models.Model):
    """An event that a pool took (`engine.money.pool.history`), judged by `rulebook`. Only ever added.

    `deal` and `version`: the move of a deal that brought it; a day's close has a deal and no version, money that is
    paid in has neither.
    """

    pool = models.ForeignKey(RiskPool, on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    on = models.DateField()
    do = models.CharField(max_length=20)
    loan = models.CharField(max_length=64, blank=True)
    told = models.JSONField()
    rulebook = models.ForeignKey(PinnedRulebook, on_delete=models.PROTECT, related_name="+")
    deal = models.ForeignKey(Deal, null=True, blank=True, on_delete=models.PROTECT, related_name="pool_moves")
    version = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pool", "number")
        constraints = (models.UniqueConstraint(fields=["pool", "number"], name="one_event_per_number_of_a_pool"),)

    def __str__(self) -> str:
        return f"{self.pool_id}.{self.number} {self.do}"


class PoolLoan(models.Model):
    """A loan in a pool, by the fingerprint of its contract, which stands in one pool of a region.

    What was said at registration never changes: `rulebook` (the pool's rules of then) and `facts` judge its claim.
    `reservation`: of a compensation that is verified and not paid yet.
    """

    pool = models.ForeignKey(RiskPool, on_delete=models.PROTECT, related_name="loans")
    region = models.CharField(max_length=100)
    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="pooled")
    rulebook = models.ForeignKey(PinnedRulebook, on_delete=models.PROTECT, related_name="+")
    loan = models.CharField(max_length=64)
    bank = models.CharField(max_length=100)
    firm = models.CharField(max_length=200)
    group = models.CharField(max_length=200, blank=True)
    instrument = models.CharField(max_length=30)
    drawn_on = models.DateField()
    fen = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    balance_fen = models.BigIntegerField()
    since = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    paid_fen = models.BigIntegerField(default=0)
    borne = models.JSONField(default=dict)
    returned = models.JSONField(default=dict)
    is_void = models.BooleanField(default=False)
    is_written_off = models.BooleanField(default=False)
    reservation = models.OneToOneField(
        Transfer, to_field="ref", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["region", "loan"], name="a_contract_stands_in_one_pool"),
            models.CheckConstraint(
                name="a_pooled_loan_has_amounts_within_bounds",
                condition=Q(fen__gte=1) & Q(balance_fen__gte=0) & Q(paid_fen__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pool_id} {self.loan[:12]}"
