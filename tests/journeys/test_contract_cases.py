"""Cases as CONTRACT tells them: start, duplicates, offices, flags, holds, receiver, destination, the end in error."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from tests.support.case_shape import CASE_NUMBER, check_case
from tests.support.outsider import ALL_NO, Outsider, person, start_body
from tests.support.probe import IDENTITY, REGISTRY, is_text, moment, one_of, refused, shaped, task_of, walk

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


# --- taken back


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
