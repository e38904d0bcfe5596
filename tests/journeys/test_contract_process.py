"""PROCESS and the procedure file played through CONTRACT: returns that go other ways than the plain one."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.outsider import Outsider
from tests.support.probe import (
    IDENTITY,
    REGISTRY,
    is_asked,
    journal_of,
    mailed,
    moment,
    refused,
    task_of,
    walk,
    walk_to,
)


def statuses(view: Any) -> dict[str, str]:
    return {task["code"]: task["status"] for task in view["tasks"] if task["n"] == 1}


def applying(view: Any) -> set[str]:
    return {code for code, status in statuses(view).items() if status != "TIDAK_BERLAKU"}


def checks(view: Any) -> dict[str, str]:
    return {check["code"]: check["state"] for check in view["gate"]["checks"]}


def answer(outsider: Outsider, case: str, code: str, action: str, **more: str) -> None:
    """An office answers the open ask of a task by its mail."""
    mailed(outsider, case, code)
    outsider.answer_link(task_of(outsider.case(case), code)["ask"], action, **more)
    outsider.settle()


def answer_own(outsider: Outsider, case: str, code: str, action: str, reason: str) -> Any:
    """The shelter answers its open task of this kind; returns the case."""
    walk(outsider, case, code)
    outsider.post(f"/cases/{case}/tasks/{code}/answers", {"answer": action, "reason": reason}, "pekerja_sosial")
    outsider.settle()
    return outsider.case(case)


def decide(outsider: Outsider, case: str, code: str, choice: str, n: int = 1, **more: Any) -> None:
    body = {"choice": choice, "n": n, "reason": "Alasan uji", **more}
    outsider.post(f"/cases/{case}/tasks/{code}/decisions", body)
    outsider.settle()


def at_gate(view: Any) -> bool:
    return bool(view["status"] == "MENUNGGU_GERBANG")


# --- holds and failing answers before the gate


def test_a_failing_answer_places_its_hold_and_flag_at_once(outsider: Outsider) -> None:
    case = outsider.start("Contoh Gagal Aman")
    view = answer_own(outsider, case, "asesmen.keamanan", "TIDAK_AMAN", "KEAMANAN Pelaku menunggu")
    assert statuses(view)["asesmen.keamanan"] == "GAGAL"
    assert [hold["kind"] for hold in view["holds"]] == ["KEAMANAN"]
    assert view["flags"]["high_risk"] == "ya"
    assert statuses(view)["awal.status_hukum"] == "DIMINTA"
    assert checks(view)["K03"] == "open"

    answer(outsider, case, "awal.status_hukum", "MASIH_DIPERLUKAN", reason="HUKUM Masih diperiksa")
    view = outsider.case(case)
    assert {hold["kind"] for hold in view["holds"]} == {"KEAMANAN", "PENYIDIKAN"}

    walk(outsider, case, "asesmen.kesehatan")
    answer(outsider, case, "asesmen.kesehatan", "TIDAK_DAPAT_DIPERIKSA", reason="KESEHATAN Belum sadar")
    view = outsider.case(case)
    assert {hold["kind"] for hold in view["holds"]} == {"KEAMANAN", "PENYIDIKAN", "KESEHATAN"}
    listed = next(item for item in outsider.get(f"/cases?q={case}")["items"] if item["number"] == case)
    assert len(listed["holds"]) == 3


def test_an_examination_passes_with_what_it_finds_and_opens_the_treatment(outsider: Outsider) -> None:
    case = outsider.start("Contoh Perlu Rawat")
    walk(outsider, case, "asesmen.kesehatan")
    answer(outsider, case, "asesmen.kesehatan", "PERLU_PERAWATAN")
    view = outsider.case(case)
    assert statuses(view)["asesmen.kesehatan"] == "LULUS"
    assert view["flags"]["ill"] == "ya"
    assert view["holds"] == []
    assert statuses(view)["layanan.perawatan"] == "DIMINTA"
    assert checks(view)["K02"] == "open"


def test_identity_not_found_may_be_asked_of_another_registry(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tanpa Berkas")
    answer(outsider, case, IDENTITY, "TIDAK_DITEMUKAN", reason="DATA_TIDAK_COCOK")
    assert statuses(outsider.case(case))[IDENTITY] == "GAGAL"
    decide(outsider, case, IDENTITY, "other_office", agency=REGISTRY)
    assert statuses(outsider.case(case))[IDENTITY] == "DIMINTA"
    kinds = [row["kind"] for row in journal_of(outsider, case)]
    assert kinds.count("ANSWERED") == 2


def test_an_unknown_destination_lets_the_region_wait_until_it_is_named(outsider: Outsider) -> None:
    case = outsider.start("Contoh Belum Tahu", destination=None)
    walk_to(
        outsider,
        case,
        lambda view: all(statuses(view)[code] == "LULUS" for code in ("awal.kesepakatan", IDENTITY)),
    )
    view = outsider.case(case)
    assert statuses(view)["daerah.verifikasi_provinsi"] == "BELUM_SIAP"
    assert {"task": "asesmen.keluarga", "agency": None} in [
        {"task": wait["task"], "agency": wait["agency"]} for wait in view["waits_for"]
    ]
    u09 = next(check for check in view["gate"]["checks"] if check["code"] == "U09")
    assert u09["waits"][0]["agency"] is None
    assert "tujuan belum ditetapkan" in u09["waits"][0]["remedy"]["id"].lower()

    outsider.post(f"/cases/{case}/destination", {"region": "5203", "reason": "Keluarga ditemukan"})
    outsider.settle()
    view = outsider.case(case)
    asked = {task["code"]: task["agency"] for task in view["tasks"] if task["status"] == "DIMINTA"}
    assert asked["daerah.verifikasi_provinsi"] == "DINSOS-52"
    assert asked["asesmen.keluarga"] == "DINSOS-5203"

    link = mailed(outsider, case, "asesmen.keluarga")
    outsider.post(f"/cases/{case}/destination", {"region": "5313", "reason": "Ikut suami"})
    outsider.settle()
    view = outsider.case(case)
    asked = {task["code"]: task["agency"] for task in view["tasks"] if task["status"] == "DIMINTA"}
    assert asked["asesmen.keluarga"] == "DINSOS-5313"
    assert link.get().status_code in (200, 410)
    old = [ask for ask in outsider.all_asks() if ask["case"] == case and ask["agency"].endswith(("-52", "-5203"))]
    assert {ask["state"] for ask in old} <= {"withdrawn", "superseded"}


def test_a_mission_not_named_waits_with_no_office_and_opens_when_it_is(outsider: Outsider) -> None:
    case = outsider.start("Contoh Luar Negeri", entry_route="LUAR_NEGERI", flags={"from_abroad": "ya"})
    outsider.settle()
    view = outsider.case(case)
    assert statuses(view)["akses.dokumen_perjalanan"] == "BELUM_SIAP"
    assert {wait["task"]: wait["agency"] for wait in view["waits_for"]}["akses.dokumen_perjalanan"] is None
    k04 = next(check for check in view["gate"]["checks"] if check["code"] == "K04")
    assert any("kantor belum ditunjuk" in wait["remedy"]["id"].lower() for wait in k04["waits"])

    outsider.post(f"/cases/{case}/offices", {"offices": {}, "mission": "KJRI-JHB"})
    outsider.settle()
    task = task_of(outsider.case(case), "akses.dokumen_perjalanan")
    assert (task["status"], task["agency"]) == ("DIMINTA", "KJRI-JHB")
    answer(outsider, case, "akses.dokumen_perjalanan", "decline", reason="BUKAN_KEWENANGAN")
    decide(outsider, case, "akses.dokumen_perjalanan", "other_office", agency="KEMENIMIPAS-IMIGRASI")
    task = task_of(outsider.case(case), "akses.dokumen_perjalanan")
    assert (task["status"], task["agency"]) == ("DIMINTA", "KEMENIMIPAS-IMIGRASI")


@pytest.mark.proves("I10")
def test_a_trafficked_child_from_abroad_has_its_checks_and_a_signer_cannot_approve(outsider: Outsider) -> None:
    flags = {"tppo": "ya", "from_abroad": "ya", "accompanied": "tidak"}
    case = outsider.start(
        "Contoh Anak",
        person={"name": "Contoh Anak", "sex": "L", "birth_date": "2012-05-06", "birth_date_quality": "pasti"},
        entry_route="DEBARKASI",
        mission="KJRI-JHB",
        debarkation="DB-CGK",
        flags=flags,
    )
    outsider.settle()
    view = outsider.case(case)
    assert view["flags"]["child"] == "ya"
    assert len(applying(view)) == 36
    state = checks(view)
    assert {code for code in state if code[0] != "U" and state[code] != "not_applicable"} == {"K01", "K03", "K04"}

    walk(outsider, case, "awal.status_hukum")
    body = {"reason": "TIDAK_RELEVAN", "note": "Tidak ada perkara"}
    outsider.post(f"/cases/{case}/tasks/awal.status_hukum/not-required", body, "penyetuju")
    outsider.settle()
    assert statuses(outsider.case(case))["awal.status_hukum"] == "TIDAK_DIPERLUKAN"

    view = walk_to(outsider, case, at_gate)
    assert statuses(view)["pulang.pendamping"] == "LULUS"
    snapshot = outsider.case(case, "pemeriksa")["gate"]["snapshot"]
    sign = {"decision": "approve", "snapshot": snapshot}
    outsider.post(f"/cases/{case}/approvals", sign, "pemeriksa")
    outsider.settle()
    outsider.case(case, "penyetuju")
    refused(outsider.try_post(f"/cases/{case}/approvals", sign, "penyetuju"), 403, "ENTERED_BY_SELF")
    outsider.case(case, "penyetuju", 1)
    outsider.post(f"/cases/{case}/approvals", sign, "penyetuju", 1)
    outsider.settle()
    assert outsider.case(case)["status"] == "DISETUJUI"

    outsider.post(f"/cases/{case}/holds", {"kind": "KEPENTINGAN_ANAK", "reason": "Wali menolak"})
    outsider.settle()
    view = outsider.case(case)
    assert (view["status"], view["gate"]["open"]) == ("DISETUJUI", False)


# --- the journey


def go_by_way_of_a_shelter(outsider: Outsider, case: str) -> Any:
    """Legs by RPTC Bambu Apus, then province, regency, receiver."""
    start = moment(outsider.clock()["now"]) + timedelta(days=2)
    legs = []
    for n, to in enumerate(("RPTC-BAP", "provinsi", "kabkota", "penerima")):
        departs = start + timedelta(hours=24 * n)
        leg = {"kind": "domestik", "from": "RPTC-TPI" if n == 0 else "RPTC-BAP", "to": "RPTC-BAP" if n == 0 else "53"}
        leg |= {"departs_at": departs.isoformat(), "arrives_at": (departs + timedelta(hours=6)).isoformat()}
        legs.append(leg | {"hands_to": to})
    return outsider.post(f"/cases/{case}/legs", {"legs": legs})


BAMBU_APUS = ("pekerja_sosial", 2)


@pytest.mark.proves("I01", "I14")
def test_a_return_with_a_stay_a_refusal_a_missed_visit_and_a_hold_at_the_end(outsider: Outsider) -> None:
    case = outsider.start("Contoh Panjang Jalan")
    path = f"/cases/{case}"
    walk(outsider, case, "pulang.rencana_perjalanan")
    go_by_way_of_a_shelter(outsider, case)
    outsider.settle()
    view = walk_to(outsider, case, at_gate)
    assert view["flags"]["has_transit"] == "ya"
    outsider.approve_twice(case)
    walk(outsider, case, "jalan.cek_berangkat")

    outsider.post(f"{path}/departures", {"leg": 1, "result": "BERANGKAT"}, "kepala_sentra")
    outsider.settle()
    assert outsider.case(case)["status"] == "PERJALANAN"
    view = walk(outsider, case, "jalan.transit")
    assert task_of(view, "jalan.transit")["agency"] == "RPTC-BAP"
    outsider.post(f"{path}/tasks/jalan.transit/answers", {"answer": "DITERIMA"}, *BAMBU_APUS)
    outsider.settle()
    view = outsider.case(case)
    assert view["status"] == "SINGGAH"
    assert [(h["from"], h["to"], h["result"]) for h in view["handovers"]] == [("RPTC-TPI", "RPTC-BAP", "DITERIMA")]

    for _ in range(20):
        if is_asked(outsider.case(case), "jalan.cek_berangkat", 2):
            break
        outsider.go_on()
    outsider.post(f"{path}/departures", {"leg": 2, "result": "BERANGKAT"}, *BAMBU_APUS)
    outsider.settle()
    assert outsider.case(case)["status"] == "PERJALANAN"
    walk(outsider, case, "serah.provinsi")
    answer(outsider, case, "serah.provinsi", "confirm")
    walk(outsider, case, "serah.kabkota")
    answer(outsider, case, "serah.kabkota", "TIDAK_HADIR", reason="BENCANA Jalan putus")
    view = outsider.case(case)
    assert (view["status"], statuses(view)["serah.kabkota"]) == ("PERJALANAN", "GAGAL")
    decide(outsider, case, "serah.kabkota", "ask_again")
    answer(outsider, case, "serah.kabkota", "confirm")
    walk(outsider, case, "serah.keluarga")
    left = {"event": "DEPARTED", "at": outsider.clock()["now"]}
    outsider.post(f"{path}/legs/4/events", left)
    hold = outsider.post(f"{path}/holds", {"kind": "ADMINISTRASI", "reason": "Laporan belum lengkap"})
    outsider.settle()
    answer(outsider, case, "serah.keluarga", "confirm")
    outsider.post(f"{path}/tasks/serah.keluarga/verifications", {"result": "pass"})
    outsider.settle()
    view = outsider.case(case)
    assert view["status"] in ("DISERAHKAN", "PEMANTAUAN")
    told = [(h["from"], h["to"], h["result"]) for h in view["handovers"]]
    assert told[1:] == [
        ("RPTC-BAP", "DINSOS-53", "DITERIMA"),
        ("DINSOS-53", "DINSOS-5313", "TIDAK_HADIR"),
        ("DINSOS-53", "DINSOS-5313", "DITERIMA"),
        ("DINSOS-5313", "keluarga", "DITERIMA"),
    ]
    numbers = [h["number"] for h in view["handovers"]]
    assert len(set(numbers)) == 5
    assert all(number.startswith("BAST-") for number in numbers)

    walk(outsider, case, "monev.kunjungan")
    answer(outsider, case, "monev.kunjungan", "TIDAK_BERTEMU", reason="Rumah kosong")
    assert task_of(outsider.case(case), "monev.kunjungan")["status"] == "GAGAL"
    decide(outsider, case, "monev.kunjungan", "ask_again")
    answer(outsider, case, "monev.kunjungan", "PINDAH_TERLACAK")
    walk(outsider, case, "pasca.terminasi")
    visits = [task["n"] for task in outsider.case(case)["tasks"] if task["code"] == "monev.kunjungan"]
    assert visits == [1, 2, 3]
    refused(outsider.try_post(f"{path}/holds", {"kind": "PUTUSAN", "reason": "Terlambat"}), 409, "STATE_FORBIDS")
    end = {"answer": "DITERMINASI"}
    refused(outsider.try_post(f"{path}/tasks/pasca.terminasi/answers", end, "kepala_sentra"), 409, "HOLD_ACTIVE")
    outsider.post(f"{path}/holds/{hold['id']}/lift", {"reason": "Sudah"})
    outsider.settle()
    outsider.post(f"{path}/tasks/pasca.terminasi/answers", end, "kepala_sentra")
    outsider.settle()
    outsider.post(f"{path}/tasks/pasca.terminasi/verifications", {"result": "pass"})
    outsider.settle()
    assert outsider.case(case)["status"] == "SELESAI"


def test_a_family_that_refuses_leads_to_a_substitute_and_an_absent_person_stays(outsider: Outsider) -> None:
    case = outsider.start("Contoh Ditolak Keluarga")
    path = f"/cases/{case}"
    walk(outsider, case, "asesmen.keluarga")
    answer(outsider, case, "asesmen.keluarga", "KELUARGA_MENOLAK")
    view = outsider.case(case)
    assert statuses(view)["asesmen.keluarga"] == "DIJAWAB"
    assert view["flags"]["family_refused"] == "ya"
    walk(outsider, case, "daerah.penerima")
    answer(outsider, case, "daerah.penerima", "KELUARGA_MENOLAK", reason="LAINNYA Tetap menolak")
    assert statuses(outsider.case(case))["daerah.penerima"] == "GAGAL"
    decide(outsider, case, "daerah.penerima", "ask_again")
    answer(outsider, case, "daerah.penerima", "SIAP_DENGAN_PENGGANTI")
    view = outsider.case(case)
    assert view["flags"]["substitute"] == "ya"
    assert statuses(view)["serah.keluarga"] == "TIDAK_BERLAKU"
    assert statuses(view)["serah.pengganti"] == "BELUM_SIAP"

    walk_to(outsider, case, at_gate)
    outsider.approve_twice(case)
    walk(outsider, case, "jalan.cek_berangkat")
    absent = {"leg": 1, "result": "TIDAK_HADIR", "note": "Tidak datang"}
    gone = outsider.try_post(f"{path}/departures", absent, "pekerja_sosial")
    assert gone.status_code == 201, gone.text
    outsider.settle()
    view = outsider.case(case)
    assert view["status"] in ("MENUNGGU_GERBANG", "PENANGANAN")
    assert statuses(view)["jalan.cek_berangkat"] == "GAGAL"
    assert view["handovers"] == []


def test_a_travel_letter_and_an_approval_run_out(outsider: Outsider) -> None:
    case = outsider.start("Contoh Habis Masa")
    walk_to(outsider, case, at_gate)
    outsider.approve_twice(case)
    outsider.settle()
    assert outsider.case(case)["status"] == "DISETUJUI"
    outsider.advance(advance="P8D")
    view = outsider.case(case)
    assert statuses(view)["pulang.layak_jalan"] in ("KEDALUWARSA", "DIMINTA")
    assert {approval["void"] for approval in view["gate"]["approvals"]} == {True}
    assert view["gate"]["open"] is False
    assert view["status"] in ("PENANGANAN", "MENUNGGU_GERBANG")


def test_who_refuses_to_go_home_is_heard(outsider: Outsider) -> None:
    case = outsider.start("Contoh Tidak Mau")
    view = answer_own(outsider, case, "pulang.kesediaan", "TIDAK_BERSEDIA", "LAINNYA Ingin tinggal")
    assert statuses(view)["pulang.kesediaan"] == "GAGAL"
    assert checks(view)["U08"] == "open"
    outsider.post(f"/cases/{case}/closures", {"status": "DITUTUP", "reason": "Tidak bersedia"})
    outsider.settle()
    view = outsider.case(case)
    assert view["status"] == "DITUTUP"
    assert not [task for task in view["tasks"] if task["status"] == "DIMINTA"]
    outsider.post(f"/cases/{case}/closures", {"status": "PENANGANAN", "reason": "Berubah pikiran"})
    outsider.settle()
    assert outsider.case(case)["status"] == "PENANGANAN"


def test_remains_are_judged_by_their_own_checks(outsider: Outsider) -> None:
    case = outsider.start("Contoh Jenazah", entry_route="JENAZAH", mission="KJRI-JHB")
    outsider.settle()
    view = outsider.case(case)
    assert view["status"] == "MENINGGAL"
    assert view["flags"]["deceased"] == "ya"
    assert applying(view) == {"akses.penerimaan", "jenazah.dokumen", "jenazah.kesiapan_daerah", "jenazah.serah"}
    assert {code for code, state in checks(view).items() if state != "not_applicable"} == {"J01", "J02"}
    assert view["gate"]["basis"] is None
