"""`pulang doctor`: one line for each check, with its remedy, in Indonesian and English. Exit 1 when there is a fault.

It changes nothing and prints no secret and no personal data. Each check is a small function in `CHECKS`.
"""

import http.client
import os
import shutil
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, Protocol

import typer

from domain.errors import DomainError
from domain.rulebook import Rulebook, default_rulebook
from pulang import devserver, wiring
from pulang.processes import PARTS, ground
from pulang.refusals import Refused
from pulang.settings import Settings
from store import house
from store.unit import Units

State = Literal["ok", "warn", "fault"]
LEAST_FREE_BYTES: Final = 256 * 1024 * 1024
_DISK_WARN, _DISK_FULL = 0.85, 0.95  # of the disk used (RELIABILITY section 8)
_WORDS: Final = {"ok": "baik", "warn": "periksa", "fault": "SALAH"}
_ENDS: Final = (
    "Tidak ada yang salah. / Nothing is wrong.",
    "Ada yang harus dibetulkan. / Something must be put right.",
)
_MADE_UP: Final = "(021) 555-"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. Both texts say the remedy where there is one."""

    state: State
    subject: str
    indonesian: str
    english: str

    @property
    def line(self) -> str:
        """The finding as one printed line."""
        return f"[{_WORDS[self.state]:^7}] {self.subject:<12} {self.indonesian} / {self.english}"


@dataclass(slots=True)
class Patient:
    """What the checks look at; `units` stays None when the database or its keys cannot be used."""

    settings: Settings
    is_running: bool
    units: Units | None = None


class Check(Protocol):
    """One look at the patient."""

    __name__: str

    def __call__(self, patient: Patient, /) -> Iterator[Finding]: ...


def examine(settings: Settings) -> int:
    """Print every finding. Returns 0, or 1 when one of them is a fault."""
    patient = Patient(settings, is_running=_is_running(settings.home))
    worst = 0
    for check in CHECKS:
        for finding in _found(check, patient):
            typer.echo(finding.line)
            worst = max(worst, int(finding.state == "fault"))
    if patient.units is not None:
        patient.units.database.close_sync()
    typer.echo(_ENDS[worst])
    return worst


def _found(check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except Refused as refused:
        yield Finding("fault", check.__name__.removeprefix("look_at_"), refused.indonesian, refused.english)
    except DomainError as fault:
        yield Finding(
            "fault", check.__name__.removeprefix("look_at_"), f"gagal ({fault.code})", f"failed ({fault.code})"
        )


def _ok(subject: str, indonesian: str, english: str) -> Finding:
    return Finding("ok", subject, indonesian, english)


def _is_running(home: Path) -> bool:
    """Whether a supervisor holds this home."""
    if not (home / "run" / "lock").exists():
        return False
    try:
        os.close(ground.lock_home(home))
    except Refused:
        return True
    return False


def look_at_settings(patient: Patient) -> Iterator[Finding]:
    """Settings as read, and what of them is still made up."""
    settings = patient.settings
    kind = ("peragaan", "demonstration") if settings.demo else ("kerja sungguhan", "real work")
    yield _ok("settings", f"terbaca, untuk {kind[0]}", f"read, for {kind[1]}")
    if not settings.demo and (settings.desk_phone.startswith(_MADE_UP) or settings.duty_phone.startswith(_MADE_UP)):
        yield Finding(
            "warn",
            "settings",
            "nomor telepon di surel masih contoh; isi PULANG_DESK_PHONE dan PULANG_DUTY_PHONE",
            "the telephone numbers in mails are made up; set PULANG_DESK_PHONE and PULANG_DUTY_PHONE",
        )


def look_at_home(patient: Patient) -> Iterator[Finding]:
    """The folder of everything kept, and who may read it."""
    home = patient.settings.home
    if not home.is_dir():
        yield Finding(
            "fault",
            "home",
            "folder PULANG_HOME belum ada; jalankan: pulang migrate, atau make run",
            "the folder PULANG_HOME does not exist; run: pulang migrate, or make run",
        )
        return
    secret = [home, home / "keys", *(home / "keys").glob("*.key"), *home.glob("*.db")]
    open_to_others = [path.name for path in secret if path.exists() and path.stat().st_mode & 0o077]
    if open_to_others:
        names = ", ".join(open_to_others)
        yield Finding(
            "fault",
            "home",
            f"dapat dibaca pengguna lain: {names}; jalankan chmod go-rwx padanya",
            f"others can read: {names}; run chmod go-rwx on them",
        )
    else:
        yield _ok("home", "hanya untuk pemiliknya", "for its owner alone")


def look_at_disk(patient: Patient) -> Iterator[Finding]:
    """Free space under the home."""
    home = patient.settings.home
    folder = home if home.is_dir() else home.parent
    usage = shutil.disk_usage(folder)
    used, free_mb = usage.used / max(usage.total, 1), usage.free // (1024 * 1024)
    if usage.free < LEAST_FREE_BYTES:
        yield Finding(
            "fault",
            "disk",
            f"tinggal {free_mb} MB; kosongkan ruang di diska PULANG_HOME",
            f"only {free_mb} MB left; free space on the disk of PULANG_HOME",
        )
    elif not _can_write(folder):
        yield Finding(
            "fault",
            "disk",
            "PULANG_HOME tidak dapat ditulisi; periksa ruang, kuota dan hak berkas",
            "PULANG_HOME cannot be written; check space, quota and permissions",
        )
    elif used > _DISK_WARN:
        how = ("hampir penuh", "almost full") if used > _DISK_FULL else ("mulai penuh", "filling up")
        yield Finding(
            "warn", "disk", f"{how[0]}: {used:.0%}, sisa {free_mb} MB", f"{how[1]}: {used:.0%}, {free_mb} MB left"
        )
    else:
        yield _ok("disk", f"sisa {free_mb} MB", f"{free_mb} MB left")


def _can_write(folder: Path) -> bool:
    probe = folder / f".doctor-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * 65536)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def look_at_ports(patient: Patient) -> Iterator[Finding]:
    """Whether the ports are free. Raises Refused with the port and its setting."""
    if patient.is_running:
        yield _ok("ports", "dipakai Pulang yang sedang berjalan", "in use by the Pulang that runs")
        return
    if _is_answered(patient.settings.http_port):  # parts that run one by one, without the supervisor's lock
        yield _ok("ports", "halaman Pulang menjawab", "the pages of a Pulang answer")
        return
    ground.choose_ports(patient.settings)  # raises Refused with the port and its setting
    yield _ok("ports", "bebas", "free")


def _is_answered(port: int) -> bool:
    """Whether the web side of a Pulang listens on this port of ours."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asked.request("GET", "/healthz")
        answer = asked.getresponse()
        return answer.status == 200 and answer.read(64) == b'{"status":"ok"}'
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def look_at_database(patient: Patient) -> Iterator[Finding]:
    """Whether the database opens and has this release's schema."""
    settings = patient.settings
    if settings.database_url is None and not (settings.home / "pulang.db").exists():
        yield Finding(
            "fault",
            "database",
            "belum ada; jalankan: pulang migrate, atau make run",
            "not there yet; run: pulang migrate, or make run",
        )
        return
    units = wiring.build_units(settings)
    wiring.check_schema(units.database)
    yield _ok(
        "database", f"terbuka ({units.database.kind}), skema sesuai", f"open ({units.database.kind}), schema fits"
    )
    wiring.check_house(units)
    patient.units = units
    count = len(house.key_ids(units.vault))
    yield _ok("keys", f"{count} kunci cocok dengan basis data", f"{count} keys fit the database")


