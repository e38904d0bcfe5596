"""People: everything known of a person is one sealed value; keyed hashes beside it make it findable.

A details dict holds what CONTRACT's `person` holds: name, sex, birth_date (ISO or None), birth_date_quality, and where
known nik, documents [{kind, number}], address, phone, home (region code of the destination).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Index, LargeBinary, insert, or_, select
from sqlmodel import Field, SQLModel

from domain.errors import NotFound
from domain.people import Match, PersonFacts, clean_document, clean_nik, name_sounds, similarity
from store.columns import table_of
from store.tables_case import cases
from store.unit import Reading, Unit
from store.vault import Vault

NIK, DOCUMENT, SOUND, HOME, BIRTH = "nik", "document", "sound", "home", "birth"
_AT_ONCE = 500
Key = tuple[str, str]


class PersonRow(SQLModel, table=True):
    """One human being. details: sealed JSON."""

    __tablename__ = "people"

    id: str = Field(primary_key=True)
    details: bytes = Field(sa_type=LargeBinary)


class PersonKeyRow(SQLModel, table=True):
    """One keyed hash by which a person is found. kind: nik, document, sound, home or birth."""

    __tablename__ = "person_keys"
    __table_args__ = (Index("person_keys_value", "kind", "value"),)

    person_id: str = Field(foreign_key="people.id", primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)


people = table_of(PersonRow)
person_keys = table_of(PersonKeyRow)
_k = person_keys.c


class Similar(NamedTuple):
    """A known person who may be the one looked for. case_numbers: all of theirs, newest first."""

    person_id: str
    case_numbers: tuple[str, ...]
    matches: tuple[Match, ...]


def add_person(unit: Unit, details: Mapping[str, Any], person_id: str | None = None) -> str:
    """Stores a person with the keys to find them by and returns the id; reported by the row of the case opened."""
    person = person_id or unit.new_id()
    sealed = unit.vault.seal_json("people", "details", person, dict(details))
    unit.execute(insert(people), {"id": person, "details": sealed})
    _put_keys(unit, person, details)
    return person


def get_person(reading: Reading, person_id: str) -> dict[str, Any]:
    """What is known of a person. Raises NotFound("NO_SUCH_PERSON")."""
    sealed = reading.scalar(select(people.c.details).where(people.c.id == person_id))
    if sealed is None:
        raise NotFound("NO_SUCH_PERSON")
    details: dict[str, Any] = reading.vault.open_json("people", "details", person_id, sealed)
    return details


def get_people(reading: Reading, person_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is known of several people, by id; unknown ids are left out."""
    details: dict[str, dict[str, Any]] = {}
    for part in _parts(sorted(person_ids)):
        for row in reading.rows(select(people.c.id, people.c.details).where(people.c.id.in_(part))):
            details[row[0]] = reading.vault.open_json("people", "details", row[0], row[1])
    return details


def facts_of(details: Mapping[str, Any]) -> PersonFacts:
    """What likeness is judged by, from a details dict."""
    born = details.get("birth_date")
    return PersonFacts(
        name=str(details["name"]),
        sex=str(details.get("sex") or ""),
        birth_date=date.fromisoformat(born) if isinstance(born, str) and born else born or None,
        nik=details.get("nik") or None,
        documents=tuple(_documents(details)),
        home=details.get("home") or details.get("address") or None,
    )


def find_similar(reading: Reading, facts: PersonFacts | Mapping[str, Any]) -> list[Similar]:
    """Known people who share a NIK, a document, a sound of the name or a home and are alike; strong matches first."""
    return find_similar_to_each(reading, [facts if isinstance(facts, PersonFacts) else facts_of(facts)])[0]


def find_similar_to_each(reading: Reading, wanted: Sequence[PersonFacts]) -> list[list[Similar]]:
    """As `find_similar`, for many people with the few questions of one."""
    keys = [_sought(reading.vault, facts) for facts in wanted]
    owners = _owners_of_each(reading, {key for one in keys for key in one})
    candidates = [_candidates(one, owners) for one in keys]
    known = {
        person: facts_of(details) for person, details in get_people(reading, set().union(*candidates)).items()
    }  # fmt: skip
    alike = [
        {person: tuple(matches) for person in sorted(some) if (matches := similarity(facts, known[person]))}
        for facts, some in zip(wanted, candidates, strict=True)
    ]
    numbers = _cases_of(reading, {person for one in alike for person in one})
    return [
        sorted(
            (Similar(person, tuple(numbers.get(person, ())), matches) for person, matches in one.items()),
            key=lambda each: (each.matches[0].strength != "strong", each.case_numbers, each.person_id),
        )
        for one in alike
    ]


