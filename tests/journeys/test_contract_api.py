"""The API as CONTRACT tells it: exact keys and types, status codes, who may, and every refusal with its stable code."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.outsider import ALL_NO, Outsider
from tests.support.probe import (
    IDENTITY,
    REGISTRY,
    both_languages,
    is_flag,
    is_moment,
    is_number,
    is_text,
    journal_of,
    mailed,
    maybe,
    moment,
    one_of,
    refused,
    shaped,
    task_of,
    walk,
    walk_to,
)

CASE_NUMBER = re.compile(r"PLG-\d{4}-\d{6}-\d")
STATUSES = [
    "DRAF",
    "PENANGANAN",
    "MENUNGGU_GERBANG",
    "DISETUJUI",
    "PERJALANAN",
    "SINGGAH",
    "KEMBALI",
    "DISERAHKAN",
    "PEMANTAUAN",
    "HILANG_KONTAK",
    "MENINGGAL",
    "DIRUJUK",
    "DITUTUP",
    "SELESAI",
    "DIBATALKAN",
]
TASK_STATUSES = [
    "TIDAK_BERLAKU",
    "BELUM_SIAP",
    "DIMINTA",
    "DIPERPANJANG",
    "DIALIHKAN",
    "DIJAWAB",
    "LULUS",
    "GAGAL",
    "TIDAK_DIPERLUKAN",
    "DILANJUTKAN_DI_DAERAH",
    "KEDALUWARSA",
    "BATAL",
]
CHECKS = [f"U{n:02}" for n in range(1, 13)] + [f"K0{n}" for n in range(1, 7)] + ["J01", "J02"]
ROLES = [
    "koordinator",
    "pekerja_sosial",
    "kepala_sentra",
    "pemeriksa",
    "penyetuju",
    "pimpinan",
    "pendamping",
    "operator",
    "auditor",
    "ppdp",
    "administrator",
]


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "sex": "P", "birth_date": "1999-01-02", "birth_date_quality": "pasti"} | more


def start_body(name: str, **more: Any) -> dict[str, Any]:
    body = {"person": person(name), "entry_route": "RUJUKAN_APH", "shelter": "RPTC-TPI", "destination": "5313"}
    return body | more


def is_list_of(check: Any) -> Any:
    return lambda values: isinstance(values, list) and all(check(value) for value in values)


def check_case(view: Any) -> Any:
    """Every key of `GET /cases/{n}` with its kind."""

    def is_by(value: Any) -> bool:
        return value is None or set(value) in ({"name", "position"}, {"account"})

    shaped(
        view,
        number=CASE_NUMBER.fullmatch,
        group=maybe(is_text),
        status=one_of(*STATUSES),
        holds=is_list_of(lambda value: isinstance(value, dict)),
        urgent=is_flag,
        procedure=lambda value: value == {"code": "pemulangan", "version": "2026.1"},
        flags=lambda value: len(value) == 25 and set(value.values()) <= {"ya", "tidak", "belum_diketahui"},
        waits_for=lambda value: isinstance(value, list),
        next_at=maybe(is_moment),
        forecast=lambda value: value is None,
        tasks=lambda value: isinstance(value, list),
        gate=lambda value: isinstance(value, dict),
        legs=lambda value: isinstance(value, list),
        handovers=lambda value: isinstance(value, list),
    )
    for hold in view["holds"]:
        shaped(hold, id=is_text, kind=is_text, reason=is_text, since=is_moment, review_on=is_text)
    for wait in view["waits_for"]:
        shaped(wait, task=is_text, agency=maybe(is_text), since=is_moment)
    assert len({task["code"] for task in view["tasks"]}) == 47
    for task in view["tasks"]:
        shaped(
            task,
            code=is_text,
            n=is_number,
            status=one_of(*TASK_STATUSES),
            agency=maybe(is_text),
            ask=maybe(is_text),
            asked_at=maybe(is_moment),
            due_at=maybe(is_moment),
            answer=maybe(is_text),
            answered_at=maybe(is_moment),
            by=is_by,
            verify_by=maybe(one_of("koordinator")),
            evidence_missing=is_flag,
        )
    gate = shaped(
        view["gate"],
        open=is_flag,
        basis=maybe(one_of("TELAH_DITANGANI", "LANJUT_DI_DAERAH")),
        snapshot=maybe(is_text),
        checks=lambda value: [check["code"] for check in value] == CHECKS,
        approvals=lambda value: isinstance(value, list),
    )
    for check in gate["checks"]:
        shaped(
            check,
            code=is_text,
            state=one_of("holds", "open", "not_applicable"),
            sentence=both_languages,
            waits=lambda value: isinstance(value, list),
        )
        assert (check["state"] == "open") == bool(check["waits"]), check
        for wait in check["waits"]:
            shaped(wait, task=is_text, agency=maybe(is_text), since=maybe(is_moment), remedy=both_languages)
    for approval in gate["approvals"]:
        shaped(
            approval,
            role=one_of("pemeriksa", "penyetuju"),
            by=is_text,
            at=is_moment,
            snapshot=is_text,
            void=is_flag,
        )
    for leg in view["legs"]:
        leg_keys = {"n", "kind", "from", "to", "carrier", "departs_at", "arrives_at", "hands_to", "state"}
        assert set(leg) == leg_keys
        assert is_moment(leg["departs_at"])
        assert moment(leg["arrives_at"]) > moment(leg["departs_at"])
    for handover in view["handovers"]:
        assert set(handover) == {"number", "from", "to", "result", "at"}
        assert re.fullmatch(r"BAST-\d{4}-\d{6}-\d", handover["number"])
        assert is_moment(handover["at"])
    return view


# --- start, duplicates, offices


def test_a_start_makes_a_case_with_exactly_the_promised_keys(outsider: Outsider) -> None:
    answer = outsider.try_post("/cases", start_body("Contoh Bentuk", urgent=False, flags={"pmi": "tidak"}))

    assert answer.status_code == 201, answer.text
    number = answer.json()["number"]
    assert CASE_NUMBER.fullmatch(number)
    assert answer.json()["matches"] == []
    outsider.settle()
    view = check_case(outsider.case(number))
    assert (view["status"], view["urgent"], view["group"]) == ("PENANGANAN", False, None)
    assert view["flags"]["pmi"] == "tidak"
    intake = task_of(view, "akses.penerimaan")
    assert (intake["status"], intake["answer"]) == ("LULUS", "SELESAI")
    assert set(intake["by"]) == {"account"}
    asked = {task["code"] for task in view["tasks"] if task["status"] == "DIMINTA"}
    assert asked == {"akses.kebutuhan_dasar", "awal.skrining", IDENTITY}
    assert {wait["task"] for wait in view["waits_for"]} == asked
    states = [check["state"] for check in view["gate"]["checks"]]
    assert states == ["open"] * 12 + ["not_applicable"] * 8


def test_a_body_that_is_not_as_promised_is_refused_with_names_only(outsider: Outsider) -> None:
    good = start_body("Contoh Tubuh")
    refused(outsider.try_post("/cases", good | {"warna": "biru"}), 422, "FIELD_UNKNOWN")
    refused(outsider.try_post("/cases", good | {"person": person("Contoh Tubuh", warna="x")}), 422, "FIELD_UNKNOWN")
    for wrong in (
        {"urgent": "ya"},
        {"urgent": 1},
        {"destination": 5313},
        {"person": None},
        {"flags": ["pmi"]},
        {"shelter": None},
    ):
        refused(outsider.try_post("/cases", good | wrong), 422, "FIELD_TYPE")
    for wrong in (
        {"shelter": "TIDAK-ADA"},
        {"destination": "9999"},
        {"entry_route": "KAPAL"},
        {"flags": {"kaya": "ya"}},
    ):
        answer = outsider.try_post("/cases", good | wrong)
        assert answer.status_code == 422, (wrong, answer.status_code, answer.text)
        assert answer.headers["content-type"].startswith("application/problem+json")
    refused(outsider.try_post("/cases", good | {"person": person("  ")}), 422, "NAME_INVALID")
    refused(outsider.try_post("/cases", good | {"offices": {"lpsk": "DINSOS-53"}}), 422, "NO_OFFICE")
    assert outsider.get("/cases?q=Contoh%20Tubuh")["items"] == []


def test_keys_and_tokens_of_the_api(outsider: Outsider) -> None:
    url = f"{outsider.house.base_url}/api/v1/cases"
    bearer = {"Authorization": f"Bearer {outsider.house.account('koordinator')['token']}"}
    body = start_body("Contoh Kunci")
    refused(outsider.http.post(url, json=body, headers=bearer), 400, "KEY_MISSING")
    key = str(uuid.uuid4())
    first = outsider.try_post("/cases", body, key=key)
    again = outsider.try_post("/cases", body, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    refused(outsider.try_post("/cases", start_body("Contoh Kunci Lain"), key=key), 409, "KEY_REUSED")
    assert outsider.try_post("/cases", body, key="k" * 1000).status_code == 422
    assert outsider.http.get(url).status_code == 401
    assert outsider.http.get(url, headers={"Authorization": "Bearer salah"}).status_code == 401
    assert outsider.http.get(f"{outsider.house.base_url}/api/v1/openapi.json").status_code == 200
    headers = bearer | {"Idempotency-Key": key + "x", "Content-Type": "application/json"}
    for bad in (b"{,}", b"", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xef\xbb\xbf{}", "{}".encode("utf-16")):
        refused(outsider.http.post(url, content=bad, headers=headers), 400, "BODY_BAD")


def test_a_strong_duplicate_stops_the_start_until_it_is_decided(outsider: Outsider) -> None:
    nik = "5313014201990007"
    first = outsider.start("Contoh Kembar", person=person("Contoh Kembar", nik=nik))
    body = start_body("Contoh Lain Sekali", person=person("Contoh Lain Sekali", nik=nik))
    before = len(outsider.get("/cases")["items"])

    told = refused(outsider.try_post("/cases", body), 409, "DUPLICATE_FOUND")

    match = shaped(told["matches"][0], number=is_text, why=is_text, strength=one_of("strong", "weak"))
    assert (match["number"], match["strength"]) == (first, "strong")
    assert len(outsider.get("/cases")["items"]) == before

    def decide(decision: str) -> Any:
        return outsider.try_post("/cases", body | {"duplicate_decisions": [{"number": first, "decision": decision}]})

    same = decide("same")
    assert (same.status_code, same.json()["number"]) == (200, first)
    assert decide("perhaps").status_code == 422

    later = decide("later")
    assert later.status_code == 201
    draft = later.json()["number"]
    outsider.settle()
    view = check_case(outsider.case(draft))
    assert view["status"] == "DRAF"
    assert [task for task in view["tasks"] if task["status"] == "DIMINTA"] == []
    assert [ask for ask in outsider.all_asks() if ask["case"] == draft] == []
    undecided = outsider.try_post(f"/cases/{draft}/duplicates", {"number": first, "decision": "later"})
    assert undecided.status_code == 422
    ended = outsider.try_post(f"/cases/{draft}/duplicates", {"number": first, "decision": "different"})
    assert ended.status_code in (200, 201), ended.text
    outsider.settle()
    assert outsider.case(draft)["status"] == "PENANGANAN"
    refused(
        outsider.try_post(f"/cases/{draft}/duplicates", {"number": first, "decision": "same"}), 409, "STATE_FORBIDS"
    )

    different = decide("different")
    assert different.status_code in (201, 409), different.text
    if different.status_code == 409:
        body["duplicate_decisions"] = [
            {"number": match["number"], "decision": "different"} for match in different.json()["matches"]
        ]
        different = outsider.try_post("/cases", body)
    assert different.status_code == 201
    assert different.json()["number"] not in (first, draft)


def test_a_weak_duplicate_is_only_a_note(outsider: Outsider) -> None:
    first = outsider.start("Contoh Muhamad Serupa")
    answer = outsider.try_post("/cases", start_body("Contoh Mohammad Serupa"))
    assert answer.status_code == 201
    matches = {match["number"]: match["strength"] for match in answer.json()["matches"]}
    assert matches.get(first) == "weak"


def test_offices_may_be_named_for_asks_not_yet_opened(outsider: Outsider) -> None:
    case = outsider.start("Contoh Kantor")
    outsider.settle()

    refused(outsider.try_post(f"/cases/{case}/offices", {"offices": {"faskes": "DINSOS-53"}}), 422, "NO_OFFICE")
    refused(outsider.try_post(f"/cases/{case}/offices", {"offices": {"faskes": "TIDAK-ADA"}}), 422, "NO_OFFICE")
    named = outsider.try_post(
        f"/cases/{case}/offices", {"offices": {"faskes": "FASKES-RPTC-BAP"}, "reason": "Lebih dekat"}
    )
    assert named.status_code == 200, named.text
    walk(outsider, case, "asesmen.kesehatan")
    assert task_of(outsider.case(case), "asesmen.kesehatan")["agency"] == "FASKES-RPTC-BAP"


# --- reading


def test_lists_of_cases_filter_and_go_on_with_a_cursor(outsider: Outsider) -> None:
    case = outsider.start("Contoh Saringan", urgent=True)
    outsider.settle()
    page = shaped(outsider.get("/cases"), items=lambda value: len(value) > 0, next_cursor=maybe(is_text))
    for item in page["items"]:
        shaped(
            item,
            number=is_text,
            status=one_of(*STATUSES),
            stage=lambda value: value is None or is_text(value) or is_number(value),
            holds=lambda value: isinstance(value, list),
            urgent=is_flag,
            waits_for=lambda value: isinstance(value, list),
            next_at=maybe(is_moment),
        )
        for wait in item["waits_for"]:
            shaped(wait, task=is_text, agency=maybe(is_text), since=is_moment)

    def numbers(query: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            answer = outsider.get(f"/cases?{query}{'&cursor=' + cursor if cursor else ''}")
            found += [item["number"] for item in answer["items"]]
            if not answer["next_cursor"]:
                assert len(found) == len(set(found))
                return found
            cursor = answer["next_cursor"]

    assert case in numbers("status=PENANGANAN")
    assert case not in numbers("status=SELESAI")
    assert case in numbers(f"agency={REGISTRY}")
    assert case not in numbers("agency=LPSK")
    assert case in numbers(f"q={case}")
    assert case in numbers("q=Contoh%20Saringan")
    assert mailed(outsider, case)  # what was not asked yet is not due
    far = "2099-01-01T00:00:00%2B07:00"
    assert case in numbers(f"due_before={far}")
    assert case not in numbers("due_before=2020-01-01T00:00:00%2B07:00")


def test_the_register_of_agencies_is_whole(outsider: Outsider) -> None:
    items: list[Any] = []
    cursor = ""
    while True:
        page = outsider.get(f"/agencies{'?cursor=' + cursor if cursor else ''}")
        shaped(page, items=lambda value: len(value) > 0, next_cursor=maybe(is_text))
        items += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert 760 <= len(items) <= 820
    by_code = {item["code"]: item for item in items}
    assert len(by_code) == len(items)
    for item in items:
        shaped(
            item,
            code=is_text,
            name=is_text,
            functions=is_list_of(is_text),
            zone=is_text,
            calendar=one_of("ASN", "LAYANAN_24", "PERWAKILAN"),
            region=maybe(is_text),
            superior=maybe(is_text),
            mailbox_ok=is_flag,
        )
        assert item["superior"] is None or item["superior"] in by_code
    office = by_code["DINSOS-5313"]
    assert (office["zone"], office["calendar"], office["superior"]) == ("Asia/Makassar", "ASN", "DINSOS-53")
    assert office["region"] == "5313"
    assert office["functions"] == ["dinsos_kabkota"]
    assert by_code["RPTC-TPI"]["calendar"] == "LAYANAN_24"
    assert by_code["KJRI-JHB"]["calendar"] == "PERWAKILAN"


def test_asks_are_listed_with_their_delivery_and_never_with_a_link(outsider: Outsider) -> None:
    case = outsider.start("Contoh Daftar Permintaan")
    outsider.settle()
    asks = outsider.all_asks()
    for ask in asks:
        shaped(
            ask,
            id=is_text,
            mail=maybe(is_text),
            case=is_text,
            task=is_text,
            agency=is_text,
            state=one_of("queued", "sent", "answered", "withdrawn", "superseded"),
            due_at=maybe(is_moment),
            delivery=lambda value: value is None or isinstance(value, dict),
        )
        if ask["delivery"] is not None:
            shaped(
                ask["delivery"],
                state=one_of("queued", "accepted", "refused", "uncertain"),
                at=maybe(is_moment),
                words=maybe(lambda value: isinstance(value, str)),
            )
    assert "/t/" not in str(asks)
    mine = {ask["task"]: ask for ask in asks if ask["case"] == case}
    assert set(mine) == {"akses.kebutuhan_dasar", "awal.skrining", IDENTITY}
    for state in ("queued", "sent", "answered", "withdrawn", "superseded"):
        assert {ask["state"] for ask in outsider.all_asks(state)} <= {state}
    link = mailed(outsider, case)
    sent = next(ask for ask in outsider.all_asks("sent") if ask["id"] == mine[IDENTITY]["id"])
    assert sent["delivery"]["state"] == "accepted"
    assert link.letter.header("X-Pulang-Ask") == sent["id"] or link.letter.header("X-Pulang-Digest") == sent["mail"]


def test_the_journal_is_read_row_by_row(outsider: Outsider) -> None:
    case = outsider.start("Contoh Jurnal")
    outsider.settle()
    rows = journal_of(outsider, case)
    for row in rows:
        shaped(
            row,
            n=is_number,
            kind=is_text,
            at=is_moment,
            learned_at=is_moment,
            actor=is_text,
            codes=lambda value: isinstance(value, dict),
            hash=lambda value: isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value),
        )
    assert [row["n"] for row in rows] == sorted(row["n"] for row in rows)
    after = outsider.get(f"/cases/{case}/journal?after={rows[1]['n']}")["items"]
    assert after[0]["n"] > rows[1]["n"]
    assert "Contoh Jurnal" not in str(rows)


# --- who may


def calls(case: str) -> dict[str, tuple[str, dict[str, Any], set[str]]]:
    """Every call that changes a case, with a body and the roles that may; another role is refused before all else."""
    coordinator = {"koordinator"}
    at = "2026-12-01T10:00:00+07:00"
    leg = {"kind": "domestik", "from": "RPTC-TPI", "to": "53", "hands_to": "penerima"}
    leg |= {"departs_at": at, "arrives_at": "2026-12-01T12:00:00+07:00"}
    task = f"/cases/{case}/tasks"
    return {
        "offices": (f"/cases/{case}/offices", {"offices": {"lpsk": "LPSK"}}, coordinator),
        "duplicates": (f"/cases/{case}/duplicates", {"number": case, "decision": "different"}, coordinator),
        "decisions": (f"{task}/{IDENTITY}/decisions", {"choice": "ask_again", "reason": "x"}, coordinator),
        "verifications": (f"{task}/{IDENTITY}/verifications", {"result": "pass"}, coordinator),
        "receiver": (f"/cases/{case}/receiver", {"relation": "family", "name": "Contoh"}, coordinator),
        "destination": (f"/cases/{case}/destination", {"region": "5313", "reason": "x"}, coordinator),
        "legs": (f"/cases/{case}/legs", {"legs": [leg]}, coordinator),
        "leg events": (f"/cases/{case}/legs/1/events", {"event": "ARRIVED", "at": at}, coordinator | {"pendamping"}),
        "closures": (f"/cases/{case}/closures", {"status": "DITUTUP", "reason": "x"}, coordinator),
        "flags": (
            f"/cases/{case}/flags",
            {"flags": {"pmi": "ya"}},
            coordinator | {"pekerja_sosial", "kepala_sentra"},
        ),
        "own task of the shelter": (
            f"{task}/awal.skrining/answers",
            {"answer": "SELESAI"},
            {"pekerja_sosial", "kepala_sentra"},
        ),
        "own task of the directorate": (f"{task}/jalan.surat/answers", {"answer": "SELESAI"}, coordinator),
        "own task with a signer": (f"{task}/layanan.selesai/answers", {"answer": "SELESAI"}, {"kepala_sentra"}),
        "not-required by the head": (
            f"{task}/akses.kebutuhan_dasar/not-required",
            {"reason": "TIDAK_RELEVAN"},
            {"kepala_sentra"},
        ),
        "not-required by the approver": (
            f"{task}/awal.status_hukum/not-required",
            {"reason": "TIDAK_RELEVAN"},
            {"penyetuju"},
        ),
        "departures": (
            f"/cases/{case}/departures",
            {"leg": 1, "result": "BERANGKAT"},
            {"pekerja_sosial", "kepala_sentra", "pendamping"},
        ),
        "approvals": (
            f"/cases/{case}/approvals",
            {"decision": "approve", "snapshot": "x"},
            {"pemeriksa", "penyetuju"},
        ),
    }


@pytest.mark.proves("S50")
def test_every_call_is_refused_to_every_role_that_may_not(outsider: Outsider) -> None:
    case = outsider.start("Contoh Peran")
    outsider.settle()
    for role in ROLES:
        if role != "koordinator":
            refused(outsider.try_post("/cases", start_body("Contoh Peran Lain"), role), 403, "ROLE_LACKS_ACTION")
        for path, body, may in calls(case).values():
            if role not in may:
                refused(outsider.try_post(path, body, role), 403, "ROLE_LACKS_ACTION")
        url = f"{outsider.house.base_url}/api/v1/cases/{case}"
        answer = outsider.http.get(url, headers={"Authorization": f"Bearer {outsider.house.account(role)['token']}"})
        if role in ("operator", "administrator"):
            refused(answer, 403, "ROLE_LACKS_ACTION")
        elif role != "pendamping":
            assert answer.status_code == 200, (role, answer.text)
    assert outsider.case(case)["status"] == "PENANGANAN"


def test_a_case_is_not_there_for_another_shelter_or_a_wrong_number(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tak Ada")
    outsider.settle()
    url = f"{outsider.house.base_url}/api/v1/cases"
    koordinator = {"Authorization": f"Bearer {outsider.house.account('koordinator')['token']}"}
    other = {"Authorization": f"Bearer {outsider.house.accounts[-1]['token']}"}
    for number in ("PLG-2026-999999-9", "apa-saja"):
        refused(outsider.http.get(f"{url}/{number}", headers=koordinator), 404, "NO_SUCH_CASE")
        refused(outsider.try_post(f"/cases/{number}/flags", {"flags": {"pmi": "ya"}}), 404, "NO_SUCH_CASE")
    refused(outsider.http.get(f"{url}/{case}", headers=other), 404, "NO_SUCH_CASE")
    answer = outsider.http.post(
        f"{url}/{case}/flags", json={"flags": {"pmi": "ya"}}, headers=other | {"Idempotency-Key": str(uuid.uuid4())}
    )
    refused(answer, 404, "NO_SUCH_CASE")


# --- tasks


def test_own_tasks_are_answered_verified_and_sent_back(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tugas Sendiri")
    outsider.settle()
    tasks = f"/cases/{case}/tasks"
    refused(
        outsider.try_post(f"{tasks}/awal.skrining/answers", {"answer": "KONFIRMASI"}, "pekerja_sosial"),
        409,
        "ACTION_NOT_ALLOWED",
    )
    refused(
        outsider.try_post(f"{tasks}/asesmen.keamanan/answers", {"answer": "AMAN"}, "pekerja_sosial"),
        409,
        "STATE_FORBIDS",
    )
    refused(
        outsider.try_post(f"{tasks}/awal.skrining/answers", {"answer": "GAGAL"}, "pekerja_sosial"),
        422,
        "REASON_INVALID",
    )
    answer = outsider.try_post(f"{tasks}/awal.skrining/answers", {"answer": "SELESAI", "note": "x"}, "pekerja_sosial")
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert {"receipt", "state", "task"} <= set(done)
    assert re.fullmatch(r"R-[0-9A-Z]{10}", done["receipt"])
    assert done["state"] in ("stored", "applied")
    outsider.settle()
    told = outsider.get(f"/answers/{done['receipt']}")
    assert (told["state"], told["asks"][0]["task"]) == ("applied", "awal.skrining")
    refused(
        outsider.try_post(f"{tasks}/awal.skrining/answers", {"answer": "SELESAI"}, "pekerja_sosial"),
        409,
        "ALREADY_ANSWERED",
    )

    answer = outsider.try_post(f"{tasks}/asesmen.keamanan/answers", {"answer": "AMAN", "n": 1}, "pekerja_sosial", 1)
    assert answer.status_code == 201, answer.text
    outsider.settle()
    assert task_of(outsider.case(case), "asesmen.keamanan")["status"] == "DIJAWAB"
    look = f"{tasks}/asesmen.keamanan/verifications"
    assert outsider.try_post(look, {"result": "back"}).status_code == 422
    back = outsider.try_post(look, {"result": "back", "note": "Sebutkan pelakunya"})
    assert back.status_code == 200, back.text
    outsider.settle()
    task = task_of(outsider.case(case), "asesmen.keamanan")
    assert (task["status"], task["answer"]) == ("DIMINTA", None)
    refused(outsider.try_post(look, {"result": "pass"}), 409, "STATE_FORBIDS")
    outsider.post(f"{tasks}/asesmen.keamanan/answers", {"answer": "AMAN"}, "pekerja_sosial")
    outsider.settle()
    outsider.post(look, {"result": "pass"})
    outsider.settle()
    assert task_of(outsider.case(case), "asesmen.keamanan")["status"] == "LULUS"


def test_tidak_diperlukan_needs_its_signer_and_a_known_reason(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tidak Perlu")
    walk(outsider, case, "layanan.jaminan_sosial")
    path = f"/cases/{case}/tasks/layanan.jaminan_sosial/not-required"
    answer = outsider.try_post(path, {"reason": "ENTAH"}, "kepala_sentra")
    assert answer.status_code == 422, answer.text
    never = f"/cases/{case}/tasks/rencana.layanan/not-required"
    assert outsider.try_post(never, {"reason": "TIDAK_RELEVAN"}).status_code in (403, 409)
    done = outsider.try_post(path, {"reason": "SUDAH_TERPENUHI", "note": "Kartu aktif"}, "kepala_sentra")
    assert done.status_code == 200, done.text
    outsider.settle()
    assert task_of(outsider.case(case), "layanan.jaminan_sosial")["status"] == "TIDAK_DIPERLUKAN"


def test_a_failed_answer_is_decided_by_asking_again_another_office_or_closing(outsider: Outsider) -> None:
    case = outsider.start("Contoh Putusan")
    link = mailed(outsider, case)
    ask = task_of(outsider.case(case), IDENTITY)["ask"]
    single = link.letter.header("X-Pulang-Ask") == ask
    fields = {"action": "decline", "reason": "DATA_KURANG"}
    if not single:
        fields = {f"answer[{ask}]": "decline", f"reason[{ask}]": "DATA_KURANG"}
    path = f"/cases/{case}/tasks/{IDENTITY}/decisions"
    refused(outsider.try_post(path, {"choice": "ask_again", "reason": "x"}), 409, "STATE_FORBIDS")
    link.receipt(link.post(**fields))
    outsider.settle()
    view = outsider.case(case)
    assert task_of(view, IDENTITY)["status"] == "GAGAL"
    assert [w for w in view["waits_for"] if w["task"] == IDENTITY]
    assert outsider.try_post(path, {"choice": "ask_again"}).status_code == 422
    refused(outsider.try_post(path, {"choice": "other_office", "agency": "LPSK", "reason": "x"}), 422, "NO_OFFICE")

    again = outsider.try_post(path, {"choice": "ask_again", "reason": "Data sudah dilengkapi"})

    assert again.status_code == 200, again.text
    outsider.settle()
    task = task_of(outsider.case(case), IDENTITY)
    assert task["status"] == "DIMINTA"
    assert task["ask"] != ask
    fresh = mailed(outsider, case)
    assert fresh.letter.link != link.letter.link
    single = fresh.letter.header("X-Pulang-Ask") == task["ask"]
    fields = {"action": "decline", "reason": "DATA_KURANG"}
    if not single:
        fields = {f"answer[{task['ask']}]": "decline", f"reason[{task['ask']}]": "DATA_KURANG"}
    fresh.receipt(fresh.post(**fields))
    outsider.settle()
    closed = outsider.try_post(path, {"choice": "close", "reason": "Bukan warga kita"})
    assert closed.status_code == 200, closed.text
    outsider.settle()
    assert outsider.case(case)["status"] == "DITUTUP"


# --- flags, holds, receiver, destination


def test_holds_are_set_and_lifted_by_their_roles(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tahan")
    outsider.settle()
    path = f"/cases/{case}/holds"

    def setting(kind: str, role: str, number: int = 0) -> Any:
        return outsider.try_post(path, {"kind": kind, "reason": "Alasan uji"}, role, number)

    assert outsider.try_post(path, {"kind": "PENYIDIKAN"}).status_code == 422
    assert setting("BUKAN_JENIS", "koordinator").status_code == 422
    for kind, role in (
        ("PENYIDIKAN", "pekerja_sosial"),
        ("KESEHATAN", "kepala_sentra"),
        ("PUTUSAN", "pimpinan"),
        ("REKONSILIASI", "koordinator"),
        ("KEAMANAN", "auditor"),
        ("KEBERATAN", "pekerja_sosial"),
        ("PEMALSUAN", "auditor"),
    ):
        refused(setting(kind, role), 403, "ROLE_LACKS_ACTION")
    set_by = {
        "PENYIDIKAN": "koordinator",
        "KEAMANAN": "pekerja_sosial",
        "KESEDIAAN_DICABUT": "pekerja_sosial",
        "KEBERATAN": "auditor",
        "KESEHATAN": "koordinator",
        "ADMINISTRASI": "koordinator",
        "PEMALSUAN": "operator",
        "IDENTITAS_GANDA": "operator",
    }
    for kind, role in set_by.items():
        answer = setting(kind, role)
        assert answer.status_code == 201, (kind, role, answer.text)
    outsider.settle()
    holds = {hold["kind"]: hold for hold in check_case(outsider.case(case))["holds"]}
    assert set(holds) == set(set_by)
    now = moment(outsider.clock()["now"])
    for hold in holds.values():
        assert now.date() < datetime.fromisoformat(hold["review_on"]).date() <= now.date() + timedelta(days=7)

    def lifting(kind: str, role: str, number: int = 0) -> Any:
        return outsider.try_post(f"{path}/{holds[kind]['id']}/lift", {"reason": "Selesai"}, role, number)

    refused(lifting("PENYIDIKAN", "koordinator"), 403, "ROLE_LACKS_ACTION")
    refused(lifting("KEAMANAN", "pekerja_sosial"), 403, "ROLE_LACKS_ACTION")
    refused(lifting("ADMINISTRASI", "pimpinan"), 403, "ROLE_LACKS_ACTION")
    assert lifting("KESEHATAN", "koordinator").status_code == 403
    for kind, role, number in (
        ("PENYIDIKAN", "pimpinan", 0),
        ("KEAMANAN", "pimpinan", 0),
        ("KESEDIAAN_DICABUT", "koordinator", 0),
        ("KEBERATAN", "pimpinan", 0),
        ("KESEHATAN", "koordinator", 1),
        ("ADMINISTRASI", "koordinator", 0),
        ("PEMALSUAN", "pimpinan", 0),
        ("IDENTITAS_GANDA", "koordinator", 0),
    ):
        answer = lifting(kind, role, number)
        assert answer.status_code == 200, (kind, role, answer.text)
    outsider.settle()
    assert outsider.case(case)["holds"] == []
    assert lifting("PENYIDIKAN", "pimpinan").status_code in (404, 409)


def test_flags_receiver_and_destination_take_effect(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tujuan", destination=None)
    outsider.settle()
    path = f"/cases/{case}"
    answer = outsider.try_post(
        f"{path}/flags", {"flags": {"disability": "ya"}, "reason": "Kursi roda"}, "kepala_sentra"
    )
    assert answer.status_code == 200, answer.text
    for wrong in ({"flags": {"kaya": "ya"}}, {"flags": {"ill": "mungkin"}}, {"flags": {"substitute": "ya"}}):
        assert outsider.try_post(f"{path}/flags", wrong).status_code == 422, wrong
    outsider.settle()
    view = outsider.case(case)
    assert view["flags"]["disability"] == "ya"
    assert next(c for c in view["gate"]["checks"] if c["code"] == "K05")["state"] == "open"
    waits = {wait["task"]: wait["agency"] for wait in view["waits_for"]}
    assert waits[IDENTITY] == REGISTRY

    assert outsider.try_post(f"{path}/destination", {"region": "0000", "reason": "x"}).status_code == 422
    assert outsider.try_post(f"{path}/destination", {"region": "5313"}).status_code == 422
    assert outsider.try_post(f"{path}/destination", {"region": "5313", "reason": "Ketemu"}).status_code == 200
    for relation, more in (
        ("family", {"phone": "081234567890"}),
        ("substitute", {}),
        ("institution", {"agency": "DINSOS-5313"}),
    ):
        answer = outsider.try_post(f"{path}/receiver", {"relation": relation, "name": "Contoh Paman", **more})
        assert answer.status_code in (200, 422), answer.text
        outsider.settle()
        if answer.status_code == 200:
            expected = "tidak" if relation == "family" else "ya"
            assert outsider.case(case)["flags"]["substitute"] == expected
    assert outsider.try_post(f"{path}/receiver", {"relation": "paman", "name": "X"}).status_code == 422


# --- legs, gate, departure


def legs_of(outsider: Outsider, *hands_to: str, days: float = 2, **more: Any) -> list[dict[str, Any]]:
    now = moment(outsider.clock()["now"])
    legs = []
    for n, to in enumerate(hands_to):
        departs = now + timedelta(days=days, hours=8 * n)
        leg = {"kind": "domestik", "from": "RPTC-TPI", "to": "53", "hands_to": to}
        leg |= {"departs_at": departs.isoformat(), "arrives_at": (departs + timedelta(hours=6)).isoformat()}
        legs.append(leg | more)
    return legs


@pytest.mark.proves("I01", "I10", "I12")
def test_the_gate_opens_for_two_people_and_departs_once(outsider: Outsider) -> None:
    case = outsider.start("Contoh Gerbang")
    path = f"/cases/{case}"
    whole = ("provinsi", "kabkota", "penerima")
    refused(outsider.try_post(f"{path}/legs", {"legs": legs_of(outsider, *whole)}), 409, "STATE_FORBIDS")
    walk(outsider, case, "pulang.rencana_perjalanan")

    good = legs_of(outsider, *whole)
    swapped = [good[1], good[0], good[2]]
    backwards = [good[0] | {"arrives_at": good[0]["departs_at"]}]
    for bad in (swapped, backwards, legs_of(outsider, "RPTC-BAP"), []):
        refused(outsider.try_post(f"{path}/legs", {"legs": bad}), 422, "LEGS_INVALID")
    unknown = outsider.try_post(f"{path}/legs", {"legs": [good[0] | {"hands_to": "entah"}]})
    assert unknown.status_code == 422
    refused(outsider.try_post(f"{path}/legs", {"legs": [good[0] | {"warna": "x"}]}), 422, "FIELD_UNKNOWN")
    refused(
        outsider.try_post(f"{path}/approvals", {"decision": "approve", "snapshot": "x"}, "pemeriksa"),
        409,
        "GATE_SHUT",
    )
    planned = outsider.try_post(f"{path}/legs", {"legs": good})
    assert planned.status_code in (200, 201), planned.text
    outsider.settle()
    assert task_of(outsider.case(case), "pulang.rencana_perjalanan")["status"] == "LULUS"
    refused(
        outsider.try_post(f"{path}/departures", {"leg": 1, "result": "BERANGKAT"}, "pekerja_sosial"),
        409,
        "GATE_SHUT",
    )

    view = walk_to(outsider, case, lambda view: view["status"] == "MENUNGGU_GERBANG")
    check_case(view)
    assert {check["state"] for check in view["gate"]["checks"]} == {"holds", "not_applicable"}
    assert view["gate"]["open"] is False
    snapshot = view["gate"]["snapshot"]
    approve = {"decision": "approve", "snapshot": snapshot}
    refused(outsider.try_post(f"{path}/approvals", approve, "pemeriksa"), 409, "ITEMS_UNREAD")
    outsider.case(case, "pemeriksa")
    refused(outsider.try_post(f"{path}/approvals", approve | {"snapshot": "lama"}, "pemeriksa"), 409, "SNAPSHOT_OLD")
    outsider.case(case, "penyetuju", 1)
    early = outsider.try_post(f"{path}/approvals", {"decision": "back", "snapshot": snapshot}, "pemeriksa")
    assert early.status_code == 422, early.text
    first = outsider.try_post(f"{path}/approvals", approve, "penyetuju", 1)
    assert first.status_code == 201, first.text
    outsider.settle()
    approvals = check_case(outsider.case(case))["gate"]["approvals"]
    assert [(a["role"], a["snapshot"], a["void"]) for a in approvals] == [("pemeriksa", snapshot, False)]
    outsider.case(case, "penyetuju", 1)
    refused(outsider.try_post(f"{path}/approvals", approve, "penyetuju", 1), 403, "SAME_PERSON_APPROVES")

    hold = outsider.post(f"{path}/holds", {"kind": "ADMINISTRASI", "reason": "Anggaran"})
    outsider.settle()
    outsider.case(case, "penyetuju")
    refused(outsider.try_post(f"{path}/approvals", approve, "penyetuju"), 409, "HOLD_ACTIVE")
    outsider.post(f"{path}/holds/{hold['id']}/lift", {"reason": "Anggaran ada"})
    outsider.settle()
    outsider.case(case, "penyetuju")
    second = outsider.try_post(f"{path}/approvals", approve, "penyetuju")
    assert second.status_code == 201, second.text
    outsider.settle()
    view = check_case(outsider.case(case))
    assert (view["status"], view["gate"]["open"]) == ("DISETUJUI", True)

    outsider.post(f"{path}/flags", {"flags": {"ill": "ya"}, "reason": "Demam"}, "pekerja_sosial")
    outsider.settle()
    view = check_case(outsider.case(case))
    assert view["gate"]["open"] is False
    assert {approval["void"] for approval in view["gate"]["approvals"]} == {True}
    assert view["status"] in ("PENANGANAN", "MENUNGGU_GERBANG")


def test_who_entered_the_flags_cannot_approve_and_a_journey_is_told_leg_by_leg(outsider: Outsider) -> None:
    case = outsider.start("Contoh Berangkat")
    path = f"/cases/{case}"
    walk(outsider, case, "pulang.rencana_perjalanan")
    legs = legs_of(outsider, "provinsi", "kabkota", "penerima", escort="pendamping1")
    outsider.post(f"{path}/legs", {"legs": legs})
    walk_to(outsider, case, lambda view: view["status"] == "MENUNGGU_GERBANG")
    outsider.approve_twice(case)
    outsider.settle()
    view = walk(outsider, case, "jalan.cek_berangkat")
    assert view["gate"]["open"] is True
    refused(
        outsider.try_post(f"{path}/legs/1/events", {"event": "DEPARTED", "at": legs[0]["departs_at"]}),
        409,
        "STATE_FORBIDS",
    )
    hold = outsider.post(f"{path}/holds", {"kind": "ADMINISTRASI", "reason": "Uji"})
    going = {"leg": 1, "result": "BERANGKAT"}
    refused(outsider.try_post(f"{path}/departures", going, "pekerja_sosial"), 409, "HOLD_ACTIVE")
    outsider.post(f"{path}/holds/{hold['id']}/lift", {"reason": "Uji"})
    outsider.settle()
    gone = outsider.try_post(f"{path}/departures", going, "pendamping")
    assert gone.status_code in (200, 201), gone.text
    outsider.settle()
    view = check_case(outsider.case(case))
    assert view["status"] == "PERJALANAN"
    assert outsider.try_post(f"{path}/departures", going, "pendamping").status_code == 409

    view = walk(outsider, case, "serah.provinsi")
    arrived = {"event": "ARRIVED", "at": outsider.clock()["now"]}
    answer = outsider.try_post(f"{path}/legs/1/events", arrived, "pendamping")
    assert answer.status_code in (200, 201), answer.text
    outsider.settle()
    ask = mailed(outsider, case, "serah.provinsi")
    assert ask.letter.to == "dinsos-53@example.invalid"
    outsider.answer_link(task_of(outsider.case(case), "serah.provinsi")["ask"], "decline", reason="KAPASITAS Penuh")
    outsider.settle()
    view = check_case(outsider.case(case))
    assert task_of(view, "serah.provinsi")["status"] == "GAGAL"
    assert [handover["result"] for handover in view["handovers"]] == ["DITOLAK"]
    outsider.post(f"{path}/tasks/serah.provinsi/decisions", {"choice": "ask_again", "reason": "Sudah dibicarakan"})
    outsider.settle()
    mailed(outsider, case, "serah.provinsi")
    outsider.answer_link(task_of(outsider.case(case), "serah.provinsi")["ask"], "DITERIMA_DENGAN_CATATAN")
    outsider.settle()
    view = check_case(outsider.case(case))
    assert [handover["result"] for handover in view["handovers"]] == ["DITOLAK", "DITERIMA_DENGAN_CATATAN"]
    assert len({handover["number"] for handover in view["handovers"]}) == 2
    codes = {"RPTC-TPI", "DINSOS-53"}
    assert {handover["from"] for handover in view["handovers"]} | {h["to"] for h in view["handovers"]} == codes


def test_a_case_taken_back_before_anything_was_mailed_is_heard_of_by_nobody(outsider: Outsider) -> None:
    outsider.settle()
    before = len(outsider.letters())
    case = outsider.start("Contoh Salah Mulai")
    answer = outsider.try_post(f"/cases/{case}/closures", {"status": "DIBATALKAN", "reason": "Salah orang"})
    assert answer.status_code == 200, answer.text
    outsider.settle()
    outsider.advance(advance="P1D")
    assert outsider.case(case)["status"] == "DIBATALKAN"
    assert not [letter for letter in outsider.letters()[before:] if case in letter.text]
    refused(outsider.try_post(f"/cases/{case}/flags", {"flags": {"pmi": "ya"}}), 409, "STATE_FORBIDS")
    refused(outsider.try_post(f"/cases/{case}/closures", {"status": "DITUTUP", "reason": "x"}), 409, "STATE_FORBIDS")


def test_all_no_is_what_the_gate_needs(outsider: Outsider) -> None:
    """U03 names the flags that are still unknown, and no others."""
    case = outsider.start("Contoh Penanda")
    outsider.settle()
    outsider.post(f"/cases/{case}/flags", {"flags": dict.fromkeys(ALL_NO[1:-1], "tidak")}, "pekerja_sosial")
    outsider.settle()
    waits = next(check for check in outsider.case(case)["gate"]["checks"] if check["code"] == "U03")["waits"]
    words = " ".join(wait["remedy"]["en"] for wait in waits)
    assert "comes from abroad" in words
    assert "pregnant" not in words
