"""The laboratory: a synthetic city with known truth."""

from kerong.lab.city import City, Page, make_city, write_city, written_files
from kerong.lab.rates import CLEAN, Rates
from kerong.lab.ways import DEFAULT, OTHER, Ways, ways_of

__all__ = [
    "CLEAN",
    "DEFAULT",
    "OTHER",
    "City",
    "Page",
    "Rates",
    "Ways",
    "make_city",
    "ways_of",
    "write_city",
    "written_files",
]
