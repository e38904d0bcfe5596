"""Bodies that are no JSON, too much JSON, or JSON of the wrong shape: the stated code, and nothing stored (B29-B33)."""

from typing import Any

import pytest

from api.jsonbody import MAX_BYTES, into, parse
from api.v1.schemas import HoldBody, OpenBody
from domain.errors import DomainError
from tests.support.client import Site

PERSON = {"name": "Siti Contoh", "sex": "P", "birth_date": "1999-02-03", "birth_date_quality": "pasti"}
START: dict[str, Any] = {"person": PERSON, "entry_route": "RUJUKAN_APH", "shelter": "RPTC-TPI", "destination": "5313"}


def refusal(raw: bytes) -> tuple[int, str]:
    with pytest.raises(DomainError) as caught:
        parse(raw)
    return caught.value.status, caught.value.code


@pytest.mark.proves("B29")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b'{"a": 1,}',
        b'{"a": 1',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-16-le"),
        b'{"a": "\xff"}',
        b"{'a': 1}",
        b'{"a": 1} {"b": 2}',
    ],
)
def test_what_is_no_json_cannot_be_read(raw: bytes) -> None:
    assert refusal(raw) == (400, "BODY_BAD")


@pytest.mark.proves("B30")
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 5000, str(2**63)])
def test_numbers_that_are_none_cannot_be_read(number: str) -> None:
    assert refusal(f'{{"a": {number}}}'.encode()) == (400, "BODY_BAD")


@pytest.mark.proves("B31")
def test_a_body_that_two_readers_could_understand_differently_or_that_is_too_much_is_refused() -> None:
    assert refusal(b'{"a": 1, "a": 2}') == (400, "BODY_BAD")
    assert refusal(b'{"a": {"b": 1, "b": 1}}') == (400, "BODY_BAD")
    assert refusal(b'{"a":' + b"[" * 20 + b"]" * 20 + b"}") == (400, "BODY_BAD")
    assert refusal(b"[" * 100_000) == (400, "BODY_BAD")
    assert refusal(b'{"a": "' + b"x" * MAX_BYTES + b'"}') == (413, "BODY_TOO_LARGE")
    assert refusal(b'{"a": [' + b"1," * 1000 + b"1]}") == (413, "BODY_TOO_LARGE")


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    assert parse(b'{"a": "' + b"[" * 50 + b'\\"[["}') == {"a": "[" * 50 + '"[['}
    assert parse(b'{"a":' + b"[" * 19 + b"]" * 19 + b"}")


@pytest.mark.proves("B33")
@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "a\\udfffb"])
def test_texts_that_cannot_be_stored_name_their_field(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse(f'{{"person": {{"name": "{text}"}}}}'.encode())
    assert (caught.value.status, caught.value.code, caught.value.facts["field"]) == (422, "FIELD_CHAR", "person.name")


def faults_of(value: dict[str, Any], model: Any = OpenBody) -> tuple[str, list[tuple[str, str]]]:
    with pytest.raises(DomainError) as caught:
        into(model, value)
    return caught.value.code, [(fault["field"], fault["code"]) for fault in caught.value.facts["faults"]]


@pytest.mark.proves("B32")
def test_unknown_fields_and_wrong_types_are_named_without_their_value() -> None:
    assert faults_of({**START, "surprise": 1}) == ("FIELD_UNKNOWN", [("surprise", "FIELD_UNKNOWN")])
    assert faults_of({**START, "Yohana Tokan": 1}) == ("FIELD_UNKNOWN", [("?", "FIELD_UNKNOWN")])
    assert faults_of({**START, "urgent": "1"}) == ("FIELD_TYPE", [("urgent", "FIELD_TYPE")])
    assert faults_of({**START, "shelter": None}) == ("FIELD_TYPE", [("shelter", "FIELD_TYPE")])
    assert faults_of({**START, "person": {**PERSON, "name": True}}) == ("FIELD_TYPE", [("person.name", "FIELD_TYPE")])
    assert faults_of({**START, "person": []})[0] == "FIELD_TYPE"
    assert faults_of({"reason": "x"}, HoldBody) == ("FIELD_MISSING", [("kind", "FIELD_MISSING")])


def test_dates_that_do_not_exist_are_refused() -> None:
    for day in ("31/02/2001", "2001-02-31", "2001-2-3 ", "01"):
        assert faults_of({**START, "person": {**PERSON, "birth_date": day}})[0] == "DATE_INVALID"


@pytest.mark.proves("B29", "B30", "B31", "B32", "B33", "I19")
@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "BODY_BAD"),
        (b'{"person": NaN}', 400, "BODY_BAD"),
        (b'{"a": 1, "a": 1}', 400, "BODY_BAD"),
        (b"[1]", 422, "FIELD_TYPE"),
        (b'{"Siti Contoh": 1}', 422, "FIELD_UNKNOWN"),
        (b'{"shelter": "\\u0000"}', 422, "FIELD_CHAR"),
        (b'{"a": "' + b"x" * MAX_BYTES + b'"}', 413, "BODY_TOO_LARGE"),
    ],
)
async def test_a_refused_call_says_its_code_and_stores_nothing(site: Site, raw: bytes, status: int, code: str) -> None:
    before = site.journal_length()
    answer = await site.post("koordinator1", "/cases", raw)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-pulang-code"] == code
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "Siti" not in answer.text
    assert site.journal_length() == before


@pytest.mark.proves("B28")
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=utf-16", ""])
async def test_only_json_is_taken(site: Site, kind: str) -> None:
    headers = site.token("koordinator1") | {"Idempotency-Key": "k"} | ({"Content-Type": kind} if kind else {})
    answer = await site.client.post("/api/v1/cases", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "TYPE_UNSUPPORTED")
