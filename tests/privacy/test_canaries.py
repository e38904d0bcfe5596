"""Nothing that was typed about a person, or by one, lies anywhere in clear (I08); links and codes neither (I09)."""

import httpx2
import pytest

from pulang import wiring
from store import outbox
from tests.privacy.canary import CANARIES, NAME, NEUTRAL, POSITION, RESTRICTED, TELLING
from tests.privacy.conftest import Played
from tests.privacy.places import forms_of, hits
from tests.support.invariants import inside, settings_of
from tests.support.outsider import Letter


def letters_of(played: Played) -> list[Letter]:
    return [letter for letter in played.player.letters() if played.case in letter.text]


def test_a_needle_is_found_however_it_was_written() -> None:
    for form in forms_of(NAME):
        assert hits({"place": b"..." + form + b"..."}, [NAME]) == [("place", NAME)]


@pytest.mark.proves("I08")
def test_no_content_of_a_case_lies_in_clear_in_any_file_history_log_mail_or_page(played: Played) -> None:
    places = set(played.haystacks)
    assert {"file pulang.db", "file temporal.db", "file logs/api.log", "metrics", "histories opened"} <= places
    assert any(place.startswith("file postbox/") for place in places)
    assert hits(played.haystacks, CANARIES) == []


@pytest.mark.proves("I08")
def test_the_scan_looks_where_the_content_is(played: Played) -> None:
    """The same content is there for those who may see it, and the case itself is found in these places."""
    view = played.player.case(played.case)
    assert view["status"] == "PERJALANAN"
    assert view["flags"]["tppo"] == "ya"
    found = {place for place, _ in hits(played.haystacks, [played.case])}
    assert {"file pulang.db"} <= found
    assert any(place.startswith("mail ") for place in found)


@pytest.mark.proves("I09")
def test_links_and_codes_are_nowhere_but_in_the_mails_themselves(played: Played) -> None:
    secrets = [
        secret for letter in letters_of(played) if "/t/" in letter.text for secret in (letter.link[-43:], letter.code)
    ]
    assert len(secrets) > 10
    elsewhere = {
        place: content
        for place, content in played.haystacks.items()
        if not place.startswith(("file postbox/", "mail "))
    }
    assert hits(elsewhere, secrets) == []


@pytest.mark.proves("I09")
def test_the_outbox_forgets_link_and_code_once_a_mail_is_accepted(played: Played) -> None:
    letters = {str(letter.message["Message-ID"]): letter for letter in letters_of(played)}
    with inside(played.player.house) as units:
        mails = units.read_sync(lambda reading: outbox.list_mails(reading, limit=10_000))
        mine = [mail for mail in mails if mail.message_id in letters]
        assert len(mine) == len(letters)
        for mail in mine:
            assert mail.state == outbox.ACCEPTED
            body = units.read_sync(lambda reading, mail=mail: outbox.body_of(reading, mail.id))  # type: ignore[misc]
            letter = letters[mail.message_id]
            if "/t/" in letter.text:
                assert hits({"outbox": body}, [letter.link[-43:], letter.code]) == []


@pytest.mark.proves("I08")
def test_a_restricted_task_is_named_in_no_mail_log_history_or_operator_page(played: Played) -> None:
    where = (
        "mail ",
        "file logs/",
        "file postbox/",
        "file temporal",
        "list of",
        "histories",
        "metrics",
        "operator page",
    )
    places = {place: content for place, content in played.haystacks.items() if place.startswith(where)}
    found = [(place, text) for place, text in hits(places, TELLING) if not place.startswith("file postbox/")]
    assert found == []


@pytest.mark.proves("I08")
def test_the_operator_sees_that_a_case_waits_for_something_without_its_name(played: Played) -> None:
    pages = played.player.operator_pages
    assert pages
    assert any(NEUTRAL.search(page) for page in pages)


@pytest.mark.proves("I08", "I05")
def test_before_its_code_a_link_page_calls_a_restricted_task_a_conditional_request(played: Played) -> None:
    tasks = {task["ask"]: task["code"] for task in played.player.case(played.case)["tasks"] if task["ask"]}
    mails = {ask["id"]: ask["mail"] for ask in played.player.all_asks() if ask["id"] in tasks}
    asked = {ask for ask, code in tasks.items() if code in RESTRICTED and mails.get(ask)}
    marks = asked | {mails[ask] for ask in asked}
    headers = ("X-Pulang-Ask", "X-Pulang-Digest", "X-Pulang-Notice")
    letters = [letter for letter in letters_of(played) if marks & {letter.header(name) for name in headers}]
    linked = [letter for letter in letters if letter.header("X-Pulang-Notice") is None]
    assert len(linked) >= 2
    for letter in letters:
        assert NEUTRAL.search(letter.text), letter.text
    for letter in linked:
        pages = played.player.before_code[letter.link]
        assert all(NEUTRAL.search(page) for page in pages)
    for link, pages in played.player.before_code.items():
        assert hits({link: " ".join("\n".join(pages).split()).encode()}, (*TELLING, *CANARIES)) == []


@pytest.mark.proves("I08")
def test_after_its_answer_too_a_link_page_names_no_restricted_task_to_a_stranger(played: Played) -> None:
    hidden = [canary for canary in CANARIES if canary not in POSITION]  # by which position it was answered is said
    for link in played.player.before_code:
        page = httpx2.get(link)
        assert page.status_code in (200, 409, 410)
        assert hits({link: " ".join(page.text.split()).encode()}, (*TELLING, *hidden)) == []


def test_the_keys_are_not_in_what_was_scanned(played: Played) -> None:
    vault = wiring.build_vault(settings_of(played.player.house))
    keys = [key.hex() for key in vault.codec_keys.values()]
    assert hits(played.haystacks, keys) == []
