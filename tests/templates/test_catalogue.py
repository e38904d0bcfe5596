"""Every sentence has its English, with the same places to fill in."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import templates
from templates.catalogue import say, translations

HOME = Path(templates.__file__).parent
PO = HOME / "locale" / "en" / "LC_MESSAGES" / "pulang.po"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.mjml", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {pattern: {"newstyle_gettext": "true", "silent": "false"} for pattern, how in METHODS if how == "jinja2"}


def extracted() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(HOME), METHODS, OPTIONS, keywords={"_": None, "ngettext": (1, 2)})
    return {message if isinstance(message, str) else tuple(message) for _f, _n, message, _c, _x in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as source:
        return read_po(source, locale="en")


def test_every_sentence_of_pages_mails_and_words_has_an_english_one(catalogue: Catalog) -> None:
    known = {m.id if isinstance(m.id, str) else tuple(m.id) for m in catalogue if m.id and all(_strings(m.string))}

    assert extracted() - known == set()


def test_the_english_catalogue_keeps_no_sentence_that_nobody_says(catalogue: Catalog) -> None:
    known = {m.id if isinstance(m.id, str) else tuple(m.id) for m in catalogue if m.id}

    assert known - extracted() == set()


def test_both_languages_fill_in_the_same_facts(catalogue: Catalog) -> None:
    unequal = []
    for message in catalogue:
        if not message.id:
            continue
        wanted = _places(_strings(message.id)[-1])
        if (
            any(_places(text) - wanted for text in _strings(message.string))
            or _places(_strings(message.string)[-1]) != wanted
        ):
            unequal.append(message.id)

    assert unequal == []


def test_an_unknown_language_reads_indonesian() -> None:
    assert say("Papan", "fr") == "Papan"
    assert say("Papan", "en") == "Board"
    assert translations("en") is translations("en")


def _strings(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _places(text: str) -> set[str]:
    braces = {name for _t, name, _s, _c in Formatter().parse(text) if name} if "%(" not in text else set()
    return braces | set(re.findall(r"%\((\w+)\)s", text))
