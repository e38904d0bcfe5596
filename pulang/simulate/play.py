"""The play: offices and staff take turns; when nobody can do anything, the demonstration's clock goes on."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pulang.simulate.caller import Away, Caller
from pulang.simulate.offices import Offices
from pulang.simulate.staff import Staff

SETTLES_WITHIN_S = 60.0
AWAY_WITHIN_S = 60.0
LOOK_S = 0.05
MOST_ACTS = 8  # for one case in one turn, so that every case has its turn
LONGEST_IDLE = timedelta(days=120)
"""Application time without an act of the staff after which whoever is left waits for somebody who is not played."""


@dataclass
class Play:
    """One run. pace_s: real seconds between turns. say: told of every act, by number and code, never by name."""

    caller: Caller
    offices: Offices
    staff: Staff | None
    moves_clock: bool
    pace_s: float
    say: Callable[[str], None]
    is_over: Callable[[], bool]
    _idle_since: datetime | None = None

    def run(self) -> int:
        """Until every case has ended, nobody here can go on with any, or it is told to stop. Returns the acts done.

        Raises Away when the house is gone for longer than a minute.
        """
        acts, lost_since = 0, None
        while not self.is_over():
            try:
                did = self._turn()
                lost_since = None
            except Away:
                lost_since = lost_since or time.monotonic()
                if time.monotonic() - lost_since > AWAY_WITHIN_S:
                    raise
                time.sleep(1.0)
                continue
            if did is None:
                return acts
            acts += did
            time.sleep(self.pace_s if did else LOOK_S)
        return acts

    def _turn(self) -> int | None:
        """Number of acts of one turn; None when there is nothing left to wait for."""
        clock = self._settled()
        now = datetime.fromisoformat(clock["now"])
        answered = [f"surel / mail: {what}" for what in self.offices.turn(now)]
        done: list[str] = []
        numbers = self.staff.open_cases() if self.staff else []
        if self.staff:
            for number in numbers:
                done += [f"{number}: {what}" for what in self._acts_of(self.staff, number, now)]
        for line in (*answered, *done):
            self.say(line)
        # Offices alone may go on for ever: what they said grows old and is asked anew.
        self._idle_since = None if done else self._idle_since or now
        if self._idle_since is not None and now - self._idle_since > LONGEST_IDLE:
            return None
        if answered or done:
            return len(answered) + len(done)
        if self.staff and not numbers:
            return None
        if self.moves_clock:
            self._go_on(now, clock["next_due_at"])
        return 0

    def _acts_of(self, staff: Staff, number: str, now: datetime) -> Iterator[str]:
        """What people do for a case in one turn, one act after another."""
        for _ in range(MOST_ACTS):
            what = None if self.is_over() else staff.step(number, now)
            if what is None:
                return
            yield what

    def _settled(self) -> dict[str, str]:
        deadline = time.monotonic() + SETTLES_WITHIN_S
        while True:
            clock: dict[str, str] = self.caller.get("/demo/clock")
            if clock["settled"] or time.monotonic() > deadline or self.is_over():
                return clock
            time.sleep(LOOK_S)

    def _go_on(self, now: datetime, next_due_at: str | None) -> None:
        """To the next moment at which anything is due, or a letter that lay about is taken up."""
        moments = [datetime.fromisoformat(next_due_at)] if next_due_at else []
        if self.offices.wakes_at is not None:
            moments.append(self.offices.wakes_at)
        coming = [moment for moment in moments if moment > now]
        body = {"to": min(coming).isoformat()} if coming else {"advance": "PT1S"}
        self.caller.post("/demo/clock", body)
