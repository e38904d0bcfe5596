"""`pulang simulate`: offices and staff of a running demonstration are played, over the real links and the real API."""

import json
import random
import signal
import time
from datetime import timedelta
from typing import Annotated

import typer

Share = Annotated[float, typer.Option(min=0.0, max=1.0, help="Bagian dari surel, 0-1 / share of the mails, 0-1.")]
_NO_DEMO = (
    "Tidak ada peragaan di sini: jalankan lebih dulu `pulang up --demo`.",
    "No demonstration is here: start `pulang up --demo` first.",
)
_AWAY = ("Rumah itu tidak menjawab.", "The house does not answer.")


def simulate(
    pace: Annotated[float, typer.Option(min=0.0, max=60.0, help="Jeda nyata, detik / real pause, seconds.")] = 0.5,
    refuse: Share = 0.0,
    more_time: Share = 0.0,
    silent: Share = 0.0,
    lies_for: Annotated[int, typer.Option(min=1, max=30, help="Lama surel dibiarkan, hari / days a mail lies.")] = 2,
    staff: Annotated[bool, typer.Option("--staff/--no-staff", help="Mainkan petugas / play staff too.")] = True,
    clock: Annotated[bool, typer.Option("--clock/--no-clock", help="Majukan jam / move the clock.")] = True,
    lasts: Annotated[float, typer.Option("--for", min=0.0, help="Paling lama, detik nyata; 0 = sampai usai.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Undian yang sama setiap kali / the same draw each time.")] = 1,
) -> None:
    """Mainkan kantor dan petugas peragaan sampai semua kasus usai / play offices and staff until every case has ended.

    Tidak memakai pintu belakang: surel dibuka, tautan dijawab, petugas memakai API. Hasil 1 bila rumah tidak menjawab.
    / It uses no back door. Exit 1 when the house does not answer, 2 when there is no demonstration.
    """
    from domain.rulebook import Rulebook
    from pulang import wiring
    from pulang.settings import read_settings_of_house
    from pulang.simulate.caller import Away, Caller
    from pulang.simulate.offices import Offices, Temper
    from pulang.simulate.play import Play
    from pulang.simulate.staff import Staff

    settings = read_settings_of_house()
    listed = settings.home / "demo-accounts.json"
    if not listed.exists():
        _end(_NO_DEMO, 2)
    caller = Caller(settings.http_port, json.loads(listed.read_text(encoding="utf-8")))
    chance = random.Random(seed)  # noqa: S311  (temper of made-up offices)
    temper = Temper(refuse, more_time, silent, timedelta(days=lies_for))
    rules: Rulebook = wiring.read_rulebook(settings)
    offices = Offices(settings.home / "postbox", caller, temper, chance)
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: told.append(got))
    ends_at = time.monotonic() + lasts if lasts else float("inf")
    play = Play(
        caller=caller,
        offices=offices,
        staff=Staff(caller, rules) if staff else None,
        moves_clock=clock,
        pace_s=pace,
        say=typer.echo,
        is_over=lambda: bool(told) or time.monotonic() > ends_at,
    )
    try:
        acts = play.run()
    except Away:
        _end(_AWAY, 1)
    typer.echo(f"{acts} tindakan. / {acts} acts.")


def _end(said: tuple[str, str], code: int) -> None:
    for text in said:
        typer.echo(text, err=True)
    raise typer.Exit(code)
