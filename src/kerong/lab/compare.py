"""A reform beside what is in force: the budget, who wins and who loses, who crosses a line, what cannot be told."""

from kerong.lab.comparison.both import Comparison, compared
from kerong.lab.comparison.figures import figures
from kerong.lab.comparison.meaning import Differences, differences, first_day
from kerong.lab.comparison.reform import SHEET, Reform, reform_of
from kerong.lab.comparison.report import COMMAND, report
from kerong.lab.comparison.words import CAUSES

__all__ = [
    "CAUSES",
    "COMMAND",
    "SHEET",
    "Comparison",
    "Differences",
    "Reform",
    "compared",
    "differences",
    "figures",
    "first_day",
    "reform_of",
    "report",
]
