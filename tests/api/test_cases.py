"""Starting, reading and changing a case by API, as CONTRACT spells it."""

from typing import Any

import pytest

from tests.support.backstage import Backstage
from tests.support.bodies import a_case, a_person, a_start
from tests.support.client import Site

NIK = "3273014102990001"


async def test_a_start_is_201_with_the_number_and_the_intake_answered(site: Site) -> None:
    answer = await site.post("koordinator1", "/cases", a_start())
    assert answer.status_code == 201
    assert answer.json()["status"] == "PENANGANAN"
    assert answer.json()["matches"] == []
    view = (await site.get("koordinator1", f"/cases/{answer.json()['number']}")).json()
    intake = next(task for task in view["tasks"] if task["code"] == "akses.penerimaan")
    assert (intake["status"], intake["answer"], intake["by"]) == (
        "LULUS",
        "SELESAI",
        {"account": "Contoh Koordinator Satu"},
    )


async def test_a_case_is_shown_with_exactly_the_fields_of_the_contract(site: Site) -> None:
    number = await a_case(site, flags={"pregnant": "ya"}, urgent=True)
    Backstage(site.units).work()
    view = (await site.get("koordinator1", f"/cases/{number}")).json()
    assert set(view) == {
        "number", "group", "status", "holds", "urgent", "procedure", "flags", "waits_for", "next_at", "forecast",
        "tasks", "gate", "legs", "handovers",
    }  # fmt: skip
    assert (view["number"], view["group"], view["urgent"], view["forecast"]) == (number, None, True, None)
    assert view["procedure"] == {"code": "pemulangan", "version": "2026.1"}
    assert view["flags"]["pregnant"] == "ya"
    assert {"task", "agency", "since"} == set(view["waits_for"][0])
    assert set(view["tasks"][0]) == {
        "code", "n", "status", "agency", "ask", "asked_at", "due_at", "answer", "answered_at", "by", "verify_by",
        "evidence_missing",
    }  # fmt: skip
    gate = view["gate"]
    assert set(gate) == {"open", "basis", "snapshot", "checks", "approvals"}
    assert gate["open"] is False
    states = {check["state"] for check in gate["checks"]}
    assert states <= {"holds", "open", "not_applicable"}
    waiting = next(check for check in gate["checks"] if check["waits"])
    assert set(waiting["sentence"]) == {"id", "en"}
    assert set(waiting["waits"][0]) == {"task", "agency", "since", "remedy"}
    assert all(waiting["waits"][0]["remedy"][language] for language in ("id", "en"))
    assert view["waits_for"][0]["since"] == "2026-11-30T09:00:00+07:00"


def words_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for each in value.values() for word in words_of(each)]
    if isinstance(value, list):
        return [word for each in value for word in words_of(each)]
    return [value] if isinstance(value, str) else []


async def test_remedies_name_offices_and_tasks_and_never_codes(site: Site) -> None:
    number = await a_case(site)
    Backstage(site.units).work()
    view = (await site.get("koordinator1", f"/cases/{number}")).json()
    remedies = [wait["remedy"] for check in view["gate"]["checks"] for wait in check["waits"]]
    for word in words_of(remedies):
        assert "RPTC-TPI" not in word
        assert not any(code in word for code in ("asesmen.", "awal.", "siap.", "pulang."))


@pytest.mark.proves("B15")
@pytest.mark.parametrize(
    "name",
    ["", "   ", "x" * 201, "x" * 5000, "Siti \u202eContoh", "Siti \u2066x", "😀", "Siti\nContoh", "123", "\u200b"],
)
async def test_what_is_no_name_starts_nothing(site: Site, name: str) -> None:
    before = site.journal_length()
    answer = await site.post("koordinator1", "/cases", a_start(person={"name": name}))
    assert (answer.status_code, answer.json()["code"]) == (422, "NAME_INVALID")
    assert answer.json()["field"].endswith("name")
    assert site.journal_length() == before


