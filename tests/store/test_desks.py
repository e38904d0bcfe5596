"""A desk: one mail for each gathering, what it may say, what became of it, a fresh copy."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.journal import Kind
from store import agencies, journal, links, outbox
from store.advance import advance
from store.case_acts import close_case
from store.desks import record_delivery, send_fresh_copy, settle_delivery
from store.outbox import mails
from store.unit import Unit
from tests.store.scenes import refused
from tests.support.cases import Ministry, a_form, a_person, open_ministry

REGISTRY = "KEMENDAGRI-DUKCAPIL"


@pytest.fixture
def office_time(filled_file: Path, tmp_path: Path) -> Any:
    """A ministry whose desks gather as the procedure says: half an hour, two hours between mails."""
    made, database = open_ministry(filled_file, tmp_path / "office.db", window_s=None)
    yield made
    database.close_sync()


def several(ministry: Ministry, count: int, **facts: Any) -> list[str]:
    return [ministry.start(person=a_person(f"Orang {chr(65 + i)}", birth_date=None), **facts) for i in range(count)]


def stored(ministry: Ministry, mail: str) -> tuple[Any, Any]:
    """(row, parsed message) of a mail."""

    def look(reading: Any) -> tuple[Any, Any]:
        row = outbox.get_mail(reading, mail)
        return row, email.message_from_bytes(outbox.body_of(reading, mail), policy=email.policy.default)

    return ministry.read(look)


def test_an_adult_without_flags_makes_one_link_mail_to_the_registry_and_one_notice_to_the_shelter(
    ministry: Ministry,
) -> None:
    ministry.start()
    ministry.passes(minutes=1)

    orders = {order.agency_code: order.kind for order in ministry.composer.orders}
    assert orders == {REGISTRY: "ask", "RPTC-TPI": "notice"}
    assert len(ministry.composer.orders) == 2


def test_the_asks_of_many_people_go_with_one_mail_and_one_link(ministry: Ministry) -> None:
    numbers = several(ministry, 5)
    ministry.passes(minutes=1)

    (order,) = ministry.mails_to(REGISTRY)
    assert (order.kind, sorted(ask.number for ask in order.asks)) == ("digest", sorted(numbers))
    assert order.link is not None
    assert order.code is not None


def test_a_notice_to_staff_has_neither_link_nor_code(ministry: Ministry) -> None:
    ministry.start()
    ministry.passes(minutes=1)

    (order,) = ministry.mails_to("RPTC-TPI")
    assert (order.link, order.code) == (None, None)
    assert order.sign_in_url is not None
    _, message = stored(ministry, order.mail)
    assert message["X-Pulang-Notice"] == order.mail
    assert message["X-Pulang-Ask"] is None


@pytest.mark.proves("I07")
@pytest.mark.parametrize(("people", "header"), [(1, "X-Pulang-Ask"), (3, "X-Pulang-Digest")])
def test_a_mail_names_its_ask_or_itself_in_its_header_and_goes_to_the_registered_mailbox(
    ministry: Ministry, people: int, header: str
) -> None:
    several(ministry, people)
    ministry.passes(minutes=1)
    (order,) = ministry.mails_to(REGISTRY)
    row, message = stored(ministry, order.mail)

    assert message[header] == (order.asks[0].ask if people == 1 else order.mail)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == row.message_id
    assert message["To"] == row.envelope_to
    mailbox = ministry.read(lambda reading: agencies.register(reading).get(REGISTRY)).mailbox
    assert row.envelope_to == mailbox


@pytest.mark.proves("I08")
def test_a_conditional_task_is_not_told_by_its_name(ministry: Ministry) -> None:
    number = ministry.start(flags={"witness": "ya"})
    ministry.play_until_open(number, "awal.status_hukum")

    lines = [ask for order in ministry.composer.orders for ask in order.asks if ask.restricted]
    assert lines
    assert {line.title_id for line in lines} == {"Permintaan bersyarat"}
    titles = {ask.title_id for order in ministry.composer.orders for ask in order.asks if not ask.restricted}
    assert not any("perkara" in title or "saksi" in title for title in titles)


@pytest.mark.proves("I08")
def test_no_name_stands_in_a_mails_order(ministry: Ministry) -> None:
    ministry.start(person=a_person("Yohana Rahasia", nik="5313045405000001"))
    ministry.passes(minutes=1)

    told = str(ministry.composer.orders)
    assert "Rahasia" not in told
    assert "5313045405000001" not in told
    assert "Y. R." in told


def test_the_limit_counts_from_the_mail_and_not_from_the_start(office_time: Ministry) -> None:
    number = office_time.start()
    office_time.run()
    ask = office_time.course(number).tasks["akses.identitas", 1].ask
    assert office_time.course(number).asks[str(ask)].due_at is None
    office_time.passes(hours=1)

    facts = office_time.course(number).asks[str(ask)]
    assert facts.asked_at is not None
    assert facts.asked_at - facts.opened_at == timedelta(minutes=30)
    assert facts.due_at is not None


def test_a_desk_leaves_two_hours_between_its_mails(office_time: Ministry) -> None:
    office_time.start()
    office_time.passes(minutes=31)
    office_time.start(person=a_person("Lain Orang", birth_date=None))
    office_time.passes(minutes=60)
    assert len(office_time.mails_to(REGISTRY)) == 1

    office_time.passes(minutes=90)

    first, second = office_time.mails_to(REGISTRY)
    assert second.composed_at - first.composed_at >= timedelta(hours=2)


@pytest.mark.proves("I17")
def test_an_ordinary_mail_waits_for_the_offices_hours_and_an_urgent_one_does_not(office_time: Ministry) -> None:
    office_time.clock.passes(hours=11)  # 20.00 WIB
    office_time.start()
    office_time.passes(hours=2)
    assert office_time.mails_to(REGISTRY) == []
    office_time.start(person=a_person("Segera Contoh", birth_date=None), urgent=True)
    office_time.passes(minutes=2)

    (order,) = office_time.mails_to(REGISTRY)
    assert [ask.urgent for ask in order.asks] == [True]
    office_time.passes(hours=12)  # two working hours after its last mail
    assert len(office_time.mails_to(REGISTRY)) == 2


def test_a_critical_notice_goes_within_a_clock_minute_at_night(office_time: Ministry) -> None:
    office_time.clock.passes(hours=11)
    office_time.start()
    office_time.passes(minutes=1)

    assert [order.kind for order in office_time.mails_to("RPTC-TPI")] == ["notice"]


def test_a_held_desk_sends_nothing_and_released_sends_what_waited(ministry: Ministry) -> None:
    ministry.system(lambda unit: agencies.set_sending_held(unit, REGISTRY, True))
    several(ministry, 2)
    ministry.passes(minutes=5)
    assert ministry.mails_to(REGISTRY) == []

    ministry.system(lambda unit: agencies.set_sending_held(unit, REGISTRY, False))
    ministry.passes(minutes=5)

    assert [len(order.asks) for order in ministry.mails_to(REGISTRY)] == [2]


def test_an_ask_withdrawn_before_the_mail_is_not_in_it(office_time: Ministry) -> None:
    kept, dropped = several(office_time, 2)
    office_time.run()
    office_time.act("k1", lambda unit: close_case(unit, dropped, "DIBATALKAN", "salah masuk"))
    office_time.passes(hours=1)

    (order,) = office_time.mails_to(REGISTRY)
    assert [ask.number for ask in order.asks] == [kept]


def test_a_desk_that_looks_twice_sends_once(ministry: Ministry) -> None:
    ministry.start()
    ministry.passes(minutes=1)
    for _ in range(3):
        ministry.advance(f"desk-{REGISTRY}")

    assert len(ministry.mails_to(REGISTRY)) == 1


# --- what became of it


@pytest.mark.proves("I06")
def test_a_mail_refused_for_good_puts_its_tasks_before_the_coordinator(ministry: Ministry) -> None:
    ministry.mail_server_says = "refused"
    first, second = several(ministry, 2)
    ministry.passes(minutes=1)

    for number in (first, second):
        assert ministry.course(number).tasks["akses.identitas", 1].refused
        assert Kind.DELIVERY_REFUSED in ministry.kinds(number)
    state = ministry.read(lambda reading: agencies.desk_state(reading, REGISTRY))
    assert state.mailbox_ok is False
    ministry.mail_server_says = "accepted"
    ministry.decides(first, "akses.identitas")
    ministry.passes(minutes=1)
    assert ministry.mails_to(REGISTRY)[-1].asks[0].number == first
    assert ministry.read(lambda reading: agencies.desk_state(reading, REGISTRY)).mailbox_ok is True


def advanced(ministry: Ministry) -> tuple[str, list[str]]:
    """The registry's desk after it gathered, and the mails that it has to hand over."""
    several(ministry, 2)
    ministry.run()
    ministry.clock.passes(seconds=6)
    desk = f"desk-{REGISTRY}"
    outcome = ministry.system(lambda unit: advance(unit, desk, ministry.composer))
    return desk, outcome.deliver


