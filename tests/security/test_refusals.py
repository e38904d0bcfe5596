"""A refusal names fields and codes of ours; what the caller wrote, wherever it stood, is not repeated (section 3)."""

from typing import Any

import pytest

from tests.support.bodies import a_case
from tests.support.client import Site

WORD = "Kenari Rahasia"
BODIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/offices", {"offices": {WORD: WORD}}),
    ("/offices", {"offices": {"lks": WORD}}),
    ("/flags", {"flags": {WORD: "ya"}}),
    ("/flags", {"flags": {"pregnant": WORD}}),
    ("/flags", {WORD: WORD}),
    ("/holds", {"kind": WORD, "reason": WORD}),
    ("/holds/h23456789234/lift", {"reason": WORD}),
    (f"/holds/{WORD}/lift", {"reason": WORD}),
    ("/receiver", {"relation": "family", "name": f"{WORD}\n"}),
    ("/receiver", {"relation": "institution", "name": WORD, "agency": WORD}),
    ("/destination", {"region": WORD, "reason": WORD}),
    ("/closures", {"status": WORD, "reason": WORD}),
    ("/duplicates", {"number": WORD, "decision": "same"}),
    (f"/tasks/{WORD}/answers", {"answer": WORD, "reason": WORD}),
    ("/tasks/awal.skrining/answers", {"answer": WORD, "until": WORD}),
    (f"/tasks/{WORD}/decisions", {"choice": "other_office", "agency": WORD, "reason": WORD}),
    (f"/tasks/{WORD}/verifications", {"result": "pass", "note": WORD}),
    (f"/tasks/{WORD}/not-required", {"reason": WORD}),
    (f"/legs/{WORD}/events", {"event": WORD, "at": WORD}),
    ("/departures", {"leg": 1, "result": WORD, "until": WORD}),
    ("/legs", {"legs": [{WORD: WORD}]}),
)


@pytest.mark.proves("I19", "B32")
async def test_no_refusal_repeats_what_was_sent(site: Site) -> None:
    number = await a_case(site)
    for path, body in BODIES:
        for login in ("koordinator1", "peksos1", "penyetuju1"):
            answer = await site.post(login, f"/cases/{number}{path}", body)
            assert 400 <= answer.status_code < 500, (path, answer.text)
            assert "Kenari" not in answer.text, (path, answer.text)
            assert "Kenari" not in str(answer.headers.raw), path
    for path in (f"/cases/{WORD}", f"/answers/{WORD}", f"/cases?cursor={WORD}", f"/asks?state={WORD}", f"/{WORD}"):
        answer = await site.get("koordinator1", path)
        assert 400 <= answer.status_code < 500, path
        assert "Kenari" not in answer.text, path
