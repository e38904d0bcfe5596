"""What is read in pages, as CONTRACT tells it: cases, agencies, asks, the journal."""

import re
from typing import Any

from tests.support.case_shape import STATUSES
from tests.support.outsider import Outsider
from tests.support.probe import (
    IDENTITY,
    REGISTRY,
    is_flag,
    is_list_of,
    is_moment,
    is_number,
    is_text,
    journal_of,
    mailed,
    maybe,
    one_of,
    shaped,
)


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
