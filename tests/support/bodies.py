"""Bodies of API calls: builders that say only what matters to a test. All people are invented."""

from typing import Any

from tests.support.client import Site

_count = iter(range(1, 10_000))


def a_person(**facts: Any) -> dict[str, Any]:
    """Somebody nobody knows yet."""
    n = next(_count)
    person = {
        "name": f"Contoh Orang {'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}ani",
        "sex": "P",
        "birth_date": f"{1960 + n % 40}-03-{1 + n % 28:02d}",
        "birth_date_quality": "pasti",
    }
    return person | facts


def a_start(**facts: Any) -> dict[str, Any]:
    """The start of an adult's return to Lembata, brought by the police to Tanjungpinang."""
    person = facts.pop("person", {})
    start = {
        "person": a_person(**person),
        "entry_route": "RUJUKAN_APH",
        "shelter": "RPTC-TPI",
        "destination": "5313",
        "offices": {"lks": "PALANG-MERAH"},
    }
    return start | facts


async def a_case(site: Site, **facts: Any) -> str:
    """Number of a case that koordinator1 has just started."""
    answer = await site.post("koordinator1", "/cases", a_start(**facts))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])
