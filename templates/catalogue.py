"""Words in two languages: Indonesian stands in the source, English in locale/en/LC_MESSAGES/pulang.po.

The .po is read once at import (well below 100 ms for our size), so there is no compiled file to forget.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES: Final = ("id", "en")
SOURCE: Final = "id"
_PO: Final = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "pulang.po"


def _(message: str) -> str:
    """Mark *message* (Indonesian) for the catalogue; it is translated where it is shown, not here."""
    return message


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of *language*; an unknown language gets Indonesian."""
    if language != "en":
        return NullTranslations()
    with _PO.open("rb") as source:
        catalogue = read_po(source, locale="en")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled)


def say(message: str, language: str, **facts: object) -> str:
    """*message* in *language* with its {facts} filled in. Plain text: escape it where it enters a page."""
    text: str = translations(language).gettext(message) if message else ""
    return text.format_map(facts) if facts else text


def language_of(wanted: str | None) -> str:
    """The language to use for what a reader asked; anything unknown is Indonesian."""
    return wanted if wanted in LANGUAGES else SOURCE
