"""Reports that people open from a file: one HTML page that needs nothing beside it, in both languages."""

from kerong.lab.page.page import Page, generated_by, page

__all__ = ["Page", "generated_by", "page"]
