"""Small systems on one small city, whose every figure can be worked out by hand."""

from collections.abc import Sequence
from functools import cache

from kerong.lab.systems import City, System, city, side, system
from kerong.rulebook import Rulebook, load
from tests.lab import north
from tests.lab.north import Firm

# a meets all, b has no loan, c is small with a loan, the head-count of d is unknown, e has nothing to show
FIRMS = (Firm(10, loans=(1_000,)), Firm(20), Firm(5, "990102", (600,)), Firm(None, "990102"), Firm(3))
SHEET = north.REGION + (
    '[[institution]]\ncode = "fund"\nkind = "fund"\ntitle = { zh = "基金", en = "Fund" }\n'
    '[[institution]]\ncode = "bank"\nkind = "bank"\ntitle = { zh = "银行", en = "Bank" }\n'
    '[[level]]\ncode = "city"\ntitle = { zh = "市级", en = "City" }\n'
)
LEANING = 'leverage = { drawn = "loan.interest_fen", basis = "loan" }\nmechanism = "gathering"\nlevel = "city"\ntext ='
DISTRICT = """
[[when]]
is = "enterprise.district = '990101'"
title = { zh = "在甲", en = "stands in East" }
evidence = { zh = "执照", en = "the licence" }
[amount]"""


def product(name: str, kind: str, provider: str) -> str:
    """A product of CNY 100 for firms of 15 people, with a level of government."""
    text = north.TRAINING.replace("training", name).replace('kind = "subsidy"', f'kind = "{kind}"')
    text = text.replace("text =", f'level = "city"\nprovider = "{provider}"\ntext =')
    text = text.replace("enterprise.interest_fen > 0", "enterprise.headcount >= 15").replace("500_00", "100_00")
    return text.replace("has a loan", "fifteen people").replace("有贷款", "十五人")


@cache
def books() -> dict[str, Rulebook]:
    """north: all; south: hiring from 15 people on, in East alone; west: two rules on one loan; east: products."""
    shared = {file: text for file, text in north.TEXTS.items() if not file.startswith(("policies", "limits"))}

    def book(name: str, files: dict[str, str]) -> Rulebook:
        sheet = (
            SHEET.replace('"north"', f'"{name}"').replace('"North"', f'"{name.title()}"').replace('"北"', f'"{name}"')
        )
        return load({**shared, **files, "region.toml": sheet})

    hiring = (
        north.HIRING.replace("value = 10,", "value = 15,")
        .replace("[amount]", DISTRICT, 1)
        .replace("\n[[limit]]", "\n[[limit]]")
    )
    interest = north.INTEREST.replace("text =", LEANING, 1)
    more = interest.replace('"interest"', '"more"').replace("value = 5000", "value = 1000")
    return {
        "north": book(
            "north", {file: text for file, text in north.TEXTS.items() if file.startswith(("policies", "limits"))}
        ),
        "south": book("south", {"policies/hiring.toml": hiring}),
        "west": book("west", {"policies/interest.toml": interest, "policies/more.toml": more}),
        "east": book(
            "east",
            {
                "products/stake.toml": product("stake", "equity", "fund"),
                "products/credit.toml": product("credit", "loan", "bank"),
            },
        ),
    }


def read(firms: Sequence[Firm] = FIRMS) -> City:
    """The city of these firms, whose own rulebook is north."""
    return city(north.facts(firms), books()["north"], list(books().values()), [], north.ON)


def measured(place: City, *names: str, of: dict[str, Rulebook] | None = None) -> list[System]:
    """These systems on the city, with nothing in common."""
    return [system(place, side(place, (of or books())[name], None, {}), {}) for name in names]
