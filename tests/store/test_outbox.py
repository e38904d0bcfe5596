"""Mails leave with the bytes they were written with, once, and forget their secrets when they are gone."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy.exc import IntegrityError

from domain.errors import NotFound
from domain.journal import Kind
from domain.roles import SYSTEM
from store import agencies, journal, outbox
from store.unit import Unit, Units
from tests.support.database import MORNING, RealClock

DESK = "desk-DINSOS-53"
TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"


def a_body() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Permintaan"
    mail["Message-ID"] = "<1@example.invalid>"
    mail.set_content(f"Buka:\n\nhttp://127.0.0.1:8000/t/{TOKEN}\n\nKode: 7KQ2-9WXY\n\nNomor PLG-2026-004217-5\n")
    link = f'<p>{"panjang " * 12}<a href="http://127.0.0.1:8000/t/{TOKEN}">x</a> Kode: <b>7KQ2-9WXY</b></p>'
    mail.add_alternative(link, subtype="html")
    return mail.as_bytes()


BODY = a_body()


def put(unit: Unit, mail: str = "m1", *, agency: str | None = "DINSOS-53", key: str = "") -> str:
    journal.ensure_subject(unit, DESK)
    unit.append(DESK, Kind.MAIL_COMPOSED, {"mail": mail})
    return outbox.put_mail(
        unit,
        mail=mail,
        agency=agency,
        subject_id=DESK,
        kind="digest",
        effect_key=key or f"{DESK}/digest/{mail}",
        message_id=outbox.message_id(f"{DESK}/digest/{mail}", "example.invalid"),
        envelope_to="dinsos-53@example.invalid",
        subject="Permintaan",
        body=BODY,
        asks_count=2,
        due_at=MORNING,
    )


def with_mail(units: Units, *names: str) -> None:
    def write(unit: Unit) -> None:
        agencies.load_seed(unit)
        for name in names or ("m1",):
            put(unit, name)

    units.write_sync(SYSTEM, write)


def claim(units: Units, mail: str = "m1", *, again: bool = False) -> outbox.Claim | None:
    return units.write_sync(SYSTEM, lambda unit: outbox.claim(unit, mail, again=again))


def reply(units: Units, result: outbox.Result, words: str = "", wait_s: float | None = None) -> str:
    def write(unit: Unit) -> str:
        after = None if wait_s is None else unit.real_now + timedelta(seconds=wait_s)
        return outbox.record_reply(unit, "m1", result, words, after)

    return units.write_sync(SYSTEM, write)


def due(units: Units, agency: str | None = "DINSOS-53") -> list[str]:
    return units.read_sync(lambda reading: outbox.due_mails(reading, agency, reading.real_now))


def state(units: Units, mail: str = "m1") -> outbox.Mail:
    return units.read_sync(lambda reading: outbox.get_mail(reading, mail))


def test_a_mail_is_handed_over_with_the_bytes_it_was_written_with(units: Units) -> None:
    with_mail(units)

    taken = claim(units)

    assert taken is not None
    assert (taken.content, taken.envelope_to, taken.tries) == (BODY, "dinsos-53@example.invalid", 1)
    assert (state(units).state, state(units).tries) == ("SENDING", 1)


def test_the_message_id_comes_from_the_effect_alone() -> None:
    first = outbox.message_id("desk-X/digest/1", "example.invalid")

    assert first == outbox.message_id("desk-X/digest/1", "example.invalid") != outbox.message_id("x", "example.invalid")
    assert len(first) == 1 + 32 + len("@example.invalid>")


@pytest.mark.proves("F05")
def test_an_effect_makes_one_mail_however_often_it_is_done(units: Units) -> None:
    with_mail(units)

    assert units.write_sync(SYSTEM, lambda unit: put(unit, "m2", key=f"{DESK}/digest/m1")) == "m1"
    assert units.read_sync(lambda reading: outbox.find_mail(reading, "m2")) is None


def test_a_mail_that_is_being_tried_is_not_tried_by_another(units: Units, real_clock: RealClock) -> None:
    with_mail(units)
    claim(units)

    assert claim(units) is None
    assert due(units) == []

    real_clock.passes(seconds=outbox.LEASE_S)
    assert due(units) == ["m1"]
    assert claim(units) is not None


@pytest.mark.proves("F05")
def test_a_try_known_to_be_dead_gives_its_lease_up_and_the_bytes_stay_the_same(units: Units) -> None:
    with_mail(units)
    first = claim(units)

    second = claim(units, again=True)

    assert first is not None
    assert second is not None
    assert (second.content, second.message_id, second.tries) == (first.content, first.message_id, 2)


@pytest.mark.parametrize(("result", "after"), [("accepted", "ACCEPTED"), ("refused", "REFUSED")])
def test_a_mail_that_is_done_is_never_tried_again(units: Units, result: outbox.Result, after: str) -> None:
    with_mail(units)
    claim(units)

    assert reply(units, result, "550 unknown user") == after
    assert claim(units, again=True) is None
    assert due(units) == []
    assert reply(units, "later", wait_s=1) == after


@pytest.mark.proves("F10", "F12")
@pytest.mark.parametrize(("result", "after"), [("later", "PENDING"), ("uncertain", "UNCERTAIN")])
def test_a_mail_put_off_is_tried_again_when_its_time_has_come(
    units: Units, real_clock: RealClock, result: outbox.Result, after: str
) -> None:
    with_mail(units)
    first = claim(units)
    assert reply(units, result, "451 try later", wait_s=60) == after

    assert (claim(units), due(units)) == (None, [])
    assert units.read_sync(lambda reading: outbox.next_try_at(reading, "DINSOS-53")) == MORNING + timedelta(minutes=1)

    real_clock.passes(seconds=60)
    second = claim(units)
    assert due(units) == []
    assert first is not None
    assert second is not None
    assert second.content == first.content


def test_each_try_leaves_a_row_with_its_result_on_the_desk(units: Units) -> None:
    with_mail(units)
    claim(units)
    reply(units, "later", wait_s=0)
    claim(units)
    reply(units, "accepted", "250 ok")

    rows = units.read_sync(lambda reading: journal.rows_of(reading, DESK))
    tried = [row.codes["result"] for row in rows if row.kind is Kind.MAIL_TRIED]
    assert tried == ["LATER", "ACCEPTED"]
    assert state(units).accepted_at == MORNING


@pytest.mark.proves("I09")
@pytest.mark.parametrize("result", ["accepted", "refused"])
def test_a_mail_that_is_done_keeps_neither_link_nor_code(units: Units, result: outbox.Result) -> None:
    with_mail(units)
    claim(units)
    before = units.read_sync(lambda reading: outbox.body_of(reading, "m1"))
    reply(units, result)

    kept = units.read_sync(lambda reading: outbox.body_of(reading, "m1"))
    parsed = message_from_bytes(kept, policy=policy.default)
    text = "".join(part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text")
    assert TOKEN.encode() in before
    assert TOKEN not in text
    assert "7KQ2" not in text
    assert "PLG-2026-004217-5" in text
    assert parsed["Message-ID"] == "<1@example.invalid>"


def test_the_servers_words_are_one_short_printable_line() -> None:
    assert outbox.clean_words("550 5.1.1\r\n\x00 unknown\tuser\u202e") == "550 5.1.1 unknown user"
    assert len(outbox.clean_words("x" * 5000)) == outbox.WORDS_LENGTH


@pytest.mark.parametrize("agency", ["DINSOS-53", None])
def test_held_mail_stays_and_goes_when_released(units: Units, agency: str | None) -> None:
    with_mail(units)
    units.write_sync(SYSTEM, lambda unit: agencies.set_sending_held(unit, agency, True))

    assert (due(units), due(units, None), claim(units)) == ([], [], None)
    assert units.read_sync(lambda reading: agencies.desk_state(reading, "DINSOS-53")).sending_held
    assert not units.read_sync(outbox.has_mail_to_hand_over)

    units.write_sync(SYSTEM, lambda unit: agencies.set_sending_held(unit, agency, False))
    assert due(units) == ["m1"]
    assert claim(units) is not None
    woken = units.read_sync(lambda reading: journal.find_subject(reading, DESK))
    assert woken is not None
    assert woken.next_due_at == MORNING


def test_the_agency_remembers_when_its_last_mail_was_written(units: Units) -> None:
    with_mail(units)

    assert units.read_sync(lambda reading: agencies.desk_state(reading, "DINSOS-53")).last_mail_at == MORNING


def test_mails_are_counted_and_listed_by_page(units: Units) -> None:
    with_mail(units, "m1", "m2", "m3")
    claim(units, "m1")
    reply(units, "accepted")

    counts = units.read_sync(outbox.count_by_state)
    first = units.read_sync(lambda reading: outbox.list_mails(reading, limit=2))
    rest = units.read_sync(lambda reading: outbox.list_mails(reading, before=first[-1].id, limit=2))
    states = units.read_sync(lambda reading: outbox.mail_states(reading, ["m1", "m2", "none"]))

    assert counts == {"PENDING": 2, "SENDING": 0, "ACCEPTED": 1, "REFUSED": 0, "UNCERTAIN": 0}
    assert [mail.id for mail in [*first, *rest]] == ["m3", "m2", "m1"]
    assert {mail: states[mail].state for mail in states} == {"m1": "ACCEPTED", "m2": "PENDING"}


async def test_two_units_cannot_claim_one_mail_on_either_database(any_units: Units) -> None:
    await any_units.write(SYSTEM, put)

    first = await any_units.write(SYSTEM, lambda unit: outbox.claim(unit, "m1"))
    second = await any_units.write(SYSTEM, lambda unit: outbox.claim(unit, "m1"))

    assert first is not None
    assert second is None
    assert await any_units.write(SYSTEM, lambda unit: outbox.record_reply(unit, "m1", "accepted", "250")) == "ACCEPTED"


async def test_one_effect_is_one_row_in_the_database_itself(any_units: Units) -> None:
    def twice(unit: Unit) -> None:
        put(unit, "m1", key="same")
        unit.connection.exec_driver_sql(
            "INSERT INTO mails (id, subject_id, kind, effect_key, message_id, envelope_to, subject, body, state, tries,"
            " composed_at, words, asks_count) SELECT 'm2', subject_id, kind, effect_key, message_id, envelope_to,"
            " subject, body, state, tries, composed_at, words, asks_count FROM mails"
        )

    with pytest.raises(IntegrityError):
        await any_units.write(SYSTEM, twice)


def test_an_unknown_mail_is_not_found(units: Units) -> None:
    with pytest.raises(NotFound):
        claim(units, "none")
