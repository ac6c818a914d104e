"""What in two names says that they are two firms: a number, a direction, a trade, a place, a role.

Sister firms share address, telephone and legal representative, and nearly the whole name; what parts them is one piece
of it: 新科材料 and 新科电子, 一部 and 二部, X and X Holdings. Such a piece has no weight in the model: among firms of
one name the comparisons are not independent, and no sum of other evidence speaks against it. It is a condition: what
contradicts is never called the same by the model alone.

Two names do not contradict where all that differs is explained: the legal form, a slip of one character, plurals and
common abbreviations, words run together, a place or trade that a short name leaves out. A name with its legal form is
complete (企业名称登记管理规定, article 6): what it does not say, it does not have.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from kerong.engine.record.linkage.firm_names import PARTS, ROLES, TRADES, name_parts
from kerong.engine.record.linkage.places import COUNTY_CITIES, PREFECTURES, PROVINCES
from kerong.engine.record.names import keys
from kerong.engine.record.traditional import simplified

NUMBER, DIRECTION, TRADE, PLACE, ROLE, FORM, WORDS, SCRIPT = (
    "number", "direction", "trade", "place", "role", "legal form", "words", "script",
)  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_DIGITS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "00123456789123456789" + "2")
_COUNTED = re.compile(r"[0-9十百千拾甲乙丙丁戊己庚辛]")
_SIDES = re.compile(r"[东南西北中上下前后左右内外大小新老高低]")
_BRANCH = re.compile(r"公司.*分|分(?:公司|行|店|厂|院|所|部)|办事处|事业部|营业部|子公司")
_PARTNERS = re.compile(r"\b(?:L\.? ?P|L\.? ?L\.? ?P|L\.? ?L\.? ?L\.? ?P|LIMITED PARTNERSHIP)\.?$")
_COMPANY = re.compile(r"\b(?:INC|INCORPORATED|CORP|CORPORATION|L\.? ?L\.? ?C|LTD|LIMITED|CO|COMPANY|GMBH|PLC)\.?$")
_SILENT = frozenset({"THE", "AND", "OF", "FOR", "IN"})
_ROMAN = dict(
    zip(
        ["II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "XIII"],
        ["2", "3", "4", "6", "7", "8", "9", "11", "12", "13"],
        strict=True,
    )
)
_SPELT = {
    "ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5", "SIX": "6", "SEVEN": "7", "EIGHT": "8", "NINE": "9",
    "TEN": "10", "FIRST": "1", "SECOND": "2", "THIRD": "3", "1ST": "1", "2ND": "2", "3RD": "3",
}  # fmt: skip
_AROUND = re.compile(
    r"^(?:NORTH|SOUTH|EAST|WEST|UPPER|LOWER|INNER|OUTER|CENTRAL|MID)(?:ERN|EAST|WEST|EASTERN|WESTERN)?$"
)
# abbreviations that stand in names of firms for one word each
_SHORT = {
    "AMER": "AMERICAN", "ASSOC": "ASSOCIATE", "ASSN": "ASSOCIATION", "CTR": "CENTER", "CENTRE": "CENTER",
    "CONSULT": "CONSULTING", "DEV": "DEVELOPMENT", "DEVEL": "DEVELOPMENT", "ENG": "ENGINEERING",
    "ENGR": "ENGINEERING", "ENGRG": "ENGINEERING", "ENV": "ENVIRONMENTAL", "GRP": "GROUP", "HLDG": "HOLDING",
    "IND": "INDUSTRY", "INDU": "INDUSTRY", "INST": "INSTITUTE", "INSTR": "INSTRUMENT", "INTL": "INTERNATIONAL",
    "INTERNATL": "INTERNATIONAL", "LABORATORY": "LAB", "MGMT": "MANAGEMENT", "MED": "MEDICAL", "MFG": "MANUFACTURING",
    "NATL": "NATIONAL", "PHARM": "PHARMACEUTICAL", "PHARMA": "PHARMACEUTICAL", "PROD": "PRODUCT", "RSCH": "RESEARCH",
    "RES": "RESEARCH", "SCI": "SCIENCE", "SERV": "SERVICE", "SVC": "SERVICE", "SOLN": "SOLUTION", "SYS": "SYSTEM",
    "TECH": "TECHNOLOGY", "TECHNOL": "TECHNOLOGY", "TECHNOLOGIE": "TECHNOLOGY", "UNIV": "UNIVERSITY",
}  # fmt: skip
_STATES = """
    ALABAMA ALASKA ARIZONA ARKANSAS CALIFORNIA COLORADO CONNECTICUT DELAWARE FLORIDA GEORGIA HAWAII IDAHO ILLINOIS
    INDIANA IOWA KANSAS KENTUCKY LOUISIANA MAINE MARYLAND MASSACHUSETTS MICHIGAN MINNESOTA MISSISSIPPI MISSOURI MONTANA
    NEBRASKA NEVADA OHIO OKLAHOMA OREGON PENNSYLVANIA TENNESSEE TEXAS UTAH VERMONT VIRGINIA WASHINGTON WISCONSIN WYOMING
    AMERICA USA EUROPE ASIA CHINA CANADA
