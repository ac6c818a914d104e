"""Rules over long tables, by one compiled loop over instructions. Importing it imports Numba: only where that pays."""

from kerong.rulebook.machine.run import Machine, Paid, Verdict

__all__ = ["Machine", "Paid", "Verdict"]
