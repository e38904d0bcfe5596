"""The opened facts in words: one `Fact` for each field of PROCESS 1.3, in the order of the procedure file.

Times of the journey are told in the zone of the place where they happen; a place in free text takes the office's zone.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from domain.agencies import Register
from domain.data import debarkations
from domain.regions import find_region
from store.linkfacts import LegShown, OpenedFacts
from templates import filters, words
from templates.views import Fact


class _Reader(NamedTuple):
    """For whom it is written. zone: IANA, of the office."""

    language: str
    zone: str
    register: Register


def facts_in_words(opened: OpenedFacts, language: str, zone: str, register: Register) -> tuple[Fact, ...]:
    """Every field that has something to say; an identity that is not known is said to be unknown."""
    reader = _Reader(language, zone, register)
    facts = []
    for name in opened.fields:
        value = _WRITERS[name](opened, reader)
        if value:
            facts.append(Fact(words.name_of(name, language, "field"), value))
    return tuple(facts)


def _unknown(reader: _Reader) -> str:
    return words.name_of("belum_diketahui", reader.language)


def _plain(name: str) -> Callable[[OpenedFacts, _Reader], str]:
    def write(opened: OpenedFacts, reader: _Reader) -> str:
        return str(opened.person.get(name) or "") or _unknown(reader)

    return write


def _sex(opened: OpenedFacts, reader: _Reader) -> str:
    return words.name_of(str(opened.person.get("sex") or "belum_diketahui"), reader.language)


def _birth_date(opened: OpenedFacts, reader: _Reader) -> str:
    born, quality = opened.person.get("birth_date") or (None, None)
    if not born:
        return _unknown(reader)
    told = filters.date_only(date.fromisoformat(born), language=reader.language)
    return told if quality != "perkiraan" else f"{told} ({words.name_of('perkiraan', reader.language)})"


def _documents(opened: OpenedFacts, reader: _Reader) -> str:
    documents: list[tuple[str, str]] = opened.person.get("document_number") or []
    told = [f"{words.name_of(kind, reader.language)} {number}".strip() for kind, number in documents]
    return ", ".join(told) or _unknown(reader)


def _receiver(opened: OpenedFacts, reader: _Reader) -> str:
    if opened.receiver is None:
        return ""
    _, name, phone = opened.receiver
    return ", ".join(part for part in (name, filters.phone(phone)) if part)


def _family(opened: OpenedFacts, reader: _Reader) -> str:
    is_family = opened.receiver is not None and opened.receiver[0] == "family"
    return _receiver(opened, reader) if is_family else ""


def _travel(opened: OpenedFacts, reader: _Reader) -> str:
    return "; ".join(_leg(leg, reader) for leg in opened.legs)


def _leg(leg: LegShown, reader: _Reader) -> str:
    (origin, origin_zone), (target, target_zone) = _place(leg.origin, reader), _place(leg.target, reader)
    departs = filters.short(leg.departs_at, origin_zone, reader.language)
    arrives = filters.short(leg.arrives_at, target_zone, reader.language)
    told = f"{origin} {departs} → {target} {arrives}"
    return f"{told} ({leg.carrier})" if leg.carrier else told


def _place(text: str, reader: _Reader) -> tuple[str, str]:
    """Name and zone of a region, shelter or debarkation code; free text stands for itself, in the office's zone."""
    region = find_region(text)
    if region is not None:
        return region.name, region.zone_iana
    office = reader.register.find(text)
    if office is not None:
        return office.short_name or office.name, office.zone
    point = debarkations().get(text)
    return (point.name, point.zone_iana) if point is not None else (text, reader.zone)


def _escort(opened: OpenedFacts, reader: _Reader) -> str:
    return ", ".join(dict.fromkeys(leg.escort for leg in opened.legs if leg.escort))


def _arrival_day(opened: OpenedFacts, reader: _Reader) -> str:
    if opened.arrival is None:
        return ""
    return filters.day(opened.arrival.arrives_at, _place(opened.arrival.target, reader)[1], reader.language)


def _needs(opened: OpenedFacts, reader: _Reader) -> str:
    return ", ".join(need.en if reader.language == "en" else need.id for need in opened.needs)


def _fitness(opened: OpenedFacts, reader: _Reader) -> str:
    return words.answer_label(*opened.fitness, reader.language) if opened.fitness else ""


_WRITERS: dict[str, Callable[[OpenedFacts, Any], str]] = {
    "name": _plain("name"),
    "birth_date": _birth_date,
    "sex": _sex,
    "nik": _plain("nik"),
    "document_number": _documents,
    "address": _plain("address"),
    "family_contact": _family,
    "receiver": _receiver,
    "travel": _travel,
    "escort": _escort,
    "arrival_day": _arrival_day,
    "needs": _needs,
    "fitness": _fitness,
}
