"""People who may be the same: looked for before a start, and again for a draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from domain.people import PersonFacts, clean_nik
from domain.roles import Actor
from store import people
from store.people import Similar
from store.tables_case import cases
from store.unit import Reading
from templates import words, words_staff
from templates.catalogue import say
from templates.staff_views import SimilarLine

from api.pages import people_words

WHY = {
    "nik": words_staff.WHY_NIK,
    "document": words_staff.WHY_DOCUMENT,
    "name": words_staff.WHY_NAME,
    "name_birth": words_staff.WHY_BIRTH,
    "name_birth_date": words_staff.WHY_BIRTH,
    "name_home": words_staff.WHY_HOME,
}
MOST = 20


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed into the search: at least one of name, NIK and document number."""

    name: str = ""
    nik: str = ""
    document: str = ""
    birth_date: date | None = None
