"""Loops in machine code: what every room needs that compiles its own."""

from kerong.compiled.loops import compiled, pointer

__all__ = ["compiled", "pointer"]
