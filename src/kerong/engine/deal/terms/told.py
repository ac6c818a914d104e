"""How a due amount came about, in Chinese and in English: every stretch of days, the sum, its rounding, the rest."""

from kerong.engine.deal.terms.rates import WHOLE_PPM
from kerong.engine.deal.terms.schedule import Row, Stretch
from kerong.rulebook.said import Text
from kerong.rulebook.words import money

STRETCH = Text(
    "{begin} 至 {end}（算头不算尾）：余额 {balance} × 年利率 {rate} % × {parts}/{base} = {fen}",
    "{begin} to {end} (the last day not counted): {balance} x {rate} % a year x {parts}/{base} = {fen}",
)
INTEREST = Text("利息合计四舍五入到分：{interest}", "interest, rounded half up to the fen: {interest}")
LEVEL = Text("每期还款额：{instalment}", "instalment: {instalment}")
TOTAL = Text(
    "应还本金 {principal}，本息费合计 {total}，之后余额 {closing}",
    "principal {principal}, in all {total}, then outstanding {closing}",
)
HELD = Text(
    "含尚未公布的利率，按最近一次公布的利率计算", "a rate in it is not published yet: the last published one is held"
)


def explained(row: Row, lang: str, currency: str = "CNY") -> tuple[str, ...]:
    """The sentences for one row; the amount of a stretch is before any rounding, six places of it, the rest cut off."""
    lines = [
        STRETCH.in_(lang).format(
            begin=s.begin,
            end=s.end,
            balance=money(s.balance_fen, currency, lang),
            rate=_percent(s.ppm),
            parts=s.parts,
            base=s.base,
            fen=_exact(s, currency, lang),
        )
        for s in row.stretches
    ]
    lines += [INTEREST.in_(lang).format(interest=money(row.interest_fen, currency, lang))] if row.stretches else []
    lines += (
        [LEVEL.in_(lang).format(instalment=money(row.instalment_fen, currency, lang))] if row.instalment_fen else []
    )
    lines += [HELD.in_(lang)] if row.is_held else []
    amounts = {"principal": row.principal_fen, "total": row.total_fen, "closing": row.closing_fen}
    return (*lines, TOTAL.in_(lang).format(**{name: money(fen, currency, lang) for name, fen in amounts.items()}))


def _percent(ppm: int) -> str:
    """A rate in per cent, without zeros behind."""
    return f"{ppm // 10_000}.{ppm % 10_000:04}".rstrip("0").rstrip(".")


def _exact(stretch: Stretch, currency: str, lang: str) -> str:
    """The interest of a stretch with six places of the currency."""
    places = stretch.balance_fen * stretch.ppm * stretch.parts * 10_000 // (stretch.base * WHOLE_PPM)
    text = f"{places // 10**6:,}.{places % 10**6:06}"
    return f"{text} 元" if (currency, lang) == ("CNY", "zh") else f"{currency} {text}"
