"""The text of one cell: spaces, quotes and signs made plain, and what is odd about it told apart."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from domain.sheets.records import Cell

_BLANK = frozenset({"", "-", "--", "...", "…", ".", "n/a", "nihil", "tidak ada", "tdk ada", "belum ada", "kosong"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = re.compile(r"[=@]|[+-]+[\w.]*[(|!*/+^]")
_MANY_BYTES = re.compile(r"[\u00c2-\u00f4][^\x00-\x7f]+")  # how letters of several bytes look in another encoding
_LONGEST_MENDED = 2_000
_PLAIN = {
    **dict.fromkeys(map(ord, "‘’‛´`ʻʼ′"), "'"),
    **dict.fromkeys(map(ord, "“”„″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD), None),
}
_BIDI = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), None)


def as_text(cell: Cell) -> str:
    """What a reader sees in the cell; a whole number has no decimals."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    return str(int(cell)) if float(cell).is_integer() else repr(cell)


def has_control(cell: Cell) -> bool:
    """NUL or another control character, line ends and tabs aside."""
    return isinstance(cell, str) and _CONTROL.search(cell) is not None


def is_blank(text: str) -> bool:
    """Nothing, or one of the signs and words that people write for nothing."""
    return text.strip().translate(_PLAIN).strip().casefold() in _BLANK


@dataclass(frozen=True, slots=True)
class Tidy:
    """A cell made plain. text is "" for a blank cell. mended: what text of broken letters seems to have been."""

    text: str
    is_tidied: bool = False
    is_multiline: bool = False
    is_formula: bool = False
    is_garbled: bool = False
    mended: str | None = None


def tidy(cell: Cell, *, is_name: bool = False) -> Tidy:
    """The cell in one line. In a name, signs that turn the writing direction stay, so that the name is refused."""
    raw = as_text(cell).strip()
    lines = [line.strip() for line in re.split(r"[\r\n]+", raw)]
    joined = (" " if is_name else ", ").join(line.rstrip(",") for line in lines) if len(lines) > 1 else raw
    text = _plain(joined, is_name=is_name)
    garbled, mended = _mended(joined)
    if is_blank(text):
        return Tidy("", is_tidied=False, is_multiline=False)
    return Tidy(
        text=text,
        is_tidied=text != joined and not garbled,
        is_multiline=len(lines) > 1,
        is_formula=_FORMULA.match(text) is not None,
        is_garbled=garbled,
        mended=_plain(mended, is_name=is_name) if mended else None,
    )


def _plain(text: str, *, is_name: bool) -> str:
    text = unicodedata.normalize("NFC", text.translate(_PLAIN))
    return re.sub(r"\s+", " ", text if is_name else text.translate(_BIDI)).strip()


def _mended(text: str) -> tuple[bool, str | None]:
    """Whether UTF-8 was read as Windows-1252 somewhere ("JosÃ©"), and the text with those places read again."""
    found = "\N{REPLACEMENT CHARACTER}" in text

    def again(match: re.Match[str]) -> str:
        nonlocal found
        for codec in ("cp1252", "latin-1"):
            try:
                better = match[0].encode(codec).decode("utf-8")
            except UnicodeError:
                continue
            found = True
            return better
        return match[0]

    better = _MANY_BYTES.sub(again, text) if len(text) <= _LONGEST_MENDED else text
    return found, better if better != text else None
