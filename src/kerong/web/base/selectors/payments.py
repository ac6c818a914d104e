"""Payment as an office sees it: what waits to be sent, what went out, what came back and fitted nothing."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from kerong.web.base.models import Budget, PaymentChannel, PaymentFile, PaymentReturn
from kerong.web.base.selectors.cases import quarantined

FILES = 50
QUARANTINED = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """Instructions on one budget that no file carries yet."""

    budget: Budget
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class FileLine:
    """A payment file, and how many of its instructions no bank has answered yet."""

    file: PaymentFile
    open: int


@dataclass(frozen=True, slots=True)
class Payments:
    """The page of payments."""

    waiting: tuple[Waiting, ...]
    files: tuple[FileLine, ...]
    quarantined: tuple[PaymentReturn, ...]


def payments(region: str) -> Payments:
    """What waits, what went out, what came back and fitted nothing."""
    made = Q(parts__instructions__state="made")
    held = Budget.objects.filter(region=region).annotate(
        count=Count("parts__instructions", filter=made), fen=Sum("parts__instructions__fen", filter=made)
    )
    files = PaymentFile.objects.filter(budget__region=region).select_related("budget", "made_by")
    told = files.annotate(open=Count("instructions", filter=Q(instructions__state="sent")))
    return Payments(
        waiting=tuple(Waiting(one, one.count, one.fen) for one in held.filter(count__gt=0)),
        files=tuple(FileLine(one, one.open) for one in told[:FILES]),
        quarantined=tuple(quarantined(region)[:QUARANTINED]),
    )


def budget_of(region: str, budget_id: int) -> Budget | None:
    """A budget of the region."""
    return Budget.objects.filter(region=region, pk=budget_id).first()


def file_of(region: str, file_id: int) -> PaymentFile | None:
    """A payment file of the region."""
    return PaymentFile.objects.filter(budget__region=region, pk=file_id).first()


def channels(region: str) -> list[PaymentChannel]:
    """The channels by which banks and treasuries call back; never their keys."""
    return list(PaymentChannel.objects.filter(region=region))


def levels(region: str) -> list[str]:
    """The levels of government that have a budget."""
    return sorted(set(Budget.objects.filter(region=region).values_list("level", flat=True)))
