"""The parameters of a product that no expression of it reads, but the life of a deal that is made on it."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.rulebook.said import Text

DEAL_NUMBERS: Mapping[str, Text] = MappingProxyType(
    {
        "option_least_bp": Text("认股权最低比例", "least share of an option"),
        "option_most_bp": Text("认股权最高比例", "most share of an option"),
        "quota_year_fen": Text("出资方年度额度", "what the entruster lends in a year"),
    }
)
