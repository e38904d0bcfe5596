"""People who may be the same: looked for before a start, and again for a draft and for a refused start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.pages import people_words
from domain.people import clean_document, clean_nik
from domain.roles import Actor
from store import overview, people
from store.overview import Filters, Listed
from store.people import Similar
from store.unit import Reading
from templates import words, words_staff
from templates.catalogue import say
from templates.staff_views import SimilarLine

WHY = {
    "nik": words_staff.WHY_NIK,
    "document": words_staff.WHY_DOCUMENT,
    "name": words_staff.WHY_NAME,
    "name_birth": words_staff.WHY_BIRTH,
    "name_home": words_staff.WHY_HOME,
}
STRONG = frozenset({"nik", "document"})
MOST = 20


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed into the search: at least one of the three."""

    name: str = ""
    nik: str = ""
    document: str = ""


def search(reading: Reading, me: Actor, sought: Sought, language: str) -> tuple[SimilarLine, ...]:
    """Known people with this NIK, this document, or a name that sounds alike; the sure ones first."""
    found: dict[str, tuple[Listed, set[str]]] = {}
    for why, text in (("nik", clean_nik(sought.nik)), ("document", clean_document(sought.document))):
        if text:
            _add(found, _cases(reading, me, text), why)
    for text in _spellings(sought.name):
        _add(found, _cases(reading, me, text), "name")
        if any("name" in whys for _, whys in found.values()):
            break
    return _lines(reading, me, found, language)


def _spellings(name: str) -> Iterable[str]:
    """The name, then (for a longer one) the name with one word left out: people drop a name, or add a father's."""
    words_of = name.split()
    if words_of:
        yield name
    if len(words_of) > 2:
        for left_out in range(len(words_of)):
            yield " ".join(word for n, word in enumerate(words_of) if n != left_out)


def _cases(reading: Reading, me: Actor, text: str) -> list[Listed]:
    return overview.list_cases(reading, me, Filters(q=text), limit=MOST)[0]


def _add(found: dict[str, tuple[Listed, set[str]]], listed: Iterable[Listed], why: str) -> None:
    for line in listed:
        found.setdefault(line.number, (line, set()))[1].add(why)


def similar_lines(
    reading: Reading, me: Actor, similar: Iterable[Similar], language: str, without: str = ""
) -> tuple[SimilarLine, ...]:
    """People that the register itself finds alike."""
    found: dict[str, tuple[Listed, set[str]]] = {}
    for one in similar:
        for number in one.case_numbers:
            if number != without:
                for match in one.matches:
                    _add(found, _cases(reading, me, number), match.why)
    return _lines(reading, me, found, language)


def lines_of(
    reading: Reading, me: Actor, matches: Iterable[Mapping[str, Any]], language: str
) -> tuple[SimilarLine, ...]:
    """The matches that a start named: [{number, why, strength}]."""
    found: dict[str, tuple[Listed, set[str]]] = {}
    for match in matches:
        _add(found, _cases(reading, me, str(match["number"])), str(match["why"]))
    return _lines(reading, me, found, language)


def _lines(
    reading: Reading, me: Actor, found: Mapping[str, tuple[Listed, set[str]]], language: str
) -> tuple[SimilarLine, ...]:
    details = people.get_people(reading, {line.person_id for line, _ in found.values()})
    lines = [_line(reading, me, line, whys, details.get(line.person_id, {}), language) for line, whys in found.values()]
    return tuple(sorted(lines, key=lambda one: (not one.strong, one.number), reverse=False)[:MOST])


def _line(
    reading: Reading, me: Actor, line: Listed, whys: set[str], details: Mapping[str, Any], language: str
) -> SimilarLine:
    about = [people_words.about(details, reading.now, language)] if details else []
    about.append(
        say(words_staff.TO, language, place=people_words.region_name(line.destination, language, short=True))
        if line.destination
        else say(words_staff.TO_UNKNOWN, language)
    )
    about.append(words.name_of(line.status, language, "case_status"))
    named = details and not me.sees_masked
    return SimilarLine(
        number=line.number,
        who=str(details["name"]) if named else line.initials,
        about=" · ".join(about),
        why=", ".join(say(WHY[why], language) for why in WHY if why in whys),
        strong=bool(whys & STRONG),
    )
