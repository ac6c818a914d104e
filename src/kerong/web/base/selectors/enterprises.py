"""The list of enterprises: searched, filtered, sorted and cut into pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.rulebook.content import Region
from kerong.web.base.figures import count
from kerong.web.base.names import industry_named, named
from kerong.web.base.selectors.published import Published

PAGE_ROWS = 25
SORTS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "rank": (("rank", "enterprise_id"), False),
    "points": (("points", "enterprise_id"), True),
    "name": (("name", "enterprise_id"), False),
    "district": (("district", "rank"), False),
    "industry": (("industry", "rank"), False),
    "stage": (("stage", "rank"), False),
    "certain": (("certain", "points"), True),
    "possible": (("possible", "points"), True),
}
SHOWN = ("rank", "name", "district", "industry", "stage", "points", "certain", "possible")
NUMBERS = ("rank", "certain", "possible")
FILTERS = ("district", "industry", "stage", "grade")
MAX_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of the list; unknown values of filters simply find nothing."""

    search: str = ""
    district: str = ""
    industry: str = ""
    stage: str = ""
    grade: str = ""
    sort: str = "rank"
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Question":
        """From the parameters of an address; what makes no sense falls back to the default."""
        page = asked.get("page", "1")
        sort = asked.get("sort", "rank")
        return cls(
            search=asked.get("q", "").strip()[:MAX_SEARCH],
            sort=sort if sort in SORTS else "rank",
            page=min(int(page), 10**6) if page.isascii() and page.isdigit() and page != "0" and len(page) < 9 else 1,
            **{name: asked.get(name, "")[:MAX_SEARCH] for name in FILTERS},
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The question as address parameters, without page and defaults."""
        told = {"q": self.search, **{name: getattr(self, name) for name in FILTERS}}
        told["sort"] = "" if self.sort == "rank" else self.sort
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the answer."""

    rows: list[dict[str, Any]]
    total: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return (self.page - 1) * PAGE_ROWS + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.page * PAGE_ROWS, self.total)

    @property
    def first_text(self) -> str:
        """Number of the first row, for sentences."""
        return count(self.first)

    @property
    def last_text(self) -> str:
        """Number of the last row, for sentences."""
        return count(self.last)

    @property
    def total_text(self) -> str:
        """Number of all rows, for sentences."""
        return count(self.total)

    @property
    def previous(self) -> int:
        """The page before."""
        return self.page - 1

    @property
    def next(self) -> int:
        """The page after."""
        return self.page + 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list by which it can be sorted."""

    name: str
    here: bool
    sorted: str
    right: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter with its title."""

    value: str
    title: str


def columns(question: Question) -> list[Column]:
    """The columns of the list, the one that sorts it marked."""
    return [
        Column(name, name == question.sort, "descending" if SORTS[name][1] else "ascending", name in NUMBERS)
        for name in SHOWN
    ]


def found(published: Published, question: Question) -> pl.DataFrame:
    """All enterprises that fit the question, in its order."""
    sheet = published.sheet.filter(*_conditions(question, published.rulebook.region))
    columns, descending = SORTS[question.sort]
    return sheet.sort(columns, descending=[descending, *[False] * (len(columns) - 1)], nulls_last=True)


def listing(published: Published, question: Question) -> Listing:
    """The page of the list that was asked for; a page past the end is the last one."""
    answer = found(published, question)
    pages = max(1, -(-answer.height // PAGE_ROWS))
    page = min(question.page, pages)
    rows = answer.slice((page - 1) * PAGE_ROWS, PAGE_ROWS).drop("words").to_dicts()
    return Listing(rows, answer.height, page, pages)


def choices(published: Published, lang: str) -> dict[str, list[Choice]]:
    """The values that each filter can take, with titles, in the order of the sheet or the alphabet."""
    region = published.rulebook.region
    industries = published.sheet.select(_section(region)).to_series().drop_nulls().unique().sort().to_list()
    stages = list(region.weights) or published.sheet["stage"].drop_nulls().unique().sort().to_list()
    return {
        "district": [Choice(item.code, item.title.in_(lang)) for item in region.districts],
        "industry": [Choice(code, _titled(code, lang, region)) for code in industries],
        "stage": [Choice(code, named("stage", code, lang, region)) for code in stages],
        "grade": [Choice(name, name) for name, _ in region.grades],
    }


def _titled(code: str, lang: str, region: Region) -> str:
    title = industry_named(code, lang, region)
    return title if title == code else f"{code} {title}"


def _section(region: Region) -> pl.Expr:
    """The head of an industry code by which people filter: its letter, or its first two digits; own codes are whole."""
    code = pl.col("industry").cast(pl.String)
    return (
        pl.when(code.is_in(list(region.words.get("industry", {}))))
        .then(code)
        .when(code.str.contains(r"^[A-Z]\d*$"))
        .then(code.str.head(1))
        .when(code.str.contains(r"^\d+$"))
        .then(code.str.head(2))
        .otherwise(code)
        .alias("industry")
    )


def _conditions(question: Question, region: Region) -> list[pl.Expr]:
    wanted = [
        pl.col(name) == getattr(question, name) for name in ("district", "stage", "grade") if getattr(question, name)
    ]
    if question.industry:
        wanted.append(_section(region) == question.industry)
    words = question.search.lower().split()
    return wanted + [pl.col("words").str.contains(word, literal=True) for word in words] or [pl.lit(True)]
