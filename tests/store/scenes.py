"""What several tests of the store share: the code of a refusal, a case just asked, its rows and mails, a hold."""

from collections.abc import Callable

import pytest

from domain.errors import DomainError
from domain.journal import Kind, Row
from store.case_acts import set_hold
from tests.support.cases import Ministry, Return


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def rows_of(case: Return, kind: Kind) -> list[Row]:
    return [row for row in case.ministry.file(case.number).rows if row.kind is kind]


def holds(case: Return, kind: str = "ADMINISTRASI", login: str = "k1") -> str:
    return case.ministry.act(login, lambda unit: set_hold(unit, case.number, kind, "karena"))


def mail_of(ministry: Ministry, number: str, task: str) -> tuple[str, str]:
    """(mail, ask) of the open ask of a task."""
    course = ministry.course(number)
    ask = course.ask_of(course.tasks[task, 1])
    assert ask is not None
    assert ask.mail is not None
    return ask.mail, ask.id


@pytest.fixture
def number(ministry: Ministry) -> str:
    """A case whose first asks have been mailed."""
    started = ministry.start()
    ministry.run()
    ministry.passes(minutes=1)
    return started
