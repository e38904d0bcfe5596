"""NIK, sex and category of one person of a sheet."""

import re
from collections.abc import Sequence
from datetime import date

from domain import data
from domain.people import check_nik, clean_nik
from domain.regions import successor_of
from domain.sheets.cells import as_text, is_blank
from domain.sheets.records import Cell, Finding

ENOUGH_TO_TELL = 4  # numbers in a column that all end in 0 before it is taken as rounded
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e[+]?\d{1,2}", re.IGNORECASE | re.ASCII)
_NIK = re.compile(r"[0-9]{16}")
_MEN = frozenset(("l", "lk", "laki", "lakilaki", "pria", "male", "m"))
_WOMEN = frozenset(("p", "pr", "perempuan", "wanita", "female", "f", "w"))


def read_nik(cell: Cell, *, is_rounded: bool = False) -> Finding:
    """The sixteen digits, or None with the reason. is_rounded: the whole column lost its last digits.

    Codes: NIK_SCIENTIFIC_NOTATION, NIK_ROUNDED, NIK_LENGTH. Notes: NIK_EMPTY, NIK_NORMALISED.
    """
    text = as_text(cell).strip()
    if is_blank(text):
        return Finding(notes=("NIK_EMPTY",))
    if _SCIENTIFIC.fullmatch(text):
        return Finding(codes=("NIK_SCIENTIFIC_NOTATION",))
    digits = digits_of_nik(cell)
    if digits is None:
        return Finding(codes=("NIK_LENGTH",))
    if is_rounded or (not isinstance(cell, str) and digits.endswith("0")):  # a number keeps fifteen digits
        return Finding(codes=("NIK_ROUNDED",))
    return Finding(digits, notes=() if digits == text else ("NIK_NORMALISED",))


def digits_of_nik(cell: Cell) -> str | None:
    """The sixteen digits in a cell, or None."""
    digits = clean_nik(as_text(cell).strip().removeprefix("=").strip("\"'’`"))
    return digits if _NIK.fullmatch(digits) else None


def is_rounded_column(cells: Sequence[Cell]) -> bool:
    """Whether every NIK of a sheet ends in 0, as when the column went through numbers."""
    found = [digits for digits in map(digits_of_nik, cells) if digits]
    return len(found) >= ENOUGH_TO_TELL and all(digits.endswith("0") for digits in found)


def judge_nik(nik: str, born: date | None, sex: str | None, regency: str | None, *, demonstration: bool) -> Finding:
    """What a NIK of sixteen digits says beside the other cells; the value is None when no NIK can be like it.

    Codes: NIK_DEMO (never issued; refuses outside the demonstration), NIK_DATE, NIK_DATE_MISMATCH, NIK_SEX_MISMATCH.
    Notes: NIK_REGION_RETIRED, NIK_REGION_UNKNOWN, NIK_REGION_DIFFERS.
    """
    remarks = check_nik(nik, None, None)
    if set(nik) == {"0"}:
        return Finding(codes=("NIK_DATE",))
    codes = ["NIK_DATE"] if "NIK_DATE" in remarks else []
    if "NIK_DEMO" in remarks and not demonstration:
        codes.append("NIK_DEMO")
    if "NIK_MISMATCH" in check_nik(nik, born, None):
        codes.append("NIK_DATE_MISMATCH")
    if "NIK_MISMATCH" in check_nik(nik, None, sex):
        codes.append("NIK_SEX_MISMATCH")
    return Finding(nik, tuple(codes), tuple(_region_notes(nik[:4], regency)))


def _region_notes(code: str, regency: str | None) -> list[str]:
    notes = []
    if successor := successor_of(code):
        notes.append("NIK_REGION_RETIRED")
    elif code not in data.regencies():
        return ["NIK_REGION_UNKNOWN"]
    if regency and (successor or code) != regency:
        notes.append("NIK_REGION_DIFFERS")
    return notes


def sex_by_nik(nik: str | None) -> str | None:
    """ "L" or "P", as the day of birth in a NIK says."""
    return None if nik is None else "P" if int(nik[6:8]) > 40 else "L"


def read_sex(cell: Cell, nik: str | None) -> Finding:
    """ "L" or "P". Code: SEX_UNKNOWN, with what the NIK says as an offer. Note: SEX_NORMALISED."""
    text = as_text(cell).strip()
    word = re.sub(r"[\s.\-]", "", text.casefold())
    sex = "L" if word in _MEN else "P" if word in _WOMEN else None
    if sex is None:
        return Finding(codes=("SEX_UNKNOWN",), offer=sex_by_nik(nik))
    return Finding(sex, notes=() if text == sex else ("SEX_NORMALISED",))


def read_category(cell: Cell) -> Finding:
    """ "TPPO" or "PMIB". Code: CATEGORY_AMBIGUOUS (both, neither, or denied). Note: CATEGORY_NORMALISED."""
    text = as_text(cell).strip()
    word = re.sub(r"[^a-z]", "", text.casefold())
    is_victim = any(sign in word for sign in ("tppo", "perdaganganorang", "trafficking"))
    is_worker = any(sign in word for sign in ("pmi", "pekerjamigran"))
    if is_victim == is_worker or re.search(r"bukan|non|tidak|indikasi|diduga", word):
        return Finding(codes=("CATEGORY_AMBIGUOUS",))
    category = "TPPO" if is_victim else "PMIB"
    return Finding(category, notes=() if text == category else ("CATEGORY_NORMALISED",))
