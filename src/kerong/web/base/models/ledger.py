"""The stored ledger: books, accounts, transfers that stay as they are, seals that chain them, and answered keys.

What the columns mean is said by `kerong.engine.money.ledger`. What the database itself refuses (triggers of migration
0005): a changed or deleted transfer, seal or key; a transfer into a closed period or between accounts of other books,
or one that does not fit the reservation that it ends or the transfer that it reverses; a gap between seals; a period
that opens again.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kerong.engine.money.ledger.refusals import MOST_CHARACTERS
from kerong.engine.money.ledger.transfers import MOST_FEN, MOST_TOTAL_FEN, MOVES, REF_LENGTH

LIMITED = ("", "credit", "debit")


class Book(models.Model):
    """One ledger: a budget, a pool, a guarantor, a fund. It has one currency, one sequence and one chain of seals.

    `owner`: whose book it is (a government's or an institution's code). Nothing of or before `closed_through` is added.
    """

    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    closed_through = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """An account of a book and what is on it, in fen: posted and reserved, debits and credits apart.

    `limited`: "credit": debits, reserved ones included, never exceed the credits posted; "debit": the mirror; empty: no
    limit. Balances are sums of the transfers; a replay of them gives the same ones.
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, db_index=False, related_name="accounts")
    code = models.CharField(max_length=161)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True)
    limited = models.CharField(max_length=6, blank=True, choices=[(name, name) for name in LIMITED])
    debits_posted = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)
    debits_reserved = models.BigIntegerField(default=0)
    credits_reserved = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("book", "code")
        constraints = (
            models.UniqueConstraint(fields=["book", "code"], name="an_account_stands_in_a_book_once"),
            models.CheckConstraint(
                name="no_balance_is_below_zero",
                condition=Q(debits_posted__gte=0)
                & Q(credits_posted__gte=0)
                & Q(debits_reserved__gte=0)
                & Q(credits_reserved__gte=0),
            ),
            models.CheckConstraint(
                name="no_balance_is_beyond_what_is_sure",
                condition=Q(debits_posted__lte=MOST_TOTAL_FEN - F("debits_reserved"))
                & Q(credits_posted__lte=MOST_TOTAL_FEN - F("credits_reserved")),
            ),
            models.CheckConstraint(name="an_account_is_limited_in_a_known_way", condition=Q(limited__in=list(LIMITED))),
            models.CheckConstraint(
                name="no_account_is_overdrawn",
                condition=(~Q(limited="credit") | Q(credits_posted__gte=F("debits_posted") + F("debits_reserved")))
                & (~Q(limited="debit") | Q(debits_posted__gte=F("credits_posted") + F("credits_reserved"))),
            ),
        )

    def __str__(self) -> str:
        return f"{self.book_id} {self.code}"


class Transfer(models.Model):
    """`fen` from the debited to the credited account; written once. Ids rise with the effects on every account.

    `pending`: the reservation that it ends, `reverses`: the transfer that it takes back, both by `ref`. `at` and `by`:
    when it was written and in whose name; `key`: the idempotency key it came with.
    """

    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, db_index=False, related_name="transfers")
    move = models.CharField(max_length=16, choices=[(name, name) for name in MOVES])
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    step = models.CharField(max_length=64)
    on = models.DateField()
    about = models.CharField(max_length=MOST_CHARACTERS, blank=True)
    pending = models.OneToOneField(
        "self", to_field="ref", on_delete=models.PROTECT, null=True, blank=True, related_name="ended_by"
    )
    reverses = models.OneToOneField(
        "self", to_field="ref", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    rule = models.CharField(max_length=MOST_CHARACTERS, blank=True)
    rule_version = models.CharField(max_length=MOST_CHARACTERS, blank=True)
    evidence = models.CharField(max_length=MOST_CHARACTERS, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    key = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["about"]), models.Index(fields=["book", "id"]))
        constraints = (
            models.CheckConstraint(
                name="a_transfer_has_an_amount_within_bounds", condition=Q(fen__gte=1, fen__lte=MOST_FEN)
            ),
            models.CheckConstraint(name="a_transfer_has_a_known_move", condition=Q(move__in=list(MOVES))),
            models.CheckConstraint(name="a_transfer_has_two_accounts", condition=~Q(debit=F("credit"))),
            models.CheckConstraint(
                name="who_ends_a_reservation_names_it",
                condition=Q(move__in=["post_reserved", "void_reserved"]) ^ Q(pending__isnull=True),
            ),
            models.CheckConstraint(name="a_reversal_is_a_post", condition=Q(reverses__isnull=True) | Q(move="post")),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.move} {self.fen}"


class Seal(models.Model):
    """A link of a book's chain: the next number, what it seals (a transfer, or that a period is closed), and the hash.

    `hash` is the hexadecimal SM3 over the link before and the text of what is sealed (`engine.money.ledger.chain`).
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, db_index=False, related_name="seals")
    sequence = models.BigIntegerField()
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, null=True, blank=True, related_name="seal")
    closes_through = models.DateField(null=True, blank=True)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )

    class Meta:
        ordering = ("book", "sequence")
        constraints = (
            models.UniqueConstraint(fields=["book", "sequence"], name="a_number_is_sealed_once_in_a_book"),
            models.CheckConstraint(
                name="a_seal_is_of_a_transfer_or_of_a_close",
                condition=Q(transfer__isnull=True) ^ Q(closes_through__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.book_id}.{self.sequence}"


class IdempotencyKey(models.Model):
    """A caller's key that was answered: bound to the action and the hash of the body. Never changed, never pruned."""

    caller = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="a_caller_uses_a_key_once"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
