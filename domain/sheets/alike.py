"""Who stands twice in one sheet: the same person again, perhaps the same, or two people with one NIK.

Nothing is merged; each finding names the other line. Looking is by keys, so that 5,000 people take no longer than that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from domain.people import clean_document, name_sounds

_MOST_WORDS = 5  # of a name whose parts are all looked for; a longer one is compared whole
Key = tuple[date, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Named:
    """One person of the sheet, as far as likeness goes."""

    line: int
    name: str
    sex: str | None
    born: date | None
    nik: str | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    """code: DUPLICATE_IN_FILE, NIK_SHARED_IN_FILE, POSSIBLE_DUPLICATE or the note DOCUMENT_SHARED_IN_FILE."""

    code: str
    line: int


def compare(people: Sequence[Named]) -> Mapping[int, tuple[Alike, ...]]:
    """By line, what each person shares with another line. An exact repeat has that finding alone."""
    sounds = {each.line: name_sounds(each.name) for each in people}
    found: dict[int, list[Alike]] = defaultdict(list)
    repeated = _repeats(people, sounds)
    for line, first in repeated.items():
        found[line].append(Alike("DUPLICATE_IN_FILE", first))
    rest = [each for each in people if each.line not in repeated]
    shared = _pairs(rest, lambda each: each.nik)
    _tell(found, "NIK_SHARED_IN_FILE", shared)
    _tell(found, "POSSIBLE_DUPLICATE", {k: v for k, v in _perhaps_same(rest, sounds).items() if k not in shared})
    _tell(found, "DOCUMENT_SHARED_IN_FILE", _pairs(rest, lambda each: each.document and clean_document(each.document)))
    return {line: tuple(findings) for line, findings in found.items()}


def _tell(found: dict[int, list[Alike]], code: str, pairs: Mapping[int, int]) -> None:
    for line, other in pairs.items():
        found[line].append(Alike(code, other))


def _repeats(people: Sequence[Named], sounds: Mapping[int, frozenset[str]]) -> dict[int, int]:
    """Later line to the first one: same sound of the name, birth date and sex, and the same NIK or document."""
    firsts: dict[object, int] = {}
    repeated: dict[int, int] = {}
    for each in people:
        keys = [
            (kind, number, sounds[each.line], each.born, each.sex)
            for kind, number in (("nik", each.nik), ("document", clean_document(each.document or "")))
            if number
        ]
        first = next((firsts[key] for key in keys if key in firsts), None)
        if first is not None:
            repeated[each.line] = first
        for key in keys:
            firsts.setdefault(key, each.line if first is None else first)
    return repeated


def _pairs(people: Iterable[Named], number_of: Callable[[Named], str | None]) -> dict[int, int]:
    """Line to another line with the same number: the first one, and for that one the second."""
    pairs: dict[int, int] = {}
    firsts: dict[str, int] = {}
    for each in people:
        number = number_of(each)
        if number and (first := firsts.setdefault(number, each.line)) != each.line:
            pairs[each.line] = first
            pairs.setdefault(first, each.line)
    return pairs


def _perhaps_same(people: Sequence[Named], sounds: Mapping[int, frozenset[str]]) -> dict[int, int]:
    """Names of which one sounds like the other or like a part of it, born within a day, not of different sex."""
    pairs: dict[int, int] = {}
    whole: dict[Key, list[Named]] = defaultdict(list)  # names as they are, at most one for each sex
    within: dict[Key, list[Named]] = defaultdict(list)  # the parts of names
    for each in people:
        if each.born is None:
            continue
        days = [each.born + timedelta(days=shift) for shift in (0, -1, 1) if _is_a_day(each.born, shift)]
        parts = _parts(sounds[each.line])
        earlier = [other for day in days for part in parts for other in whole.get((day, part), ())]
        earlier += [other for day in days for other in within.get((day, sounds[each.line]), ())]
        fitting = [other.line for other in earlier if None in (each.sex, other.sex) or each.sex == other.sex]
        if fitting:
            pairs[each.line] = min(fitting)
            pairs.setdefault(min(fitting), each.line)
        _keep(whole[each.born, sounds[each.line]], each)
        for part in parts:
            _keep(within[each.born, part], each)
    return pairs


def _keep(known: list[Named], each: Named) -> None:
    if all(other.sex != each.sex for other in known):
        known.append(each)


def _is_a_day(day: date, shift: int) -> bool:
    return date.min.toordinal() <= day.toordinal() + shift <= date.max.toordinal()


def _parts(words: frozenset[str]) -> list[frozenset[str]]:
    """Every choice of the words; of a long name the whole alone."""
    if len(words) > _MOST_WORDS:
        return [words]
    return [frozenset(some) for size in range(1, len(words) + 1) for some in combinations(sorted(words), size)]
