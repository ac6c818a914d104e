"""Movements of money: one line of a table says between which accounts, one builder returns the transfers.

Nothing moves that is not in the table: a transfer's step names its line, and its accounts and move must be the line's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kerong.engine.money.ledger.accounts import ACCOUNT_KINDS, Book, account_code
from kerong.engine.money.ledger.transfers import Act, Move, Transfer
from kerong.engine.money.split import largest_remainder
from kerong.rulebook.said import Text
from kerong.rulebook.waterfalls import WHOLE_BP

Transfers = tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the table: in which kinds of book, from which kind of account to which, by which move."""

    name: str
    title: Text
    books: tuple[str, ...]
    debit: str
    credit: str
    move: Move = "post"


_BUDGET = ("budget",)
_BEARERS = ("pool", "guarantor")
_PURSES = (*_BEARERS, "fund")
_GUARANTOR = ("guarantor",)
_FUND = ("fund",)
_GRANT = (_BUDGET, "appropriation", "payee")
_COMPENSATION = (_BEARERS, "money", "bank")
_INVESTMENT = (_FUND, "money", "investee")
_TABLE = (
    Movement("appropriate", Text("下达预算", "appropriation"), _BUDGET, "treasury", "appropriation"),
    Movement("cut_appropriation", Text("核减预算", "appropriation cut"), _BUDGET, "appropriation", "treasury"),
    Movement("reserve_grant", Text("预留补助", "grant reserved"), *_GRANT, "reserve"),
    Movement("pay_grant", Text("支付补助", "grant paid"), *_GRANT, "post_reserved"),
    Movement("late_payment", Text("补记支付", "payment posted late"), *_GRANT, "post_reserved"),
    Movement("release_grant", Text("释放预留", "reservation released"), *_GRANT, "void_reserved"),
    Movement("claw_back", Text("追回补助", "grant clawed back"), _BUDGET, "payee", "appropriation"),
    Movement("return_to_treasury", Text("追回并缴库", "returned to the treasury"), _BUDGET, "payee", "returned"),
    Movement("carry_over_out", Text("结转下年", "carried out"), _BUDGET, "appropriation", "carried_over"),
    Movement("carry_over_in", Text("上年结转", "carried in"), _BUDGET, "carried_over", "appropriation"),
    Movement("lapse", Text("年终收回", "lapse"), _BUDGET, "appropriation", "lapsed"),
    Movement("pay_in", Text("出资到账", "paid in"), _BEARERS, "contributor", "money"),
    Movement("interest", Text("利息入账", "interest"), _PURSES, "interest", "money"),
    Movement("reserve_compensation", Text("预留代偿", "compensation reserved"), *_COMPENSATION, "reserve"),
    Movement("compensate", Text("代偿支付", "compensation"), *_COMPENSATION, "post_reserved"),
    Movement("release_compensation", Text("释放代偿预留", "compensation released"), *_COMPENSATION, "void_reserved"),
    Movement("recover", Text("追偿回款", "recovery through the bank"), _BEARERS, "bank", "money"),
    Movement("recover_from_debtor", Text("向债务人追偿", "recovery from the debtor"), _BEARERS, "debtor", "money"),
    Movement("claw_back_compensation", Text("追回代偿", "compensation clawed back"), _BEARERS, "bank", "money"),
    Movement("refund", Text("退还出资", "refund"), _BEARERS, "money", "contributor"),
    Movement("fee", Text("支付费用", "fee"), _PURSES, "money", "manager"),
    Movement("premium", Text("担保费收入", "premium"), _GUARANTOR, "debtor", "money"),
    Movement("receive_share", Text("分险款到账", "share of a loss received"), _GUARANTOR, "sharer", "money"),
    Movement("return_share", Text("返还分险方", "recovery passed on to a sharer"), _GUARANTOR, "money", "sharer"),
    Movement("return_premium", Text("退还保费", "premium given back"), _GUARANTOR, "money", "debtor"),
    Movement("call_capital", Text("实缴出资", "capital called"), _FUND, "partner", "money"),
    Movement("reserve_investment", Text("预留投资款", "investment reserved"), *_INVESTMENT, "reserve"),
    Movement("invest", Text("拨付投资款", "investment"), *_INVESTMENT, "post_reserved"),
    Movement("release_investment", Text("释放投资预留", "investment released"), *_INVESTMENT, "void_reserved"),
    Movement("receive_proceeds", Text("退出回款", "proceeds of an exit"), _FUND, "investee", "money"),
    Movement("distribute", Text("收益分配", "distribution"), _FUND, "money", "partner"),
)
MOVEMENTS: Mapping[str, Movement] = {movement.name: movement for movement in _TABLE}


