"""Tasks as CONTRACT tells them: answered by staff, verified, sent back, not required, decided upon failing."""

import re

from tests.support.outsider import Outsider
from tests.support.probe import IDENTITY, mailed, refused, task_of, walk


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
