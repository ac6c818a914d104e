"""A file of any size as consecutive blocks of rows, with the meaning that `store.files` gives to the whole file."""

from kerong.store.stream.blocks import blocks

__all__ = ["blocks"]
