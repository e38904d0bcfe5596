"""`pulang simulate`: a return reaches its end without hands, over the links, the API and the moving clock alone."""

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pulang.simulate.offices import Temper, read_letter
from tests.support.house import House, eventually, start_house
from tests.support.invariants import assert_invariants
from tests.support.outsider import Outsider

SELESAI_WITHIN_S = 150.0
NAME = "Contoh Tanpa Tangan"


def simulate(house: House, *more: str) -> "subprocess.Popen[str]":
    environment = os.environ | house.environment | {"PULANG_HOME": str(house.home)}
    command = [sys.executable, "-m", "pulang", "simulate", "--pace", "0", *more]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_return_reaches_its_end_without_hands_and_nobody_is_named(tmp_path: Path) -> None:
    with start_house(tmp_path) as house, Outsider(house) as outsider:
        case = outsider.start(NAME)
        playing = simulate(house, "--more-time", "0.1", "--silent", "0.1", "--seed", "3")
        try:
            eventually(lambda: outsider.case(case)["status"] == "SELESAI", SELESAI_WITHIN_S, "SELESAI")
            playing.send_signal(signal.SIGINT)
            told, fault = playing.communicate(timeout=30)
        finally:
            playing.kill()
        assert (playing.returncode, fault) == (0, "")
        assert case in told
        assert "mail: more_time" in told
        assert not any(word in told for word in ("Contoh", "/t/", "Kode"))
        outsider.settle()
        assert_invariants(house)


def test_without_a_demonstration_it_says_so_and_does_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pulang", "simulate"]
    done = subprocess.run(command, env=os.environ | {"PULANG_HOME": str(tmp_path)}, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (2, "")
    assert "pulang up --demo" in done.stderr


def test_offices_behave_as_their_shares_say() -> None:
    chance = random.Random(5)  # noqa: S311  (made-up offices)
    temper = Temper(refuse=0.2, more_time=0.1, silent=0.3, lies_for=timedelta(days=1))
    drawn = [temper.choose(chance) for _ in range(4000)]

    for action, share in (("decline", 0.2), ("more_time", 0.1), ("silent", 0.3), ("confirm", 0.4)):
        assert drawn.count(action) / len(drawn) == pytest.approx(share, abs=0.03)


def test_a_mail_without_link_is_no_letter() -> None:
    assert read_letter(b"Subject: Pemberitahuan\r\n\r\nAda tugas baru.\r\n") is None