def standing(ministry: Ministry, subject: str) -> journal.Subject:
    found = ministry.read(lambda reading: journal.find_subject(reading, subject))
    assert found is not None
    return found


def delivered(ministry: Ministry, mail: str) -> bool:
    def record(unit: Unit) -> bool:
        record_delivery(unit, mail, "accepted", "250 ok")
        return settle_delivery(unit, mail)

    return bool(ministry.system(record))


def test_the_last_word_on_a_desks_only_mail_leaves_it_nothing_to_look_at(ministry: Ministry) -> None:
    desk, (mail,) = advanced(ministry)
    before = standing(ministry, desk)

    assert delivered(ministry, mail)

    after = standing(ministry, desk)
    assert (after.head, after.applied) == (before.head + 1, before.head + 1)
    assert after.next_due_at == before.next_due_at
    outcome = ministry.system(lambda unit: advance(unit, desk, ministry.composer))
    assert (outcome.row, outcome.deliver) == (after.head, [])


def test_a_desk_with_other_news_or_mail_looks_again_after_a_delivery(ministry: Ministry) -> None:
    desk, (mail,) = advanced(ministry)
    ministry.system(lambda unit: unit.append(desk, Kind.LINK_WRONG_CODE, {"mail": mail}))

    assert not delivered(ministry, mail)
    assert standing(ministry, desk).applied < standing(ministry, desk).head

    ministry.run()
    ministry.passes(hours=3)
    several(ministry, 1, destination="5301")
    ministry.run()
    ministry.clock.passes(hours=3)
    outcome = ministry.system(lambda unit: advance(unit, desk, ministry.composer))
    (second,) = outcome.deliver
    ministry.system(lambda unit: outbox.claim(unit, second))
    ministry.system(lambda unit: record_delivery(unit, second, "later", "451", unit.real_now + timedelta(minutes=1)))
    assert not ministry.system(lambda unit: settle_delivery(unit, second))