def look_at_clock(patient: Patient) -> Iterator[Finding]:
    """Whether the application clock stands where it may."""
    if patient.units is None:
        return
    offset_s = patient.units.read_sync(lambda reading: reading.offset_s)
    if offset_s and not patient.settings.demo:
        yield Finding(
            "fault",
            "clock",
            "jam aplikasi digeser, padahal ini bukan peragaan; pulihkan basis data dari cadangan",
            "the application clock was moved although this is no demonstration; restore the database from a backup",
        )
    else:
        yield _ok("clock", f"digeser {offset_s:.0f} detik", f"moved by {offset_s:.0f} s")


def look_at_calendar(patient: Patient) -> Iterator[Finding]:
    """Years of the near future without a list of holidays."""
    units = patient.units
    today = (units.read_sync(lambda reading: reading.now) if units else wiring.real_now()).date()
    missing = missing_years(default_rulebook(), today)
    if missing:
        years = ", ".join(map(str, missing))
        yield Finding(
            "warn",
            "calendar",
            f"hari libur {years} belum dimuat; batas waktu di tahun itu hanya menghitung Sabtu dan Minggu",
            f"the holidays of {years} are not loaded; limits in that year count Saturdays and Sundays only",
        )
    else:
        yield _ok("calendar", "hari libur lengkap", "holidays are complete")


