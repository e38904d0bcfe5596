"""Links as CONTRACT tells them to an office: every field, one ask and several, and what the page refuses."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.support.outsider import CODE, LINK, OFFICER, Letter, Outsider
from tests.support.probe import (
    IDENTITY,
    Link,
    is_moment,
    is_text,
    mailed,
    one_ask,
    one_of,
    page_refuses,
    several_asks,
    shaped,
    task_of,
    walk,
    words_of,
)


def check_receipt(outsider: Outsider, receipt: str, state: str, answers: dict[str, str]) -> Any:
    """`GET /answers/{receipt}` tells *state* and, for each ask, its code."""
    outsider.settle()
    told = outsider.get(f"/answers/{receipt}")
    keys = {"receipt", "state", "received_at", "applied_at", "asks"} | ({"ask"} if len(answers) == 1 else set())
    assert set(told) == keys
    assert (told["receipt"], told["state"]) == (receipt, state)
    assert is_moment(told["received_at"])
    for row in told["asks"]:
        shaped(row, ask=is_text, case=is_text, task=is_text, answer=is_text, state=one_of("stored", "applied", "late"))
    assert {row["ask"]: row["answer"] for row in told["asks"]} == answers
    return told


# --- mails


def test_a_mail_with_one_ask_has_the_promised_headers_and_text(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Surat")
    letter = link.letter
    task = task_of(outsider.case(case), IDENTITY)

    assert letter.header("X-Pulang-Ask") == task["ask"]
    assert letter.header("X-Pulang-Digest") is None
    assert letter.header("X-Pulang-Notice") is None
    assert letter.header("Auto-Submitted") == "auto-generated"
    assert letter.to == "kemendagri-dukcapil@example.invalid"
    assert letter.header("Message-ID")
    assert len(LINK.findall(letter.text)) == 1
    assert len(CODE.findall(letter.text)) == 1
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", letter.code)
    assert case in letter.text
    assert "C. S." in letter.text
    whole = letter.message.as_string() + letter.text + str(letter.message.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert "Contoh Surat" not in whole
    assert "TPPO" not in str(letter.message["Subject"])
    assert letter.code not in str(letter.message["Subject"])
    mine = next(ask for ask in outsider.all_asks() if ask["id"] == task["ask"])
    assert (mine["state"], mine["case"], mine["task"]) == ("sent", case, IDENTITY)
    assert mine["delivery"]["state"] == "accepted"
    assert mine["due_at"] == task["due_at"]


def test_a_mail_with_several_asks_has_a_digest_id_and_one_link(outsider: Outsider) -> None:
    cases, asks, link = several_asks(outsider, "Contoh Surat Satu", "Contoh Surat Dua")
    letter = link.letter

    assert letter.header("X-Pulang-Ask") is None
    mine = [ask for ask in outsider.all_asks() if ask["id"] in asks]
    assert {ask["mail"] for ask in mine} == {letter.header("X-Pulang-Digest")}
    assert len(LINK.findall(letter.text)) == len(CODE.findall(letter.text)) == 1
    assert all(case in letter.text for case in cases)
    assert "2 orang" in str(letter.message["Subject"])


def test_get_and_head_of_a_link_only_render(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Baca")
    before = [outsider.case(case), outsider.get(f"/cases/{case}/journal"), outsider.all_asks()]

    page = link.get()
    head = outsider.http.head(link.letter.link)

    assert (page.status_code, head.status_code, head.content) == (200, 200, b"")
    said = words_of(page.text)
    assert case in said
    assert "C. B." in said
    assert "Contoh Baca" not in page.text
    assert re.search(r"\d{1,2}\.\d{2} WIB", said)
    assert before == [outsider.case(case), outsider.get(f"/cases/{case}/journal"), outsider.all_asks()]
    assert link.get(headers={"cookie": ""}).status_code == 200
    for answer in (outsider.http.get(link.letter.link + "x"), outsider.http.get(link.letter.link[:-2])):
        page_refuses(answer, 404, "LINK_UNKNOWN")
    assert outsider.http.get(link.letter.link + ".").status_code == 200


# --- one ask


@pytest.mark.proves("I02", "I03")
def test_confirm_is_the_first_passing_code_and_a_second_answer_is_refused(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Setuju")
    ask = str(link.letter.header("X-Pulang-Ask"))
    fields = link.fields(action="confirm")

    first = link.send(fields)
    receipt = link.receipt(first)
    again = link.send(fields)

    assert link.receipt(again) == receipt
    told = check_receipt(outsider, receipt, "applied", {ask: "SESUAI"})
    assert told["ask"] == ask
    assert is_moment(told["applied_at"])
    task = task_of(outsider.case(case), IDENTITY)
    assert (task["status"], task["answer"]) == ("DIJAWAB", "SESUAI")
    assert task["by"] == OFFICER
    explains = link.get()
    assert explains.status_code in (200, 409, 410)
    assert "<form" not in explains.text.replace('<form class="lang', "")
    page_refuses(link.send(fields | {"nonce": "another"}), 409, "ALREADY_ANSWERED")


@pytest.mark.parametrize(
    ("reason", "taken"),
    [
        (None, False),
        ("DATA_KURANG", True),
        ("KAPASITAS Petugas sedang cuti", True),
        ("Kami tidak menemukan berkasnya", True),
        ("HUKUM", False),
        ("LAINNYA", False),
        ("HUKUM Perkara berjalan", True),
        ("x" * 2001, False),
    ],
)
def test_decline_needs_a_reason(outsider: Outsider, reason: str | None, taken: bool) -> None:
    case, link = one_ask(outsider, "Contoh Tolak")

    answer = link.post(action="decline", reason=reason)

    if not taken:
        page = page_refuses(answer, 422, "REASON_INVALID")
        assert OFFICER["name"] in page
        assert task_of(outsider.case(case), IDENTITY)["status"] == "DIMINTA"
        return
    ask = str(link.letter.header("X-Pulang-Ask"))
    check_receipt(outsider, link.receipt(answer), "applied", {ask: "TIDAK_DITEMUKAN"})
    assert task_of(outsider.case(case), IDENTITY)["status"] == "GAGAL"


def test_a_code_of_the_answer_set_may_stand_for_itself(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Kode")
    for action in ("KONFIRMASI", "PERLU_RUJUKAN", "DISPOSISI", "pass_on", "confirmed"):
        page_refuses(link.post(action=action), 409, "ACTION_NOT_ALLOWED")
    page_refuses(link.post(action="BUKAN_WILAYAH"), 422, "REASON_INVALID")

    receipt = link.receipt(link.post(action="SESUAI_DENGAN_PERBAIKAN"))

    ask = str(link.letter.header("X-Pulang-Ask"))
    check_receipt(outsider, receipt, "applied", {ask: "SESUAI_DENGAN_PERBAIKAN"})
    assert task_of(outsider.case(case), IDENTITY)["status"] == "DIJAWAB"


def test_more_time_is_given_once_for_at_most_one_full_limit(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Waktu")
    due = datetime.fromisoformat(task_of(outsider.case(case), IDENTITY)["due_at"])

    page_refuses(link.post(action="more_time"), 422, "FIELD_MISSING")
    page_refuses(link.post(action="more_time", until="2020-01-06"), 422, "DATE_IN_PAST")
    page_refuses(link.post(action="more_time", until="bukan tanggal"), 422, "DATE_INVALID")
    page_refuses(link.post(action="more_time", until=f"{due + timedelta(days=60):%Y-%m-%d}"), 422, "DATE_INVALID")
    saturday = due + timedelta(days=(5 - due.weekday()) % 7)
    page_refuses(link.post(action="more_time", until=f"{saturday:%Y-%m-%d}"), 422, "DATE_INVALID")

    wanted = due + timedelta(days=1)
    while wanted.weekday() > 4:
        wanted += timedelta(days=1)
    receipt = link.receipt(link.post(action="more_time", until=f"{wanted:%Y-%m-%d}"))

    ask = str(link.letter.header("X-Pulang-Ask"))
    check_receipt(outsider, receipt, "applied", {ask: "MINTA_WAKTU"})
    task = task_of(outsider.case(case), IDENTITY)
    assert task["status"] == "DIPERPANJANG"
    assert task["ask"] == ask
    assert task["due_at"][:10] == f"{wanted:%Y-%m-%d}"
    page_refuses(link.post(action="more_time", until=f"{wanted:%Y-%m-%d}"), 409, "EXTENSION_LIMIT")
    check_receipt(outsider, link.receipt(link.post(action="confirm")), "applied", {ask: "SESUAI"})


def test_show_opens_the_facts_for_this_browser_and_answers_nothing(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Buka Fakta")
    with httpx2.Client(timeout=60) as browser, httpx2.Client(timeout=60) as other:
        assert "Contoh Buka Fakta" not in browser.get(link.letter.link).text
        wrong = browser.post(link.letter.link, data={"show": "1", "code": "2222-2222"})
        page_refuses(wrong, 422, "CODE_WRONG")

        shown = browser.post(link.letter.link, data={"show": "1", "code": link.letter.code, "position": "Juru Periksa"})

        assert shown.status_code == 200
        assert "Contoh Buka Fakta" in shown.text
        assert "Juru Periksa" in shown.text
        assert "Contoh Buka Fakta" in browser.get(link.letter.link).text
        assert "Contoh Buka Fakta" not in other.get(link.letter.link).text
    assert task_of(outsider.case(case), IDENTITY)["status"] == "DIMINTA"


@pytest.mark.proves("I05")
def test_what_stands_with_every_answer_is_needed(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Lengkap")
    for missing in ("name", "position", "code"):
        page = page_refuses(link.post(action="confirm", **{missing: None}), 422, "FIELD_MISSING")
        kept = {**OFFICER} | {missing: ""}
        assert all(value in page for value in kept.values())
    page_refuses(link.post(action=None), 422, "FIELD_MISSING")
    for name in ("x" * 5000, "Nama\u202eKu", "Nama\nKu"):
        page_refuses(link.post(action="confirm", name=name), 422, "NAME_INVALID")
    page_refuses(link.post(action="confirm", nonce=None), 422, "FIELD_MISSING")
    page_refuses(link.post(action="confirm", nonce="basi"), 409, "STALE_PAGE")
    for field in ("pass_to", "files", "save", "apa_saja"):
        page_refuses(link.post(action="confirm", **{field: "1"}), 422, "FIELD_UNKNOWN")
    page_refuses(link.send(link.fields() | {"action": ["confirm", "decline"]}), 400, "FIELD_REPEATED")
    page_refuses(outsider.http.post(link.letter.link, json={"action": "confirm"}), 415, "TYPE_UNSUPPORTED")
    assert task_of(outsider.case(case), IDENTITY)["status"] == "DIMINTA"

    parts = {name: (None, value) for name, value in link.fields(action="confirm").items()}
    link.receipt(outsider.http.post(link.letter.link, files=parts))


def test_a_form_number_does_for_its_own_link_alone(outsider: Outsider) -> None:
    _, other = one_ask(outsider, "Contoh Nomor Satu")
    _, link = one_ask(outsider, "Contoh Nomor Dua")
    page = page_refuses(link.post(action="confirm", nonce=other.nonce()), 409, "STALE_PAGE")
    assert OFFICER["name"] in page
    link.receipt(link.post(action="confirm"))


def put_to_sleep(link: Link) -> None:
    """Five wrong codes: how often one may still try is told each time, then the link sleeps."""
    fields = link.fields(action="confirm", code="2345-6789")
    for tries_left in (4, 3, 2, 1):
        page = page_refuses(link.send(fields), 422, "CODE_WRONG")
        assert re.search(rf"\b{tries_left}\b", words_of(page))
        assert OFFICER["name"] in page
    page_refuses(link.send(fields), 423, "LINK_ASLEEP")
    page_refuses(link.send(fields | {"code": link.letter.code}), 423, "LINK_ASLEEP")


def test_a_sleeping_link_gives_a_fresh_mail_to_the_registered_address(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Kirim Ulang")
    put_to_sleep(link)
    assert task_of(outsider.case(case), IDENTITY)["status"] == "DIMINTA"
    before = len(outsider.letters())

    answer = link.send({"resend": "1"})

    assert answer.status_code in (200, 303), answer.text
    fresh = fresh_mail(outsider, before)
    assert fresh.to == link.letter.to
    assert fresh.link != link.letter.link
    assert fresh.code != link.letter.code
    assert fresh.header("X-Pulang-Ask") == link.letter.header("X-Pulang-Ask")
    Link(outsider, fresh).receipt(Link(outsider, fresh).post(action="confirm"))
    outsider.settle()
    assert task_of(outsider.case(case), IDENTITY)["status"] == "DIJAWAB"


def fresh_mail(outsider: Outsider, before: int) -> Letter:
    for _ in range(10):
        outsider.settle()
        fresh = [letter for letter in outsider.letters()[before:] if letter.header("X-Pulang-Notice") is None]
        if fresh:
            return fresh[-1]
        outsider.go_on()
    raise AssertionError("no fresh mail")


def test_an_expired_link_offers_a_fresh_mail_at_most_three_times_a_day(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Kedaluwarsa")
    due = datetime.fromisoformat(task_of(outsider.case(case), IDENTITY)["due_at"])
    now = datetime.fromisoformat(outsider.clock()["now"])
    outsider.advance(advance=f"PT{int((due + timedelta(days=14, minutes=-30) - now).total_seconds())}S")
    assert link.get().status_code == 200

    outsider.advance(advance="PT31M")

    page = page_refuses(link.get(), 410, "LINK_GONE")
    assert 'name="resend"' in page
    page_refuses(
        link.send({**OFFICER, "nonce": "any", "action": "confirm", "code": link.letter.code}), 410, "LINK_GONE"
    )
    before = len(outsider.letters())
    assert link.send({"resend": "1"}).status_code in (200, 303)
    fresh_mail(outsider, before)
    answers = [link.send({"resend": "1"}).status_code for _ in range(3)]
    assert answers == [303, 303, 429]
    outsider.settle()
    fresh = Link(outsider, fresh_mail(outsider, before))
    fresh.receipt(fresh.post(action="confirm"))
    outsider.settle()
    assert task_of(outsider.case(case), IDENTITY)["status"] == "DIJAWAB"


def test_a_withdrawn_link_only_explains_itself(outsider: Outsider) -> None:
    case, link = one_ask(outsider, "Contoh Tarik")
    outsider.post(f"/cases/{case}/closures", {"status": "DIBATALKAN", "reason": "Salah masuk"})
    outsider.settle()

    page = page_refuses(link.get(), 410, "ASK_WITHDRAWN")
    assert 'name="resend"' not in page
    page_refuses(
        link.send({**OFFICER, "nonce": "any", "action": "confirm", "code": link.letter.code}), 410, "ASK_WITHDRAWN"
    )
    mine = [ask for ask in outsider.all_asks() if ask["case"] == case]
    assert {ask["state"] for ask in mine} == {"withdrawn"}
    assert outsider.case(case)["status"] == "DIBATALKAN"


# --- several asks


def test_all_of_a_task_are_answered_and_an_ask_s_own_entry_beats_it(outsider: Outsider) -> None:
    cases, asks, link = several_asks(outsider, "Contoh Daftar Satu", "Contoh Daftar Dua", "Contoh Daftar Tiga")

    answer = link.post(
        **{f"all[{IDENTITY}]": "confirm", f"answer[{asks[1]}]": "decline", f"reason[{asks[1]}]": "DATA_KURANG"}
    )

    wanted = {asks[0]: "SESUAI", asks[1]: "TIDAK_DITEMUKAN", asks[2]: "SESUAI"}
    check_receipt(outsider, link.receipt(answer), "applied", wanted)
    status = [task_of(outsider.case(case), IDENTITY)["status"] for case in cases]
    assert status == ["DIJAWAB", "GAGAL", "DIJAWAB"]


def test_an_ask_without_an_entry_stays_open_and_nothing_is_preset(outsider: Outsider) -> None:
    cases, asks, link = several_asks(outsider, "Contoh Sisa Satu", "Contoh Sisa Dua", "Contoh Sisa Tiga")
    assert " checked" not in link.get().text
    page_refuses(link.post(), 422, "FIELD_MISSING")
    page_refuses(link.post(**{f"answer[{asks[0]}]": "decline"}), 422, "REASON_INVALID")
    page_refuses(link.post(**{f"answer[{asks[0]}]": "KONFIRMASI"}), 409, "ACTION_NOT_ALLOWED")
    page_refuses(link.post(**{"answer[tidak-ada]": "confirm"}), 422, "FIELD_UNKNOWN")

    first = link.receipt(link.post(**{f"answer[{asks[0]}]": "SESUAI"}))

    check_receipt(outsider, first, "applied", {asks[0]: "SESUAI"})
    assert [task_of(outsider.case(case), IDENTITY)["status"] for case in cases] == ["DIJAWAB", "DIMINTA", "DIMINTA"]
    outsider.post(f"/cases/{cases[1]}/closures", {"status": "DIBATALKAN", "reason": "Salah masuk"})
    outsider.settle()

    both = {f"answer[{asks[1]}]": "confirm", f"answer[{asks[2]}]": "decline", f"reason[{IDENTITY}]": "DATA_KURANG"}
    answer = link.post(**both)
    receipt = link.receipt(answer)

    page = outsider.http.get(httpx2.URL(link.letter.link).join(answer.headers["location"]))
    assert cases[1] in words_of(page.text)
    check_receipt(outsider, receipt, "applied", {asks[2]: "TIDAK_DITEMUKAN"})
    page_refuses(link.send(both | {"code": link.letter.code, "nonce": "x", **OFFICER}), 409, "ALREADY_ANSWERED")


def test_more_time_for_one_of_several(outsider: Outsider) -> None:
    cases, asks, link = several_asks(outsider, "Contoh Tunda Satu", "Contoh Tunda Dua")
    due = datetime.fromisoformat(task_of(outsider.case(cases[0]), IDENTITY)["due_at"])
    wanted = due + timedelta(days=1)
    while wanted.weekday() > 4:
        wanted += timedelta(days=1)
    until = f"{wanted:%Y-%m-%d}"

    receipt = link.receipt(
        link.post(**{f"answer[{asks[0]}]": "more_time", f"until[{asks[0]}]": until, f"answer[{asks[1]}]": "confirm"})
    )

    check_receipt(outsider, receipt, "applied", {asks[0]: "MINTA_WAKTU", asks[1]: "SESUAI"})
    assert task_of(outsider.case(cases[0]), IDENTITY)["status"] == "DIPERPANJANG"
    rest = link.post(**{f"all[{IDENTITY}]": "confirm"})
    check_receipt(outsider, link.receipt(rest), "applied", {asks[0]: "SESUAI"})


def test_a_limit_in_hours_takes_a_time_of_the_office_s_zone(outsider: Outsider) -> None:
    case = outsider.start(
        "Contoh Jam", urgent=True, entry_route="DEBARKASI", debarkation="DB-UPG", flags={"from_abroad": "ya"}
    )
    link = mailed(outsider, case, "akses.kesehatan_pintu_masuk")
    ask = task_of(outsider.case(case), "akses.kesehatan_pintu_masuk")["ask"]
    due = datetime.fromisoformat(task_of(outsider.case(case), "akses.kesehatan_pintu_masuk")["due_at"])
    one = link.letter.header("X-Pulang-Ask") == ask
    wanted = (due + timedelta(hours=2)).astimezone(due.tzinfo)
    fields = {"action": "more_time", "until": f"{wanted:%Y-%m-%dT%H:%M}"}
    if not one:
        fields = {f"answer[{ask}]": "more_time", f"until[{ask}]": f"{wanted:%Y-%m-%dT%H:%M}"}

    link.receipt(link.post(**fields))

    outsider.settle()
    now_due = task_of(outsider.case(case), "akses.kesehatan_pintu_masuk")["due_at"]
    assert datetime.fromisoformat(now_due) == wanted.replace(second=0, microsecond=0)


def test_a_flag_that_turns_back_ends_the_ask_at_once_and_its_answer_is_not_stored(outsider: Outsider) -> None:
    task = "akses.kesehatan_pintu_masuk"
    case = outsider.start("Contoh Berbalik", flags={"from_abroad": "ya", "already_entered": "ya"})
    link = mailed(outsider, case, task)
    ask = task_of(outsider.case(case), task)["ask"]
    single = link.letter.header("X-Pulang-Ask") == ask
    fields = link.fields(**{"action" if single else f"answer[{ask}]": "confirm"})
    outsider.post(f"/cases/{case}/flags", {"flags": {"from_abroad": "tidak"}, "reason": "Salah catat"})

    if single:
        page_refuses(link.send(fields), 410, "ASK_WITHDRAWN")
    outsider.settle()
    view = outsider.case(case)
    assert task_of(view, task)["status"] == "TIDAK_BERLAKU"
    assert next(check for check in view["gate"]["checks"] if check["code"] == "K04")["state"] == "not_applicable"
    assert [each["state"] for each in outsider.all_asks() if each["id"] == ask] == ["withdrawn"]


def test_a_restricted_task_is_named_only_after_the_code(outsider: Outsider) -> None:
    case = outsider.start("Contoh Bersyarat", flags={"witness": "ya"})
    walk(outsider, case, "awal.status_hukum")
    link = mailed(outsider, case, "awal.status_hukum")

    page = words_of(link.get().text)

    for text in (page, link.letter.text):
        assert "permintaan bersyarat" in text.lower()
        assert "perkara" not in text.lower()
    shown = link.send({"show": "1", "code": link.letter.code})
    assert "Status perkara" in words_of(shown.text)