def test_a_reply_that_comes_again_changes_nothing(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.passes(minutes=1)
    (order,) = ministry.mails_to(REGISTRY)
    before = ministry.kinds(number)

    state = ministry.system(lambda unit: record_delivery_quietly(unit, order.mail))

    assert state == "ACCEPTED"
    assert ministry.kinds(number) == before


def record_delivery_quietly(unit: Any, mail: str) -> str:
    unit.without_journal("the server said it again")
    return str(record_delivery(unit, mail, "refused", "550 no"))


@pytest.mark.proves("I09")
def test_once_accepted_the_stored_mail_has_neither_token_nor_code(ministry: Ministry) -> None:
    ministry.start()
    ministry.passes(minutes=1)
    (order,) = ministry.mails_to(REGISTRY)
    _, message = stored(ministry, order.mail)
    text = message.get_body(("plain",)).get_content()

    assert order.link is not None
    assert order.link.rpartition("/")[2] not in text
    assert str(order.code) not in text


def test_an_uncertain_mail_is_tried_again_with_the_same_bytes(ministry: Ministry) -> None:
    ministry.mail_server_says = "uncertain"
    ministry.start()
    ministry.run()
    ministry.clock.passes(seconds=6)
    ministry.advance(f"desk-{REGISTRY}")
    (order,) = ministry.mails_to(REGISTRY)

    row, _ = stored(ministry, order.mail)
    assert row.state == "UNCERTAIN"
    outcome = ministry.advance(f"desk-{REGISTRY}")
    assert outcome.deliver == [order.mail]
    assert stored(ministry, order.mail)[0].message_id == row.message_id


# --- a fresh copy


@pytest.fixture
def asked(ministry: Ministry) -> str:
    """The mail by which the registry was asked of one person."""
    ministry.start()
    ministry.passes(minutes=1)
    return ministry.mails_to(REGISTRY)[0].mail


def fresh(ministry: Ministry, mail: str) -> str:
    return ministry.system(lambda unit: send_fresh_copy(unit, mail, ministry.composer))


@pytest.mark.proves("B18")
def test_a_fresh_copy_has_a_link_and_code_of_its_own_and_ends_the_old_link(ministry: Ministry, asked: str) -> None:
    old = ministry.mails_to(REGISTRY)[0]
    copy = fresh(ministry, asked)
    new = ministry.mails_to(REGISTRY)[-1]

    assert (new.mail, new.is_fresh_copy) == (copy, True)
    assert new.link != old.link
    assert new.code != old.code
    assert [ask.due_at for ask in new.asks] == [ask.due_at for ask in old.asks]
    link = ministry.read(lambda reading: links.find_by_mail(reading, asked))
    assert link is not None
    assert link.superseded
    assert refused(lambda: ministry.by_link(asked, a_form("SESUAI", "n-1"))) == "LINK_GONE"
    ministry.by_link(copy, a_form("SESUAI", "n-2"))


def test_three_fresh_copies_a_day_are_enough(ministry: Ministry, asked: str) -> None:
    mail = asked
    for _ in range(3):
        mail = fresh(ministry, mail)
    assert refused(lambda: fresh(ministry, mail)) == "SLOW_DOWN"

    ministry.clock.passes(hours=24)
    fresh(ministry, mail)


def test_no_fresh_copy_is_sent_for_what_is_answered_or_withdrawn(ministry: Ministry, asked: str) -> None:
    ministry.by_link(asked, a_form("SESUAI", "n-1"))

    assert refused(lambda: fresh(ministry, asked)) == "ASK_WITHDRAWN"


def test_a_fresh_copy_names_only_what_is_still_open(ministry: Ministry) -> None:
    first, second = several(ministry, 2)
    ministry.passes(minutes=1)
    mail = ministry.mails_to(REGISTRY)[0].mail
    ministry.answer(first, "akses.identitas")
    fresh(ministry, mail)

    assert [ask.number for ask in ministry.mails_to(REGISTRY)[-1].asks] == [second]


@pytest.mark.proves("I09")
def test_a_link_lives_fourteen_days_after_its_last_due_moment(ministry: Ministry, asked: str) -> None:
    link = ministry.read(lambda reading: links.find_by_mail(reading, asked))
    due = max(ask.due_at for ask in ministry.mails_to(REGISTRY)[0].asks if ask.due_at)

    assert link is not None
    assert timedelta(days=14) <= link.expires_at - due < timedelta(days=15)


@pytest.mark.proves("I11")
def test_every_mail_has_its_row_on_the_desks_own_chain(ministry: Ministry, asked: str) -> None:
    rows = ministry.read(lambda reading: journal.rows_of(reading, f"desk-{REGISTRY}"))

    assert [row.kind for row in rows] == [Kind.MAIL_COMPOSED, Kind.MAIL_TRIED]
    assert rows[0].codes["mail"] == asked
    assert ministry.read(lambda reading: journal.verify_chain(reading)) == []
    assert ministry.read(lambda reading: reading.rows(select(mails.c.id).where(mails.c.id == asked)))
