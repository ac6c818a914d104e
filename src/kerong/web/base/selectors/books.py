"""Budgets and the books behind them: what was given, reserved, paid, left and carried; every transfer; the seals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum

from kerong.engine.money.ledger.accounts import account_of
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.rulebook.content import Text
from kerong.web.base.figures import percent
from kerong.web.base.models import Book, Budget, BudgetChange, Role, Seal, Transfer, User
from kerong.web.base.selectors.cases import BudgetLine, budget_lines
from kerong.web.base.selectors.export import csv_text
from kerong.web.base.selectors.payment_file import yuan_cell
from kerong.web.base.services.case_people import hands

PAGE = 50
DECIDED = 20
_CARRIED = ("carry_over_out", "carry_over_in", "lapse")
HEADER = ("date", "movement", "move", "from", "to", "amount", "about", "rule", "evidence", "ref", "by", "written")


@dataclass(frozen=True, slots=True)
class BudgetShown:
    """A budget with what was carried over: `carried_out` to the next year, `carried_in` from the last, `lapsed`."""

    line: BudgetLine
    carried_out: int
    carried_in: int
    lapsed: int

    @property
    def share_paid(self) -> str:
        """What was paid of what was given, in per cent."""
        return percent(self.line.paid, self.line.appropriated)


@dataclass(frozen=True, slots=True)
class TransferShown:
    """A transfer in a list. `is_sealed`: it is in the book's chain."""

    transfer: Transfer
    title: Text
    source: Text
    target: Text
    case_id: int | None
    deal_id: int | None
    is_sealed: bool
    is_held: bool


@dataclass(frozen=True, slots=True)
class BookShown:
    """A page of a book, newest first, with how far it is sealed and the head of its chain."""

    lines: tuple[TransferShown, ...]
    total: int
    page: int
    pages: int
    sealed: int
    head: str
    closed_through: date | None


@dataclass(frozen=True, slots=True)
class BookPage:
    """A budget and a page of its book."""

    shown: BudgetShown
    book: BookShown


def budgets_shown(region: str) -> tuple[BudgetShown, ...]:
    """Every budget of the region, newest year first."""
    lines = budget_lines(region)
    carried = _carried([line.budget.book_id for line in lines])
    return tuple(_shown(line, carried) for line in lines)


def book_page(region: str, budget_id: int, number: int) -> BookPage | None:
    """A page of one budget's book; None where the region has no such budget."""
    found = next((one for one in budgets_shown(region) if one.line.budget.pk == budget_id), None)
    if found is None:
        return None
    return BookPage(found, book_shown(found.line.budget.book, number))


def book_shown(book: Book, number: int, only: str | None = None) -> BookShown:
    """A page of a book; `only`: just the transfers of that account."""
    held = _transfers(book.pk).order_by("-id")
    if only is not None:
        held = held.filter(Q(debit__code=only) | Q(credit__code=only))
    part = Paginator(held, PAGE).get_page(number)
    seals = Seal.objects.filter(book=book)
    last = seals.order_by("-sequence").first()
    return BookShown(
        lines=tuple(_line(one) for one in part),
        total=part.paginator.count,
        page=part.number,
        pages=part.paginator.num_pages,
        sealed=seals.filter(transfer__in=held.values("pk")).count(),
        head=last.hash if last is not None else "",
        closed_through=book.closed_through,
    )


def book_csv(region: str, budget_id: int) -> tuple[str, str] | None:
    """(file name, text) of every transfer of a budget's book, oldest first; None where there is no such budget."""
    budget = Budget.objects.select_related("book").filter(region=region, pk=budget_id).first()
    if budget is None:
        return None
    name = f"{budget.year}-{budget.level}-{budget.pk}.csv"
    return name, csv_text(HEADER, _rows(_transfers(budget.book_id).order_by("id")))


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """What somebody proposes for a budget; `may_confirm`: the reader is another natural person."""

    change: BudgetChange
    title: Text
    may_confirm: bool


def changes(budget_id: int, reader: User) -> dict[str, tuple[ChangeShown, ...]]:
    """What is proposed for the budget, and the last that was decided."""
    held, own = BudgetChange.objects.filter(budget=budget_id).select_related("proposed_by", "decided_by"), hands(reader)

    def shown(one: BudgetChange) -> ChangeShown:
        step = {"appropriate": "appropriate", "cut": "cut_appropriation"}[one.kind]
        may = reader.role == Role.OFFICIAL and not own & hands(one.proposed_by)
        return ChangeShown(one, MOVEMENTS[step].title, may)

    return {
        "proposed": tuple(shown(one) for one in held.filter(state="proposed").order_by("id")),
        "decided": tuple(shown(one) for one in held.exclude(state="proposed")[:DECIDED]),
    }


def _transfers(book: int) -> "QuerySet[Transfer]":
    return Transfer.objects.filter(book=book).select_related("debit", "credit", "seal", "by")


def _rows(held: "Iterable[Transfer]") -> Iterator[list[str]]:
    for one in held:
        who = one.by.username if one.by is not None else ""
        told = [one.on.isoformat(), one.step, one.move, one.debit.code, one.credit.code, yuan_cell(one.fen), one.about]
        yield [*told, one.rule, one.evidence, one.ref, who, one.at.isoformat()]


def _line(one: Transfer) -> TransferShown:
    kind, _, number = one.about.partition(":")
    return TransferShown(
        transfer=one,
        title=MOVEMENTS[one.step].title,
        source=_account(one.debit.code),
        target=_account(one.credit.code),
        case_id=int(number) if kind == "case" and number.isdigit() else None,
        deal_id=int(number) if kind == "deal" and number.isdigit() else None,
        is_sealed=hasattr(one, "seal"),
        is_held=one.move in ("reserve", "void_reserved"),
    )


def _account(code: str) -> Text:
    """An account by the chart's title and its own subject, which is a code."""
    kind, subject = account_of(code), code.partition(":")[2]
    if kind is None:
        return Text(code, code)
    return Text(f"{kind.title.zh} {subject}".strip(), f"{kind.title.en} {subject}".strip())


def _carried(books: list[int]) -> Mapping[tuple[int, str], int]:
    held = Transfer.objects.filter(book__in=books, step__in=_CARRIED, reverses__isnull=True, reversed_by__isnull=True)
    told = held.order_by().values_list("book_id", "step").annotate(fen=Sum("fen"))
    return {(book, step): fen for book, step, fen in told}


def _shown(line: BudgetLine, carried: Mapping[tuple[int, str], int]) -> BudgetShown:
    return BudgetShown(line, *(carried.get((line.budget.book_id, step), 0) for step in _CARRIED))