"""
_PARENT = frozenset(
    [
        "HOLDING",
        "GROUP",
        "SUBSIDIARY",
        "BRANCH",
        "DIVISION",
        "CAPITAL",
        "VENTURE",
        "FUND",
        "PARTNER",
        "FOUNDATION",
        "TRUST",
    ]
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: its key as words, its Chinese parts (none of what is not Chinese), its legal form."""

    key: str
    parts: Mapping[str, str] | None
    form: str


def contradictions(names: pl.DataFrame) -> pl.Series:
    """For pairs of names (columns left, right) what contradicts, in a word; null where nothing does or one is unknown.

    The same whichever name stands left.
    """
    pairs = names.select(pl.col("left", "right").cast(pl.String)).with_row_index("row").drop_nulls()
    pairs = pairs.filter(pl.col("left") != pl.col("right"))
    every = pl.concat([pairs["left"], pairs["right"].alias("left")]).unique().sort()
    known = _known(every)
    found = [contradiction(known[a], known[b]) for _, a, b in pairs.iter_rows()]
    told = pl.DataFrame({"row": pairs["row"], "said": pl.Series(found, dtype=pl.String)})
    rows = pl.DataFrame({"row": pl.int_range(len(names), dtype=pl.UInt32, eager=True)})
    return rows.join(told, on="row", how="left", maintain_order="left")["said"]


def _known(names: pl.Series) -> dict[str, Name]:
    chinese = names.str.contains(r"\p{Han}")
    parts = name_parts(names).to_dicts()
    spelt = keys(names).fill_null("")
    bare = simplified(names.str.normalize("NFKC")).str.to_uppercase().str.strip_chars()
    found = {}
    for name, is_chinese, own, key, whole in zip(names, chinese, parts, spelt, bare, strict=True):
        said = {part: str(own[part] or "") for part in PARTS} if is_chinese else None
        if said is not None:
            said["bracket"] = _bracket(whole)
        found[name] = Name(key, said, _form(whole, said))
    return found


def _bracket(name: str) -> str:
    """The place that stands in brackets, if one does."""
    for inside in re.findall(r"\(([^()]*)\)", name):
        place = re.sub(r"[省市]$", "", inside)
        if place in _places():
            return place
    return ""


@cache
def _places() -> frozenset[str]:
    return frozenset({"中国", *PROVINCES, *PREFECTURES, *COUNTY_CITIES})


def _form(name: str, parts: Mapping[str, str] | None) -> str:
    """partnership, company, or nothing where the name does not say it."""
    if parts is not None:
        form = re.sub("|".join(ROLES), "", parts["form"])
        return "partnership" if "合伙" in form else "company" if "公司" in form else form
    name = re.sub(r"[,\s]+", " ", name)
    return "partnership" if _PARTNERS.search(name) else "company" if _COMPANY.search(name) else ""


def contradiction(a: Name, b: Name) -> str | None:
    """What of two names contradicts, or None."""
    if (a.parts is None) != (b.parts is None):
        return SCRIPT
    if a.form and b.form and a.form != b.form:
        return FORM
    if a.key == b.key:
        return None
    if a.parts is not None and b.parts is not None:
        return _chinese(a.parts, b.parts, complete=bool(a.form and b.form))
    return _words(a.key.split(), b.key.split())


def _chinese(a: Mapping[str, str], b: Mapping[str, str], *, complete: bool) -> str | None:
    if _roles(a) != _roles(b):
        return ROLE
    if _apart(a, b):
        return PLACE
    whole, other = a["core"] + a["trade"], b["core"] + b["trade"]
    if whole.translate(_DIGITS) == other.translate(_DIGITS):
        return None
    left, right = _trades(a["trade"]), _trades(b["trade"])
    only_left, only_right = left - right, right - left
    if only_left and only_right:
        return TRADE
    if _is_slip(whole, other):
        return None
    if a["core"].translate(_DIGITS) != b["core"].translate(_DIGITS) and not _is_slip(a["core"], b["core"]):
        return _kind_of(a["core"], b["core"])
    # both are complete, and one has a trade that the other has not
    return TRADE if complete and (only_left or only_right) else None


