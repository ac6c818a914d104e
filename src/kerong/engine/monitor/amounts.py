"""How amounts are written for people: by their order of magnitude, and exact to the hundredth."""

from decimal import ROUND_HALF_UP, Decimal

_SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£"}
_UNITS_ZH = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "KRW": "韩元",
    "HKD": "港元",
    "MOP": "澳门元",
    "TWD": "新台币",
    "SGD": "新加坡元",
    "CAD": "加元",
    "AUD": "澳元",
    "CHF": "瑞士法郎",
}
_STEPS_ZH = ((10**10, "亿"), (10**6, "万"))
_STEPS_EN = ((10**11, "bn"), (10**8, "m"), (10**5, "k"))


def money(fen: int | None, currency: str, lang: str) -> str:
    """An amount for reading: 123_456_789_00 fen of CNY is "1.23 亿元" or "CNY 123.5 m"; None is a dash."""
    if fen is None:
        return "—"
    steps = _STEPS_ZH if lang == "zh" else _STEPS_EN
    number, step = _scaled(fen, steps)
    if lang == "zh":
        return f"{number} {step}{_UNITS_ZH.get(currency, currency)}"
    return f"{currency} {number} {step}".rstrip()


def exact(fen: int | None, currency: str) -> str:
    """The amount to the hundredth, for titles: "¥1,234.56"."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{_SIGNS.get(currency, currency + ' ')}{whole:,}.{part:02d}"


def _scaled(fen: int, steps: tuple[tuple[int, str], ...]) -> tuple[str, str]:
    for size, name in steps:
        if abs(fen) >= size:
            number = Decimal(fen) / size
            places = 2 if abs(number) < 10 else 1 if abs(number) < 1000 else 0
            rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
            plain = f"{rounded:,.{places}f}"
            return (plain.rstrip("0").rstrip(".") if places else plain), name
    whole = (Decimal(fen) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{whole:,}", ""
