"""Where the system touches the world. `ALL` makes the list that the worker registers."""

from collections.abc import Callable
from typing import Any

from activities.advance import AdvanceActivities, pass_by
from activities.mail import MailActivities
from activities.smtp import Smtp
from store.desks import Composer
from store.unit import Units


def ALL(
    units: Units, smtp: Smtp, composer: Composer, crash_point: Callable[[str], None] = pass_by
) -> list[Callable[..., Any]]:
    """Every activity with its tools in hand. crash_point is called with the name of each crash point (fault tests)."""
    rows, mail = AdvanceActivities(units, composer, crash_point), MailActivities(units, smtp, crash_point)
    return [rows.advance, rows.advance_again, mail.deliver_mail]
