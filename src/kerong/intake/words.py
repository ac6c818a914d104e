"""A receipt in words: what happened, why, and what to do next, in both languages."""

from typing import Literal

from kerong.engine.intake_sentences import NEXT, RECEIPTS, SENT, STATES
from kerong.engine.problems import escaped, label, sentence
from kerong.engine.record.gate_words import found
from kerong.intake.in_force import Delivered, delivered
from kerong.intake.receive import Receipt
from kerong.rulebook import Rulebook
from kerong.rulebook.feeds import mapping_of
from kerong.store.archive import Archive

Lang = Literal["zh", "en"]
MOST = 20  # problems that a receipt names; the rest is counted
REASONS = 5  # kinds of faults that it names


def told(receipt: Receipt, archive: Archive, rulebook: Rulebook, lang: Lang, place: str | None) -> list[str]:
    """The lines of a receipt; `place`: how the archive is called in the commands that it suggests (None: none)."""
    register = mapping_of(rulebook, receipt.feed) if receipt.feed else None
    now = _now(receipt, archive)
    figures = _figures(receipt, now, archive, lang) | {"archive": place or ""}
    lines = [_filled(RECEIPTS[_kind(receipt)], lang, figures)]
    lines += [f"  - {sentence(problem, lang)}" for problem in receipt.problems[:MOST]]
    if len(receipt.problems) > MOST:
        more = len(receipt.problems) - MOST
        lines.append(f"  - 另有 {more} 处" if lang == "zh" else f"  - and {more} more")
    currency = rulebook.region.currency
    lines += [f"  - {found(finding, register, lang, currency)}" for finding in _ordered(receipt)]
    lines += _reasons(receipt, now, lang)
    for name, periods in sorted(receipt.replaced.items()):
        lines.append(_replaced(name, periods, lang))
    step = None if place is None else _next(receipt, now)
    return [*lines, *([f"  {_filled(NEXT[step], lang, figures)}"] if step else [])]


def _now(receipt: Receipt, archive: Archive) -> Delivered | None:
    """What the file that was sent (or is corrected) holds by now: corrections may have come while it was held."""
    batch = receipt.batch
    if batch is None:
        return None
    return delivered(archive, archive.batch(batch.parent) if batch.parent else batch)


def _kind(receipt: Receipt) -> str:
    is_correction = receipt.batch is not None and receipt.batch.kind == "supplement"
    return "corrected" if is_correction and receipt.state == "published" else receipt.state


def _ordered(receipt: Receipt) -> list[dict[str, object]]:
    """What holds the batch first."""
    return sorted(receipt.findings, key=lambda finding: finding["severity"] != "held")


def _reasons(receipt: Receipt, now: Delivered | None, lang: Lang) -> list[str]:
    """Why rows are set aside, most frequent first."""
    faults = None if now is None or receipt.batch is None else now.faults
    if receipt.batch is not None and receipt.batch.parent:  # of the rows that were sent back
        own = receipt.batch.profile.get("faults")
        faults = own if isinstance(own, dict) else None
    if not faults or receipt.state == "repeated":
        return []
    counted = sorted(faults.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{label(kind, lang)} ({count:,})" for kind, count in counted[:REASONS]]
    told = ("；" if lang == "zh" else "; ").join(shown) + (" …" if len(counted) > REASONS else "")
    return [f"  - 隔离原因：{told}" if lang == "zh" else f"  - set aside: {told}"]


def _next(receipt: Receipt, now: Delivered | None) -> str | None:
    if receipt.state == "refused" and any(problem["kind"] in SENT for problem in receipt.problems):
        return None  # the sentence itself says what to do
    if receipt.state != "published":
        return receipt.state
    return "aside" if now is not None and now.set_aside else None


def _figures(receipt: Receipt, now: Delivered | None, archive: Archive, lang: Lang) -> dict[str, str]:
    batch, other = receipt.batch, receipt.other
    figures = {"file": receipt.file, "feed": receipt.feed or ""}
    if batch is not None and now is not None:
        rows = batch.rows if batch.parent else now.rows
        figures |= {"batch": batch.id, "rows": f"{rows:,}", "parent": batch.parent or batch.id}
        figures |= {"aside": f"{now.set_aside:,}", "left": f"{now.set_aside:,}"}
        figures["state"] = STATES[archive.state(batch.id)][0 if lang == "zh" else 1]
    if other is not None:
        unknown = "未知" if lang == "zh" else "unknown"
        figures |= {"other": other.id, "as_of": other.as_of.isoformat() if other.as_of else unknown}
    return figures


def _replaced(name: str, periods: tuple[str, ...], lang: Lang) -> str:
    shown = ", ".join(periods[:6]) + (" …" if len(periods) > 6 else "")
    if periods == ("whole",):
        return f"  - 取代批次 {name}" if lang == "zh" else f"  - it takes the place of batch {name}"
    return f"  - 取代批次 {name} 的 {shown}" if lang == "zh" else f"  - it takes the place of {shown} of batch {name}"


def _filled(texts: tuple[str, str], lang: Lang, figures: dict[str, str]) -> str:
    return escaped((texts[0] if lang == "zh" else texts[1]).format(**figures))
