"""Several regions' systems on one city and one day: the city's record is made once, each system decides about it."""

from kerong.lab.systems.city import City, city, is_read_alike
from kerong.lab.systems.figures import System, figures, system
from kerong.lab.systems.reach import HELD, held, reached, rules_of, rules_told
from kerong.lab.systems.report import COMMAND, report
from kerong.lab.systems.seen import AmountTooLarge
from kerong.lab.systems.side import CurrencyMissing, Side, rate_of, side
from kerong.lab.systems.view import View, ViewMissing, Views, views_of

__all__ = [
    "COMMAND",
    "HELD",
    "AmountTooLarge",
    "City",
    "CurrencyMissing",
    "Side",
    "System",
    "View",
    "ViewMissing",
    "Views",
    "city",
    "figures",
    "held",
    "is_read_alike",
    "rate_of",
    "reached",
    "report",
    "rules_of",
    "rules_told",
    "side",
    "system",
    "views_of",
]
