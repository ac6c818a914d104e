"""Long columns whose cells are nearly all plain: compiled loops read those, the readers of types the others."""

from kerong.engine.record.plain.read import LONG, plainly

__all__ = ["LONG", "plainly"]
