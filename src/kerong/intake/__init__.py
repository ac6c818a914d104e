"""Batches: files received, cleaned, profiled, stopped by gates or published into a city's archive."""

from kerong.intake.cards import cards
from kerong.intake.in_force import delivered, in_force
from kerong.intake.receive import Receipt, publish_held, receive, refused
from kerong.intake.sending import Statement, feed_by_name, feeds_for, files_of, statement
from kerong.intake.setting_aside import exported, in_quarantine
from kerong.intake.words import told

__all__ = [
    "Receipt",
    "Statement",
    "cards",
    "delivered",
    "exported",
    "feed_by_name",
    "feeds_for",
    "files_of",
    "in_force",
    "in_quarantine",
    "publish_held",
    "receive",
    "refused",
    "statement",
    "told",
]
