"""The regency or city a person comes from, by the names that people write; what is not certain is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache

from domain import data
from domain.data import Regency
from domain.regions import find_region, successor_of
from domain.sheets.cells import is_blank

_KIND = re.compile(
    r"(kabupaten|kab|kotamadya|kota madya|kodya|kota)\b[\s.]*(?:(?:administrasi|adm)\b[\s.]*)?(.+)", re.DOTALL
)
_CODE = re.compile(r"([0-9]{2})\.?([0-9]{2})?")
_LIKE_ENOUGH, _CLEARLY_BETTER = 0.82, 0.05
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Place:
    """regency, province: codes, None where not certain. codes: what a person must look at. candidates: to choose."""

    regency: str | None = None
    province: str | None = None
    codes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def read_place(regency: str, province: str, above: str | None = None) -> Place:
    """The place that two cells name. above: regency of the person above, offered where the cell is empty.

    Codes: REGION_MISSING, REGION_ALIAS, REGION_FUZZY, REGION_AMBIGUOUS, REGION_PROVINCE_MISMATCH, REGION_UNKNOWN (with
    the successor of a retired code as the candidate).
    """
    inside = _province(province)
    if is_blank(regency):
        return Place(None, inside, ("REGION_MISSING",), (above,) if above and inside in (None, above[:2]) else ())
    if found := _CODE.fullmatch(regency.strip()):
        return _by_code((found[1] + (found[2] or "")), inside)
    place = _by_name(regency[:_LONGEST_NAME].casefold().strip(), inside)
    if place.regency and not place.codes and inside is None and not is_blank(province):
        return Place(place.regency, place.province, ("REGION_FUZZY",))  # the province is written, and unknown
    return place


def _by_code(code: str, inside: str | None) -> Place:
    region = find_region(code)
    if region is None or region.is_province:
        successor = successor_of(code)
        return Place(None, inside, ("REGION_UNKNOWN",), (successor,) if successor else ())
    if inside not in (None, region.province_code):
        return Place(None, inside, ("REGION_PROVINCE_MISMATCH",), (code,))
    return Place(code, region.province_code)


def _by_name(text: str, inside: str | None) -> Place:
    found = _KIND.fullmatch(text)
    kind = None if found is None else "kabupaten" if found[1].startswith("kab") else "kota"
    bare = text if found is None else found[2]
    called = _named().get(_key(bare), ())
    exact = [each for each in called if kind in (None, each.kind)] or list(_named().get(_key(text), ()))
    here = [each for each in exact if inside in (None, each.province_code)]
    if len(here) == 1:
        return Place(here[0].code, here[0].province_code)
    if here:
        return Place(None, inside, ("REGION_AMBIGUOUS",), tuple(sorted(each.code for each in here)))
    return _by_likeness(bare, kind, inside, exact or list(called))


def _by_likeness(bare: str, kind: str | None, inside: str | None, elsewhere: list[Regency]) -> Place:
    alias = _aliases("regency").get(_key(bare))
    if alias and inside in (None, alias[:2]):
        return Place(alias, alias[:2], ("REGION_ALIAS",))
    guessed = [each for each in elsewhere if each.province_code == inside] or _guess(bare, kind, inside)
    if len(guessed) == 1:
        return Place(guessed[0].code, inside, ("REGION_FUZZY",))
    candidates = [alias] if alias else [each.code for each in elsewhere]
    if candidates and inside is not None:
        return Place(None, inside, ("REGION_PROVINCE_MISMATCH",), tuple(sorted(candidates)))
    return Place(None, inside, ("REGION_UNKNOWN",), tuple(sorted(candidates)))


@lru_cache(maxsize=512)
def _guess(bare: str, kind: str | None, inside: str | None) -> list[Regency]:
    """The one regency of the province whose name is clearly most like what is written, else nothing."""
    key = _key(bare)
    likeness = sorted(
        (
            (_likeness(key, _key(each.short_name)), each.code)
            for each in data.regencies().values()
            if each.province_code == inside and kind in (None, each.kind)
        ),
        reverse=True,
    )
    if not likeness or likeness[0][0] < _LIKE_ENOUGH:
        return []
    if len(likeness) > 1 and likeness[0][0] - likeness[1][0] < _CLEARLY_BETTER:
        return []
    return [data.regencies()[likeness[0][1]]]


def _likeness(one: str, other: str) -> float:
    pair = SequenceMatcher(None, one, other, autojunk=False)
    return pair.ratio() if pair.real_quick_ratio() > 0.7 and pair.quick_ratio() > 0.7 else 0.0


def _province(text: str) -> str | None:
    bare = re.sub(r"^(provinsi|propinsi|prov)\b[\s.]*", "", text.casefold().strip())
    return _province_names().get(_key(bare)) or _aliases("province").get(_key(bare))


def _key(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


@cache
def _named() -> Mapping[str, tuple[Regency, ...]]:
    found: dict[str, tuple[Regency, ...]] = {}
    for each in data.regencies().values():
        key = _key(each.short_name)
        found[key] = (*found.get(key, ()), each)
    return found


@cache
def _province_names() -> Mapping[str, str]:
    return {
        _key(name): each.code
        for each in data.provinces().values()
        for name in (each.code, each.name, each.short_name, each.abbr)
    }


@cache
def _aliases(level: str) -> Mapping[str, str]:
    return {_key(row["alias"]): row["code"] for row in data.table("regions/aliases.csv") if row["level"] == level}