def appropriate(act: Act, book: Book, fen: int) -> Transfers:
    """The treasury gives a programme its budget."""
    return _moved("appropriate", act, book, fen)


def cut_appropriation(act: Act, book: Book, fen: int) -> Transfers:
    """A budget is cut; only what is neither paid nor reserved can be."""
    return _moved("cut_appropriation", act, book, fen)


def reserve_grant(act: Act, book: Book, payee: str, fen: int) -> Transfers:
    """Budget is set aside for a payee."""
    return _moved("reserve_grant", act, book, fen, payee)


def reserve_shared_grant(act: Act, payee: str, fen: int, shares_bp: Mapping[Book, int]) -> Transfers:
    """City and county each set aside their share on their own book, by largest remainder; a share of 0 fen has none.

    Raises:
        ValueError: the shares do not sum to 10,000 basis points, or one is negative.
    """
    if sum(shares_bp.values()) != WHOLE_BP or min(shares_bp.values()) < 0:
        raise ValueError(f"shares sum to {sum(shares_bp.values())} bp, or one is negative; they must part 10,000")
    parts = largest_remainder(fen, {book.code: share for book, share in shares_bp.items()})
    reserved = (reserve_grant(act, book, payee, parts[book.code]) for book in shares_bp if parts[book.code])
    return tuple(transfer for transfers in reserved for transfer in transfers)


def pay_grant(act: Act, grant: Transfer, fen: int | None = None) -> Transfers:
    """A reserved grant is paid, all of it (None) or less; what is left is free again."""
    return _ended("pay_grant", act, grant, fen)


def late_payment(act: Act, grant: Transfer, fen: int | None = None) -> Transfers:
    """A reserved grant was paid on a day that no book takes any more: it is posted when that is told.

    The act's evidence names the instruction and the day on which the bank paid.
    """
    return _ended("late_payment", act, grant, fen)


def release_grant(act: Act, grant: Transfer) -> Transfers:
    """A reserved grant is not paid."""
    return _ended("release_grant", act, grant)


def claw_back(act: Act, book: Book, payee: str, fen: int) -> Transfers:
    """A payee returns money into the budget that it came from."""
    return _moved("claw_back", act, book, fen, payee)


def return_to_treasury(act: Act, book: Book, payee: str, fen: int) -> Transfers:
    """A payee returns money of a past year: it goes to the treasury and is not spent again."""
    return _moved("return_to_treasury", act, book, fen, payee)


def carry_over(act: Act, old: Book, new: Book, fen: int) -> Transfers:
    """What is left of one year's budget becomes the next year's: out of one book, into the other."""
    return (*_moved("carry_over_out", act, old, fen), *_moved("carry_over_in", act, new, fen))


def lapse(act: Act, book: Book, fen: int) -> Transfers:
    """What is left of a year's budget is taken back."""
    return _moved("lapse", act, book, fen)


def pay_in(act: Act, book: Book, party: str, fen: int) -> Transfers:
    """A government, a bank or an owner pays into a pool or a guarantor."""
    return _moved("pay_in", act, book, fen, party)


def interest(act: Act, book: Book, fen: int) -> Transfers:
    """The bank account's own interest."""
    return _moved("interest", act, book, fen)


def reserve_compensation(act: Act, book: Book, bank: str, fen: int) -> Transfers:
    """Money is set aside for an accepted claim."""
    return _moved("reserve_compensation", act, book, fen, bank)


def compensate(act: Act, compensation: Transfer, fen: int | None = None) -> Transfers:
    """A claim is paid, all that was reserved (None) or less."""
    return _ended("compensate", act, compensation, fen)


def release_compensation(act: Act, compensation: Transfer) -> Transfers:
    """A claim is not paid."""
    return _ended("release_compensation", act, compensation)


def recover(act: Act, book: Book, bank: str, fen: int) -> Transfers:
    """A compensated bank passes on what it recovered."""
    return _moved("recover", act, book, fen, bank)


def recover_from_debtor(act: Act, book: Book, debtor: str, fen: int) -> Transfers:
    """The debtor himself pays back what was paid for him."""
    return _moved("recover_from_debtor", act, book, fen, debtor)


