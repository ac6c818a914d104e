"""Words of the statement of public support: those of the statement itself, and what only the portal says."""

from kerong.paper.support_words import LABELS

SUPPORT = {f"support.{key}": pair for key, pair in LABELS.items()} | {
    "reads.what.support": ("公共支持一览", "Public support"),
    "reads.what.support_pdf": ("公共支持一览 PDF", "Public support, PDF"),
}
