"""A dozen line icons drawn for the portal on a grid of 24; decorative, so hidden from screen readers."""

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_LINES: Mapping[str, str] = {
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.4 15.4L20 20",
    "download": "M12 4v11M7.5 11L12 15.5L16.5 11M5 20h14",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "met": "M5 12.5L10 17.5L19.5 7",
    "failed": "M6.5 6.5L17.5 17.5M17.5 6.5L6.5 17.5",
    "unknown": "M8.5 9a3.5 3.5 0 1 1 5.2 3.1C12.6 12.7 12 13.4 12 14.5M12 18v.5",
    "error": "M12 4L21 20H3ZM12 10v4.5M12 17v.5",
    "next": "M9 5l7 7l-7 7",
    "withheld": "M6 12h12",
    "back": "M15 5l-7 7l7 7",
    "down": "M5 9l7 7l7-7",
    "person": "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.5 20c.6-4 3.7-6 7.5-6s6.9 2 7.5 6",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15ZM10 21h4",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z",
}


def icon(name: str) -> SafeString:
    """The icon as inline SVG. Raises KeyError for a name that is not drawn."""
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        name,
        mark_safe(_LINES[name]),
    )
