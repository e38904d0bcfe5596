"""Names, NIK and likeness of people (PROCESS 2.2): what may be a name, how it sounds, and who may be the same person.

Many Indonesians have one name only, spellings vary, and old NIKs carry old errors: so nothing here merges, and a
doubtful NIK is a remark, never a refusal.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from domain import data
from domain.errors import Invalid
from domain.sounds import sound_key, without_titles

LONGEST_NAME = 200
ADULT_AT = 18
PASSPORT = "paspor"  # the kind of document whose number has a shape to look at
_PASSPORT = re.compile(r"[A-Z]{1,2}[0-9]{6,7}")
_NAME_SIGNS = frozenset("'’‘`´ʻʼ-‐.,()/&\"")
_SEPARATORS = re.compile(r"[\s.\-‐/]")


def clean_name(text: str, field: str = "name") -> str:
    """A name as it is stored: NFC, single spaces, no outer spaces. One letter and one word are names.

    Raises Invalid("NAME_INVALID") naming *field*: blank, no letter, more than 200 characters, control, bidi or other
    invisible characters, line ends, emoji or other symbols.
    """
    if len(text) > LONGEST_NAME * 4:  # before anything is computed over it
        raise Invalid("NAME_INVALID", field=field)
    name = re.sub(" +", " ", unicodedata.normalize("NFC", "".join(_plain_space(c) for c in text))).strip(" ")
    if not name or len(name) > LONGEST_NAME or not all(map(_may_stand_in_a_name, name)):
        raise Invalid("NAME_INVALID", field=field)
    if not any(c.isalpha() for c in name):
        raise Invalid("NAME_INVALID", field=field)
    return name


def _plain_space(character: str) -> str:
    return " " if unicodedata.category(character) == "Zs" else character


def _may_stand_in_a_name(character: str) -> bool:
    if character == " " or character in _NAME_SIGNS:
        return True
    if 0xFE00 <= ord(character) <= 0xFE0F:  # selects the emoji form of the character before it
        return False
    return unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd")


def initials(name: str) -> str:
    """ "Yohana Ina Tokan" as "Y. I. T."; a word without a letter is left out."""
    firsts = (next((c for c in word if c.isalpha()), "") for word in name.split())
    return " ".join(f"{first.upper()[0]}." for first in firsts if first)


def name_sounds(name: str) -> frozenset[str]:
    """One key of sound for each word of the name, titles and "bin/binti" left out: Moch. and Muhammad give the same."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’‘`´ʻʼ]", "", _ascii(name)).lower())
    return frozenset(sound_key(word) for word in without_titles(words))


def _ascii(text: str) -> str:
    """Letters without their marks (José gives Jose); letters of other scripts stay."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")


def age_on(birth_date: date, on: date) -> int:
    """Whole years lived on that day; someone born on 29 February turns a year older on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def is_child(birth_date: date, on: date) -> bool:
    """Below 18 on that day (UU 35/2014)."""
    return age_on(birth_date, on) < ADULT_AT


def clean_nik(nik: str) -> str:
    """A NIK without the spaces, dots and dashes people type into it."""
    return _SEPARATORS.sub("", nik)


def check_nik(nik: str, birth_date: date | None, sex: str | None) -> list[str]:
    """Remarks on a NIK (`PPKKCC DDMMYY NNNN`, day + 40 for women), in a fixed order; an empty list = nothing to say.

    NIK_LENGTH (not 16 digits: nothing else is looked at), NIK_PROVINCE (unknown first two digits), NIK_DEMO (district
    00, never issued), NIK_DATE (no such day), NIK_MISMATCH (another birth date or sex than stated). sex: "L" or "P".
    """
    digits = clean_nik(nik)
    if re.fullmatch(r"[0-9]{16}", digits) is None:
        return ["NIK_LENGTH"]
    remarks = []
    if digits[:2] not in data.provinces():
        remarks.append("NIK_PROVINCE")
    if digits[4:6] == "00":
        remarks.append("NIK_DEMO")
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    is_woman = day > 40
    dates = list(_dates_of(day - 40 * is_woman, month, year))
    if not dates:
        remarks.append("NIK_DATE")
    elif (birth_date is not None and birth_date not in dates) or (sex is not None and (sex == "P") != is_woman):
        remarks.append("NIK_MISMATCH")
    return remarks


def _dates_of(day: int, month: int, year: int) -> Iterable[date]:
    """The days that two digits of a year can mean."""
    for century in (1900, 2000):
        try:
            yield date(century + year, month, day)
        except ValueError:
            continue


def clean_document(number: str) -> str:
    """A passport or other document number as it is compared: capitals, letters and digits only."""
    return "".join(c for c in number.upper() if c.isalnum())


def passport_ok(number: str) -> bool:
    """Lax shape of an Indonesian passport number; a wrong one is a remark, never a refusal."""
    return _PASSPORT.fullmatch(clean_document(number)) is not None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What likeness is judged by. sex: "L" or "P". documents: numbers. home: village or address, as far as known."""

    name: str
    sex: str
    birth_date: date | None = None
    nik: str | None = None
    documents: tuple[str, ...] = ()
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One reason to think of the same person. strong: nothing starts before a person decides; weak: a note."""

    why: Literal["nik", "document", "name_birth", "name_home"]
    strength: Literal["strong", "weak"]


def similarity(one: PersonFacts, other: PersonFacts) -> list[Match]:
    """Every likeness of two people, strong ones first; empty = nothing. The order of the two does not matter."""
    matches: list[Match] = []
    if one.nik and other.nik and clean_nik(one.nik) == clean_nik(other.nik):
        matches.append(Match("nik", "strong"))
    if _documents(one) & _documents(other):
        matches.append(Match("document", "strong"))
    shared, smaller = _shared_sounds(one, other)
    if shared and one.sex == other.sex and _born_within_a_day(one, other):
        matches.append(Match("name_birth", "weak"))
    if (shared > 1 or (shared and smaller == "same")) and _home(one) and _home(one) == _home(other):
        matches.append(Match("name_home", "weak"))
    return matches


def _documents(person: PersonFacts) -> set[str]:
    return {number for number in map(clean_document, person.documents) if number}


def _home(person: PersonFacts) -> str:
    return " ".join((person.home or "").casefold().split())


def _born_within_a_day(one: PersonFacts, other: PersonFacts) -> bool:
    if one.birth_date is None or other.birth_date is None:
        return False
    return abs(one.birth_date - other.birth_date) <= timedelta(days=1)


def _shared_sounds(one: PersonFacts, other: PersonFacts) -> tuple[int, Literal["same", "part"]]:
    """How many words sound alike when the shorter name lies in the longer, else 0; and whether both are equal."""
    a, b = name_sounds(one.name), name_sounds(other.name)
    if not (a <= b or b <= a):
        return 0, "part"
    return min(len(a), len(b)), "same" if a == b else "part"
