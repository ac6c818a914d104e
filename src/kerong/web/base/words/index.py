"""Words of the index page: those of the report itself, and what only the portal says."""

from kerong.paper.index_words import LABELS

INDEX = {f"index.{key}": pair for key, pair in LABELS.items()} | {
    "reads.what.index_pdf": ("积分报告 PDF", "Index report, PDF"),
}