@pytest.mark.proves("B15")
@pytest.mark.parametrize("name", ["S", "Sukarni", "Ni Luh Putu D'Ayu", "Nguyễn Thị", "x" * 200])
async def test_short_single_and_foreign_names_are_names(site: Site, name: str) -> None:
    assert (await site.post("koordinator1", "/cases", a_start(person={"name": name}))).status_code == 201


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"shelter": "NOWHERE"}, "NO_OFFICE", "shelter"),
        ({"destination": "9999"}, "REGION_UNKNOWN", "destination"),
        ({"entry_route": "BALON"}, "FIELD_INVALID", "entry_route"),
        ({"offices": {"lks": "RPTC-TPI"}}, "NO_OFFICE", "offices.lks"),
        ({"flags": {"no_such_flag": "ya"}}, "FIELD_UNKNOWN", "flags.no_such_flag"),
        ({"flags": {"pregnant": "mungkin"}}, "FIELD_INVALID", "flags.pregnant"),
        ({"person": {"sex": "X"}}, "FIELD_INVALID", "person.sex"),
        ({"person": {"birth_date": "31/02/1990"}}, "DATE_INVALID", "person.birth_date"),
        ({"person": {"birth_date": "2091-02-01"}}, "DATE_INVALID", None),
        ({"person": {"birth_date": "1800-02-01"}}, "DATE_INVALID", None),
    ],
)
async def test_facts_that_do_not_fit_are_named(site: Site, facts: Any, code: str, field: str | None) -> None:
    before = site.journal_length()
    answer = await site.post("koordinator1", "/cases", a_start(**facts))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    if field is not None:
        assert answer.json()["field"] == field
    assert site.journal_length() == before


async def test_the_same_nik_needs_a_decision_of_a_person(site: Site) -> None:
    known = await a_case(site, person={"nik": NIK})
    again = a_start(person={"nik": NIK})
    answer = await site.post("koordinator1", "/cases", again)
    assert (answer.status_code, answer.json()["code"]) == (409, "DUPLICATE_FOUND")
    assert answer.json()["matches"] == [{"number": known, "why": "nik", "strength": "strong"}]
    assert NIK not in answer.text

    def decided(decision: str) -> dict[str, Any]:
        return again | {"duplicate_decisions": [{"number": known, "decision": decision}]}

    same = await site.post("koordinator1", "/cases", decided("same"))
    assert (same.status_code, same.json()["number"]) == (200, known)
    later = await site.post("koordinator1", "/cases", decided("later"))
    assert (later.status_code, later.json()["status"]) == (201, "DRAF")
    draft = later.json()["number"]
    path = f"/cases/{draft}/duplicates"
    ended = await site.post("koordinator1", path, {"number": known, "decision": "different"})
    assert (ended.status_code, ended.json()["status"]) == (200, "PENANGANAN")
    ended = await site.post("koordinator1", path, {"number": known, "decision": "different"})
    assert (ended.status_code, ended.json()["code"]) == (409, "STATE_FORBIDS")


async def test_a_weak_likeness_starts_and_is_told(site: Site) -> None:
    person = a_person()
    known = await a_case(site, person=person)
    answer = await site.post("koordinator1", "/cases", a_start(person=person))
    assert answer.status_code == 201
    assert {"number": known, "why": "name_birth", "strength": "weak"} in answer.json()["matches"]


async def test_the_list_is_filtered_and_paged(site: Site) -> None:
    numbers = [await a_case(site, person={"name": f"Bunga {letter}ira"}) for letter in "ABC"]
    Backstage(site.units).work()
    listed = (await site.get("koordinator1", "/cases")).json()
    assert [item["number"] for item in listed["items"]] == numbers[::-1]
    assert listed["next_cursor"] is None
    assert set(listed["items"][0]) == {"number", "status", "stage", "holds", "urgent", "waits_for", "next_at"}
    for query, found in (
        ({"status": "DRAF"}, []),
        ({"status": "PENANGANAN"}, numbers[::-1]),
        ({"q": numbers[1]}, [numbers[1]]),
        ({"q": "bunga aira"}, [numbers[0]]),
        ({"due_before": "2026-11-30T10:00:00+07:00"}, []),
        ({"agency": "KEMENSOS"}, []),
    ):
        told = (await site.get("koordinator1", "/cases", params=query)).json()
        assert [item["number"] for item in told["items"]] == found, query
    for query, code in (
        ({"due_before": "tomorrow"}, "TIME_INVALID"),
        ({"cursor": "nonsense"}, "CURSOR_INVALID"),
        ({"q": "x" * 300}, "FIELD_TYPE"),
    ):
        answer = await site.get("koordinator1", "/cases", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, code), query


@pytest.mark.proves("T25", "S04")
@pytest.mark.parametrize("q", ["' OR 1=1 --", '"; DROP TABLE cases', "%", "_", "\\", "\x00"])
async def test_a_search_text_is_only_a_text(site: Site, q: str) -> None:
    await a_case(site)
    for path in ("/cases", "/asks", "/agencies"):
        answer = await site.get("koordinator1", path, params={"q": q, "status": q, "agency": q})
        assert answer.status_code in (200, 422), path


