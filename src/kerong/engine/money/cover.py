"""What a guarantee or a policy pays of a loss, so that several who stand behind one loan never pay it twice.

A loss is whole fen. It is borne by whoever was bound to bear it, in the order in which they pay; what nobody else
bears is the bank's. Parts are worked out by largest remainder, so that they add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kerong.engine.money.split import largest_remainder
from kerong.rulebook.waterfalls import WHOLE_BP

NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss of one loan: `fen` in all, `parts` by role where they are settled (a pool's or a joint deal's).

    `borne`: what each role has paid or set aside so far, the bank's own part left out. Parts, where there are any, sum
    to `fen`.
    """

    fen: int
    parts: Mapping[str, int] | None = None
    borne: Mapping[str, int] = field(default_factory=lambda: NONE)

    @property
    def left_fen(self) -> int:
        """What nobody but the bank bears so far; with `borne` the whole loss."""
        return max(0, self.fen - sum(self.borne.values()))


def payable_fen(loss: Loss, role: str, share_bp: int, stands_for_fen: int) -> int:
    """What a cover still pays of a loss, never below 0.

    Its settled part less what its role has paid, or its share where no parts are settled (rounded down: the odd fen is
    the bank's); at most what it stands for and has not used; at most what nobody else has borne.
    """
    part = loss.fen * share_bp // WHOLE_BP if loss.parts is None else loss.parts.get(role, 0)
    due = part - loss.borne.get(role, 0) if loss.parts is not None else part
    return max(0, min(due, stands_for_fen, loss.left_fen))


def shares_refusal(shares: Mapping[str, int]) -> str:
    """What is wrong with written shares: "" or "shares": they must be whole basis points that sum to 10,000."""
    whole = all(isinstance(share, int) and not isinstance(share, bool) and share >= 0 for share in shares.values())
    return "" if whole and sum(shares.values()) == WHOLE_BP else "shares"


def parted(fen: int, shares: Mapping[str, int]) -> dict[str, int]:
    """A loss by written shares; the odd fen to the largest remainders, of equal ones to the name that comes first."""
    return largest_remainder(fen, {role: shares[role] for role in sorted(shares)})


def returned(fen: int, borne: Mapping[str, int]) -> dict[str, int]:
    """What is recovered, in proportion to what each bore; nothing where nobody bore anything."""
    whole = sum(borne.values())
    return largest_remainder(fen, {role: borne[role] for role in sorted(borne)}, whole) if whole else {}


def sharer_fen(net_fen: int, share_bp: int) -> int:
    """The re-guarantor's part of what the guarantor paid less what it recovered."""
    return largest_remainder(net_fen, {"guarantor": WHOLE_BP - share_bp, "sharer": share_bp})["sharer"]


def unearned_fen(premium_fen: int, begin: date, until: date, on: date) -> int:
    """What of a premium is given back when a cover ends on `on`: for the days that are left, rounded down.

    `begin` and `until` are the first and the last day of cover; `on` is still covered.
    """
    days = (until - begin).days + 1
    left = min(max((until - on).days, 0), days)
    return premium_fen * left // days


def most_fee_fen(fen: int, fee_bp: int, months: int) -> int:
    """The most that a yearly fee comes to for some months, rounded up."""
    return -(-fen * fee_bp * months // (12 * WHOLE_BP))
