"""The parameters of a product that no expression of it reads, but the life of a deal that is made on it."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.rulebook.said import Text

DEAL_NUMBERS: Mapping[str, Text] = MappingProxyType(
    {
        "option_least_bp": Text("认股权最低比例", "least share of an option"),
        "option_most_bp": Text("认股权最高比例", "most share of an option"),
        "quota_year_fen": Text("年度额度", "what is lent on it in a year"),
        "cover_bp": Text("代偿或赔付比例", "part of a loss that the cover pays"),
        "counter": Text("是否要求反担保（0 否 1 是）", "whether a counter-guarantee is asked (0 no, 1 yes)"),
        "reguarantee_bp": Text("再担保分担比例", "the re-guarantor's part of what the guarantor paid"),
        "report_within_days": Text("再担保报备期限（日）", "days after issue in which the re-guarantor is told"),
    }
)
