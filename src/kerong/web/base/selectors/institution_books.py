"""The book of a guarantor, an insurer or a fund as its own people see it: what it holds, what is set aside, what moved.

Nobody else is shown anything of it: there is no address under which another's book could be asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, Sum

from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.rulebook.content import Text
from kerong.web.base.models import Account, Book, Transfer, User
from kerong.web.base.selectors.books import BookShown, book_shown
from kerong.web.base.selectors.deals import institution_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.institution_book import BOOK_KINDS, BUILDERS, book_code


@dataclass(frozen=True, slots=True)
class OwnBook:
    """The book of the reader's institution; `book` None: not open yet, then all sums are 0.

    `balance_fen`: what it holds, of which `reserved_fen` is set aside. `sums`: what moved since the beginning, by
    movement, less what was taken back. `verbs`: what its people may do by hand, with titles.
    """

    title: Text
    verbs: Mapping[str, Text]
    book: BookShown | None = None
    balance_fen: int = 0
    reserved_fen: int = 0
    sums: tuple[tuple[Text, int], ...] = ()

    @property
    def free_fen(self) -> int:
        """What may still be given or set aside."""
        return self.balance_fen - self.reserved_fen


def own_book(actor: User, published: Published, page: int) -> OwnBook:
    """The book of the reader's own institution in the region, a page of its transfers. Raises KeyError for a role that
    has none."""
    kind, region = BOOK_KINDS[actor.role], published.rulebook.region.name
    title = institution_of(published, actor.institution)
    verbs = {name: MOVEMENTS[name].title for name in BUILDERS[kind]}
    row = Book.objects.filter(code=book_code(kind, region, actor.institution)).first()
    if row is None:
        return OwnBook(title, verbs)
    money = Account.objects.filter(book=row, code="money").first()
    return OwnBook(
        title=title,
        verbs=verbs,
        book=book_shown(row, page),
        balance_fen=0 if money is None else money.credits_posted - money.debits_posted,
        reserved_fen=0 if money is None else money.debits_reserved,
        sums=tuple(_sums(row)),
    )


def _sums(book: Book) -> Iterator[tuple[Text, int]]:
    """What was posted by each movement, in the order of the table of movements."""
    posted = Transfer.objects.filter(book=book, move__in=("post", "post_reserved")).order_by()
    back = Sum("fen", filter=Q(reverses__isnull=False), default=0)
    found = posted.values_list("step").annotate(all=Sum("fen"), back=back)
    sums = {step: fen - 2 * taken_back for step, fen, taken_back in found}
    yield from ((movement.title, sums[name]) for name, movement in MOVEMENTS.items() if name in sums)