def _roles(parts: Mapping[str, str]) -> frozenset[str]:
    whole = parts["core"] + parts["form"]
    return frozenset([*(role for role in ROLES if role in parts["form"]), *_BRANCH.findall(whole)])


def _apart(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """Whether the places are two: each says one that the other does not, or one alone has a place in brackets."""
    mine, other = a["place"] + a["bracket"], b["place"] + b["bracket"]
    if a["place"] and b["place"] and a["place"] not in other and b["place"] not in mine:
        return True
    return bool((a["bracket"] and a["bracket"] not in other) or (b["bracket"] and b["bracket"] not in mine))


def _trades(text: str) -> Counter[str]:
    """The words of a trade, the longest first as they are cut off its end."""
    found: Counter[str] = Counter()
    while text:
        word = next((text[-n:] for n in range(min(4, len(text)), 0, -1) if text[-n:] in TRADES), text)
        found[word] += 1
        text = text[: -len(word)]
    return found


def _is_slip(a: str, b: str) -> bool:
    """Whether a clerk may have written one for the other: one character changed, left out or swapped, and none that
    tells firms apart."""
    a, b = a.translate(_DIGITS), b.translate(_DIGITS)
    if min(len(a), len(b)) < 3 or abs(len(a) - len(b)) > 1:
        return False
    x, y = _differing(a, b)
    one = len(x) <= 1 and len(y) <= 1
    swapped = len(x) == 2 and x == y[::-1]
    return (one or swapped) and not any(map(_tells, x + y))


def _tells(char: str) -> bool:
    return bool(_COUNTED.match(char) or _SIDES.match(char) or char.isascii())


def _differing(a: str, b: str) -> tuple[str, str]:
    """What is left of two texts without their common beginning and end."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    return a[head : len(a) - tail], b[head : len(b) - tail]


def _kind_of(a: str, b: str) -> str:
    both = "".join(_differing(a.translate(_DIGITS), b.translate(_DIGITS)))
    return NUMBER if _COUNTED.search(both) else DIRECTION if _SIDES.search(both) else WORDS


def _words(a: list[str], b: list[str]) -> str | None:
    left, right = Counter(_plain(a)), Counter(_plain(b))
    only_left, only_right = list((left - right).elements()), list((right - left).elements())
    if "".join(only_left) == "".join(only_right) or "".join(a) == "".join(b):
        return None
    for word in list(only_left):
        twin = next((other for other in only_right if _is_misspelt(word, other)), None)
        if twin is not None:
            only_left.remove(word)
            only_right.remove(twin)
    rest = only_left + only_right
    if not rest or _run_together(a, b, rest):
        return None
    return next((kind for kind, test in _KINDS for word in rest if test(word)), WORDS)


def _plain(words: list[str]) -> list[str]:
    """Words in their plain form: no plural, no abbreviation, numbers in digits."""
    return [_singular(_SPELT.get(word, _ROMAN.get(word, word))) for word in words if word not in _SILENT]


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("S") and not word.endswith("SS"):
        word = word[:-3] + "Y" if word.endswith("IES") else word[:-1]
    return _SHORT.get(word, word)


def _is_misspelt(a: str, b: str) -> bool:
    """One letter changed, left out, or two neighbours swapped, in a word of five letters and more without digits."""
    if min(len(a), len(b)) < 5 or not (a + b).isalpha() or _AROUND.match(a) or _AROUND.match(b):
        return False
    x, y = _differing(a, b)
    return (len(x) <= 1 and len(y) <= 1) or (len(x) == 2 and x == y[::-1])


def _run_together(a: list[str], b: list[str], rest: list[str]) -> bool:
    """Words written as one, or parted: LASER TECH and LASERTECH, also with a slip in them."""
    if any(len(word) < 3 or not word.isalpha() for word in rest) or len(a) == len(b):
        return False
    return _is_misspelt("".join(a), "".join(b))


_LANDS = frozenset(map(_singular, _STATES.split()))
_KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (NUMBER, lambda word: any(char.isdigit() for char in word)),
    (DIRECTION, lambda word: bool(_AROUND.match(word))),
    (PLACE, lambda word: word in _LANDS),
    (ROLE, lambda word: word in _PARENT),
)
