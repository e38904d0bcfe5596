"""Who sees what, by roles alone."""

import pytest

from domain.roles import Actor


def an_actor(*roles: str, kind: str = "account") -> Actor:
    return Actor(kind, "id-1", roles=roles)


@pytest.mark.parametrize(
    ("roles", "masked"),
    [
        (("auditor",), True),
        (("auditor", "pendamping"), True),
        (("auditor", "pekerja_sosial"), True),
        (("auditor", "koordinator"), False),
        (("pendamping",), False),
        (("kepala_sentra",), False),
        (("operator",), True),
    ],
)
@pytest.mark.proves("I18")
def test_an_auditor_sees_people_masked_whatever_own_cases_come_with_another_role(
    roles: tuple[str, ...], masked: bool
) -> None:
    assert an_actor(*roles).sees_masked is masked


def test_a_link_and_the_system_are_no_readers_of_cases() -> None:
    assert not an_actor(kind="link").sees_masked
    assert not an_actor(kind="system").sees_masked