def _sought(vault: Vault, facts: PersonFacts) -> set[Key]:
    return _keys(vault, facts) | _birth_keys(vault, facts, (-1, 1))


def _candidates(keys: Collection[Key], owners: Mapping[Key, Collection[str]]) -> set[str]:
    """Alike by sound alone is no match, so only people who also share a home or a birth date are opened."""

    def having(*kinds: str) -> set[str]:
        return {person for key in keys if key[0] in kinds for person in owners.get(key, ())}

    return having(NIK, DOCUMENT) | (having(HOME, BIRTH) & having(SOUND))


def _owners_of_each(reading: Reading, keys: Collection[Key]) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    for kind in (NIK, DOCUMENT, SOUND, HOME, BIRTH):
        values = sorted(value for each, value in keys if each == kind)
        for part in _parts(values):
            statement = select(_k.value, _k.person_id).where(_k.kind == kind, _k.value.in_(part))
            for value, person in reading.rows(statement):
                found.setdefault((kind, value), []).append(person)
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough for the parameters of one statement."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def search(reading: Reading, text: str, limit: int = 200) -> list[str]:
    """Ids of cases whose person has this NIK, this document number, or a name in which every word of *text* sounds."""
    vault = reading.vault
    owners = _owners(
        reading, {(NIK, vault.blind(NIK, clean_nik(text))), (DOCUMENT, vault.blind(DOCUMENT, clean_document(text)))}
    )
    sounds = [(SOUND, vault.blind(SOUND, sound)) for sound in name_sounds(text)]
    if sounds:
        owners |= set.intersection(*(_owners(reading, {key}) for key in sounds))
    if not owners:
        return []
    wanted = select(cases.c.id).where(cases.c.person_id.in_(owners)).order_by(cases.c.opened_at.desc(), cases.c.id)
    return [found[0] for found in reading.rows(wanted.limit(limit))]


def _owners(reading: Reading, keys: Collection[tuple[str, str]]) -> set[str]:
    if not keys:
        return set()
    any_key = or_(*((_k.kind == kind) & (_k.value == value) for kind, value in sorted(keys)))
    return {found[0] for found in reading.rows(select(_k.person_id).where(any_key).distinct())}


def _cases_of(reading: Reading, persons: Iterable[str]) -> dict[str, list[str]]:
    c = cases.c
    numbers: dict[str, list[str]] = {}
    for part in _parts(sorted(persons)):
        wanted = select(c.person_id, c.number).where(c.person_id.in_(part))
        for person, number in reading.rows(wanted.order_by(c.opened_at.desc(), c.number.desc())):
            numbers.setdefault(person, []).append(number)
    return numbers


def _put_keys(unit: Unit, person_id: str, details: Mapping[str, Any]) -> None:
    keys = _keys(unit.vault, facts_of(details))
    if keys:
        rows = [{"person_id": person_id, "kind": kind, "value": value} for kind, value in sorted(keys)]
        unit.execute(insert(person_keys), rows)


def _keys(vault: Vault, facts: PersonFacts) -> set[tuple[str, str]]:
    keys = {(SOUND, vault.blind(SOUND, sound)) for sound in name_sounds(facts.name)}
    keys |= {(DOCUMENT, vault.blind(DOCUMENT, number)) for number in map(clean_document, facts.documents) if number}
    if facts.nik and clean_nik(facts.nik):
        keys.add((NIK, vault.blind(NIK, clean_nik(facts.nik))))
    home = " ".join((facts.home or "").casefold().split())
    if home:
        keys.add((HOME, vault.blind(HOME, home)))
    return keys | _birth_keys(vault, facts, (0,))


def _birth_keys(vault: Vault, facts: PersonFacts, days: Iterable[int]) -> set[tuple[str, str]]:
    if facts.birth_date is None:
        return set()
    dates = (facts.birth_date + timedelta(days=day) for day in days)
    return {(BIRTH, vault.blind(BIRTH, f"{facts.sex} {born.isoformat()}")) for born in dates}


def _documents(details: Mapping[str, Any]) -> list[str]:
    return [str(document["number"]) for document in details.get("documents") or () if document.get("number")]
