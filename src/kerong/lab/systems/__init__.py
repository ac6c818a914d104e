"""Several regions' systems on one city and one day: the city's record is made once, each system decides about it."""

from kerong.lab.systems.city import City, city
from kerong.lab.systems.figures import figures, held
from kerong.lab.systems.side import CurrencyMissing, Side, side
from kerong.lab.systems.view import View, ViewMissing, views_of

__all__ = ["City", "CurrencyMissing", "Side", "View", "ViewMissing", "city", "figures", "held", "side", "views_of"]