def missing_years(rules: Rulebook, today: date) -> list[int]:
    """Years whose holidays should be loaded by *today*: this one, and from 1 October the next (PROCESS 10)."""
    needed = [today.year, today.year + 1] if today.month >= 10 else [today.year]
    return [year for year in needed if year not in rules.calendar_days.years]


def look_at_temporal(patient: Patient) -> Iterator[Finding]:
    """Whether the workflow server can be had. Raises Refused when its program is missing."""
    settings = patient.settings
    if settings.has_embedded_temporal:
        devserver.program()  # raises Refused
        if not patient.is_running:
            yield _ok("temporal", "server bawaan, mulai bersama pulang up", "embedded server, starts with pulang up")
            return
    if devserver.listens(settings.temporal, 2.0):
        yield _ok("temporal", "server menjawab", "the server answers")
    else:
        yield Finding(
            "fault",
            "temporal",
            "server tidak menjawab; jawaban tetap disimpan dan menyusul. Periksa server atau PULANG_TEMPORAL_ADDRESS",
            "the server does not answer; answers are kept and follow later. Check it or PULANG_TEMPORAL_ADDRESS",
        )


def look_at_mail(patient: Patient) -> Iterator[Finding]:
    """Whether the mail server answers; nothing is sent."""
    settings = patient.settings
    if settings.has_postbox and not patient.is_running:
        yield _ok("mail", "kotak surel bawaan, mulai bersama pulang up", "built-in postbox, starts with pulang up")
        return
    is_answering = _alive(settings.home, "postbox") if settings.has_postbox else _greets(settings)
    if is_answering:
        yield _ok("mail", "server surel menjawab", "the mail server answers")
    else:
        yield Finding(
            "fault",
            "mail",
            "server surel tidak menjawab atau menolak masuk; surel menunggu. Periksa PULANG_SMTP_URL",
            "the mail server does not answer or refuses the sign-in; mails wait. Check PULANG_SMTP_URL",
        )


def _greets(settings: Settings) -> bool:
    """Whether the mail server greets us, secures the line where asked and lets us sign in. Sends nothing."""
    server = wiring.mail_server(settings)
    context = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(server.host, server.port, timeout=10, context=context)
            if server.tls
            else smtplib.SMTP(server.host, server.port, timeout=10)
        ) as client:
            if server.starttls:
                client.starttls(context=context)
            if server.username:
                client.login(server.username, server.password)
            return client.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def look_at_parts(patient: Patient) -> Iterator[Finding]:
    """Parts that are held or have ended."""
    home = patient.settings.home
    for part in PARTS:
        if (home / "run" / f"{part}.down").exists():
            yield Finding(
                "warn",
                part,
                f"ditahan: hapus run/{part}.down supaya dijalankan lagi",
                f"held: remove run/{part}.down to have it started again",
            )
        elif patient.is_running and not _alive(home, part) and not _is_elsewhere(patient.settings, part):
            yield Finding("fault", part, f"tidak berjalan; lihat logs/{part}.log", f"does not run; see logs/{part}.log")
        elif patient.is_running:
            yield _ok(part, "berjalan", "runs")


def _is_elsewhere(settings: Settings, part: str) -> bool:
    return (part == "temporal" and not settings.has_embedded_temporal) or (
        part == "postbox" and not settings.has_postbox
    )


def _alive(home: Path, part: str) -> bool:
    try:
        os.kill(int((home / "run" / f"{part}.pid").read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return False
    return True


CHECKS: Final[tuple[Check, ...]] = (
    look_at_settings,
    look_at_home,
    look_at_disk,
    look_at_ports,
    look_at_database,
    look_at_clock,
    look_at_calendar,
    look_at_temporal,
    look_at_mail,
    look_at_parts,
)
