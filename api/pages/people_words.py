"""How a person is named on desk pages: staff see names, lists never name a child, an auditor sees initials."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.people import age_on
from domain.regions import WIB, find_region
from domain.roles import Actor
from templates import words, words_staff
from templates.catalogue import say


def age_of(details: Mapping[str, Any], now: datetime) -> int | None:
    """Age in whole years on the day in Jakarta of *now* (aware UTC), or None without a birth date."""
    born = details.get("birth_date")
    return age_on(date.fromisoformat(str(born)), now.astimezone(ZoneInfo(WIB)).date()) if born else None


def listed_name(
    me: Actor, details: Mapping[str, Any], initials: str, is_child: bool, now: datetime, language: str
) -> str:
    """The person in a list: the name; for a child the age alone; initials for who sees names masked."""
    if is_child:
        age = age_of(details, now)
        return (
            say(words_staff.CHILD, language, age=age) if age is not None else say(words_staff.CHILD_UNKNOWN, language)
        )
    return initials if me.sees_masked else str(details.get("name") or initials)


def about(details: Mapping[str, Any], now: datetime, language: str) -> str:
    """ "perempuan, 24 tahun"; "sekitar" before an age that is a guess."""
    sex = words.name_of(str(details.get("sex") or ""), language, "sex")
    age = age_of(details, now)
    if age is None:
        return sex
    guess = details.get("birth_date_quality") == "perkiraan"
    return say(words_staff.ABOUT_GUESS if guess else words_staff.ABOUT, language, sex=sex, age=age)


def region_name(code: str | None, language: str, *, short: bool = False) -> str:
    """ "Kabupaten Lembata, Nusa Tenggara Timur", short "Kab. Lembata"; a sentence part when it is not known."""
    region = find_region(code) if code else None
    if region is None:
        return code or say(words_staff.NOT_SET, language)
    if short:
        return region.name.replace("Kabupaten ", "Kab. ")
    province = find_region(region.province_code)
    return f"{region.name}, {province.name}" if province and province.code != region.code else region.name