def claw_back_compensation(act: Act, book: Book, bank: str, fen: int) -> Transfers:
    """A bank returns what it should not have been paid."""
    return _moved("claw_back_compensation", act, book, fen, bank)


def refund(act: Act, book: Book, party: str, fen: int) -> Transfers:
    """A contributor gets money back."""
    return _moved("refund", act, book, fen, party)


def fee(act: Act, book: Book, payee: str, fen: int) -> Transfers:
    """A manager or bank is paid for its service."""
    return _moved("fee", act, book, fen, payee)


def premium(act: Act, book: Book, customer: str, fen: int) -> Transfers:
    """A customer pays for a guarantee."""
    return _moved("premium", act, book, fen, customer)


def receive_share(act: Act, book: Book, party: str, fen: int) -> Transfers:
    """A re-guarantor or a pool bears its part of what the guarantor paid."""
    return _moved("receive_share", act, book, fen, party)


def return_share(act: Act, book: Book, party: str, fen: int) -> Transfers:
    """A re-guarantor gets its part of what the guarantor recovered."""
    return _moved("return_share", act, book, fen, party)


def return_premium(act: Act, book: Book, customer: str, fen: int) -> Transfers:
    """A customer gets back the premium of the days that are not covered."""
    return _moved("return_premium", act, book, fen, customer)


def call_capital(act: Act, book: Book, partner: str, fen: int) -> Transfers:
    """A partner pays in what was called."""
    return _moved("call_capital", act, book, fen, partner)


def reserve_investment(act: Act, book: Book, firm: str, fen: int) -> Transfers:
    """Money is set aside for an investment."""
    return _moved("reserve_investment", act, book, fen, firm)


def invest(act: Act, investment: Transfer, fen: int | None = None) -> Transfers:
    """A reserved investment is paid to the firm, all of it (None) or less."""
    return _ended("invest", act, investment, fen)


def release_investment(act: Act, investment: Transfer) -> Transfers:
    """A reserved investment is not made."""
    return _ended("release_investment", act, investment)


def receive_proceeds(act: Act, book: Book, firm: str, fen: int) -> Transfers:
    """An exit, a dividend or a repayment brings money back."""
    return _moved("receive_proceeds", act, book, fen, firm)


def distribute(act: Act, book: Book, partner: str, fen: int) -> Transfers:
    """A partner is paid out."""
    return _moved("distribute", act, book, fen, partner)


def reversal(act: Act, transfer: Transfer) -> Transfers:
    """A posted transfer is taken back whole: the same step, the accounts swapped."""
    return (
        Transfer(
            act.ref("reversal", transfer.ref),
            transfer.book,
            "post",
            transfer.credit,
            transfer.debit,
            transfer.fen,
            transfer.step,
            act.on,
            about=act.about or transfer.about,
            reverses=transfer.ref,
            rule=act.rule or transfer.rule,
            rule_version=act.rule_version or transfer.rule_version,
            evidence=act.evidence or transfer.evidence,
            currency=transfer.currency,
        ),
    )


def _moved(step: str, act: Act, book: Book, fen: int, subject: str = "") -> Transfers:
    movement = MOVEMENTS[step]
    debit, credit = (_code(kind, subject) for kind in (movement.debit, movement.credit))
    transfer = Transfer(
        act.ref(step, book.code, subject),
        book.code,
        movement.move,
        debit,
        credit,
        fen,
        step,
        act.on,
        about=act.about,
        rule=act.rule,
        rule_version=act.rule_version,
        evidence=act.evidence,
        currency=book.currency,
    )
    return (transfer,)


def _ended(step: str, act: Act, reservation: Transfer, fen: int | None = None) -> Transfers:
    """The end of a reservation: its own book, accounts and currency; what it is about and why, unless the act says."""
    return (
        Transfer(
            act.ref(step, reservation.ref),
            reservation.book,
            MOVEMENTS[step].move,
            reservation.debit,
            reservation.credit,
            reservation.fen if fen is None else fen,
            step,
            act.on,
            about=act.about or reservation.about,
            pending=reservation.ref,
            rule=act.rule or reservation.rule,
            rule_version=act.rule_version or reservation.rule_version,
            evidence=act.evidence or reservation.evidence,
            currency=reservation.currency,
        ),
    )


def _code(kind: str, subject: str) -> str:
    return account_code(kind, subject if ACCOUNT_KINDS[kind].has_subject else "")
