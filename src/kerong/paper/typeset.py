"""PDF by typst: a template of ours and values as JSON. The same values give the same bytes.

Values never become markup: they reach the template as one JSON text. Signs that would reorder or break lines of a
document are left out, long names are cut.
"""

import json
import unicodedata
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerong.rulebook.content import Text

if TYPE_CHECKING:
    import typst

FONTS = Path(__file__).resolve().parents[1] / "web" / "static" / "vendor" / "fonts"
FAMILY = "Noto Sans S Chinese"
LONGEST = 160  # characters of one text that is a firm's own


class FontMissing(RuntimeError):
    """The font of documents is not there; `said` says what to do in both languages."""

    def __init__(self, folder: Path) -> None:
        self.said = Text(
            f"缺少 PDF 所用的字体（{FAMILY}）：请运行 ./kerong，它会把字体放到 {folder.name} 文件夹",
            f"the font of PDF documents is missing ({FAMILY}): run ./kerong, which fetches it into {folder.name}",
        )
        super().__init__(f"{self.said.en} / {self.said.zh}")


def pdf(template: str, content: dict[str, Any], on: date, folder: Path = FONTS) -> bytes:
    """The document of a template of this room (its file name) with `content`, dated `on`.

    Raises FontMissing where `folder` lacks the font. Fonts of the machine serve characters that ours does not have.
    """
    import typst  # tens of megabytes, for the few who want paper

    source = resources.files("kerong.paper").joinpath(template).read_bytes()
    told = json.dumps(content, ensure_ascii=False, allow_nan=False)
    inputs = {"content": told, "family": FAMILY}
    compiler = typst.Compiler(source, root=str(folder), font_paths=_fonts(folder), sys_inputs=inputs)
    made = compiler.compile(format="pdf", timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC))
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@lru_cache(maxsize=2)
def _fonts(folder: Path) -> "typst.Fonts":
    """Looking through the machine's fonts takes long: once per process."""
    if not any(folder.glob("*.otf")):
        raise FontMissing(folder)
    import typst

    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(folder)])
    if FAMILY not in found.families():
        raise FontMissing(folder)
    return found


def plain(text: str, longest: int = LONGEST) -> str:
    """A firm's own text for one line: without control and direction signs, cut where it is too long."""
    shown = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