@pytest.mark.proves("I18")
async def test_reading_a_case_leaves_one_access_row_a_minute(site: Site) -> None:
    number = await a_case(site)
    before = site.journal_length()
    for _ in range(3):
        await site.get("pemeriksa1", f"/cases/{number}")
    assert site.journal_length() == before + 1
    site.clock.pass_by(minutes=2)
    await site.get("pemeriksa1", f"/cases/{number}")
    assert site.journal_length() == before + 2


async def test_the_journal_tells_codes_and_no_words(site: Site) -> None:
    number = await a_case(site, person={"name": "Melati Contohwati"})
    await site.post("koordinator1", f"/cases/{number}/holds", {"kind": "ADMINISTRASI", "reason": "rahasia sekali"})
    told = await site.get("koordinator1", f"/cases/{number}/journal")
    items = told.json()["items"]
    assert set(items[0]) == {"n", "kind", "at", "learned_at", "actor", "codes", "hash"}
    assert [item["n"] for item in items] == list(range(1, len(items) + 1))
    assert items[0]["kind"] == "OPENED"
    assert "rahasia" not in told.text
    assert "Melati" not in told.text
    later = (await site.get("koordinator1", f"/cases/{number}/journal", params={"after": 2})).json()["items"]
    assert later == items[2:]


async def test_holds_are_set_seen_and_lifted_by_another_person_where_that_is_asked(site: Site) -> None:
    number = await a_case(site)
    path = f"/cases/{number}/holds"
    made = await site.post("koordinator1", path, {"kind": "PENYIDIKAN", "reason": "Diminta penyidik"})
    assert made.status_code == 201
    hold = made.json()["id"]
    shown = (await site.get("koordinator1", f"/cases/{number}")).json()["holds"]
    assert [(each["id"], each["kind"], each["reason"]) for each in shown] == [(hold, "PENYIDIKAN", "Diminta penyidik")]
    assert shown[0]["review_on"] == "2026-12-07"
    refused = await site.post("koordinator1", f"{path}/{hold}/lift", {"reason": "Selesai"})
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_LACKS_ACTION")
    lifted = await site.post("pimpinan1", f"{path}/{hold}/lift", {"reason": "Selesai"})
    assert lifted.status_code == 200
    assert (await site.get("koordinator1", f"/cases/{number}")).json()["holds"] == []
    for body, code in (
        ({"kind": "PENYIDIKAN", "reason": "  "}, "FIELD_MISSING"),
        ({"kind": "TIDAK_ADA", "reason": "x"}, "FIELD_INVALID"),
        ({"kind": "PENYIDIKAN", "reason": "x", "review_on": "2026-11-01"}, "DATE_IN_PAST"),
        ({"kind": "PENYIDIKAN", "reason": "x", "review_on": "besok"}, "DATE_INVALID"),
    ):
        answer = await site.post("koordinator1", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_start_made_in_error_is_taken_back_by_who_made_it(site: Site) -> None:
    number = await a_case(site)
    body = {"status": "DIBATALKAN", "reason": "Salah orang"}
    assert (await site.post("koordinator2", f"/cases/{number}/closures", body)).status_code == 403
    taken_back = await site.post("koordinator1", f"/cases/{number}/closures", body)
    assert (taken_back.status_code, taken_back.json()["status"]) == (200, "DIBATALKAN")
    again = await site.post("koordinator1", f"/cases/{number}/closures", body)
    assert (again.status_code, again.json()["code"]) == (409, "STATE_FORBIDS")
    backstage = Backstage(site.units)
    backstage.work()
    assert backstage.mails == []


async def test_facts_are_named_and_changed(site: Site) -> None:
    number = await a_case(site, destination=None, offices={})
    for path, body in (
        ("destination", {"region": "5313", "reason": "Keluarga ditemukan"}),
        ("receiver", {"relation": "family", "name": "Contoh Paman", "phone": "0812000000"}),
        ("offices", {"offices": {"lks": "PALANG-MERAH"}, "reason": "Bersedia"}),
        ("flags", {"flags": {"pregnant": "tidak"}, "reason": "Pemeriksaan"}),
    ):
        answer = await site.post("koordinator1", f"/cases/{number}/{path}", body)
        assert (answer.status_code, answer.json()) == (200, {"number": number, "status": "PENANGANAN"}), path
    assert (await site.get("koordinator1", f"/cases/{number}")).json()["flags"]["pregnant"] == "tidak"
