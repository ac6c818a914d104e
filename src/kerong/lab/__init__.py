"""The laboratory: a synthetic city with known truth."""

from kerong.lab.city import City, Page, make_city, write_city, written_files
from kerong.lab.rates import CLEAN, Rates

__all__ = ["CLEAN", "City", "Page", "Rates", "make_city", "write_city", "written_files"]
