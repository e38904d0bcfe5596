"""`pulang accounts`: who may sign in. Secrets are printed once, when they are made, and kept only as hashes."""

import base64
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from domain.errors import DomainError
from domain.roles import Scope

if TYPE_CHECKING:
    from store.unit import Unit, Units

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Akun pengguna / user accounts.", rich_markup_mode=None)

_FAULTS = {
    "LOGIN_TAKEN": ("Nama masuk itu sudah dipakai.", "That login is taken."),
    "ROLE_UNKNOWN": ("Peran tidak dikenal.", "The role is not known."),
    "NO_SUCH_ACCOUNT": ("Akun itu tidak ada.", "There is no such account."),
    "AGENCY_UNKNOWN": ("Instansi itu tidak ada di daftar.", "That agency is not in the register."),
    "STORE_UNAVAILABLE": ("Basis data tidak dapat dibuka.", "The database cannot be opened."),
}


@app.command("list")
def list_accounts() -> None:
    """Daftar akun yang aktif / the active accounts."""
    from store import accounts

    for actor in _with_units(lambda units: units.read_sync(accounts.list_actors)):
        typer.echo(f"{actor.login:<20} {','.join(actor.roles):<28} {actor.agency or '-':<18} {actor.name}")


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="Nama untuk masuk / login.")],
    name: Annotated[str, typer.Option("--name", help="Nama orang / the person's name.")],
    role: Annotated[list[str], typer.Option("--role", help="Peran; boleh berulang / role; may be repeated.")],
    staff_number: Annotated[
        str, typer.Option("--staff-number", help="Nomor pegawai; satu orang satu nomor / one person, one number.")
    ],
    agency: Annotated[str | None, typer.Option("--agency", help="Kode instansi / agency code.")] = None,
    phone: Annotated[str, typer.Option("--phone", help="Telepon kantor / office telephone.")] = "",
) -> None:
    """Buat akun; sandinya dicetak sekali saja / make an account; its password is printed once."""
    from domain.roles import SYSTEM
    from store import accounts, agencies
    from store.unit import Unit

    password = new_password()

    def make(unit: Unit) -> str:
        if agency is not None:
            agencies.desk_state(unit, agency)
        return accounts.make_account(
            unit,
            login=login,
            name=name,
            roles=role,
            agency=agency,
            phone=phone,
            password=password,
            staff_number=staff_number,
        )

    _with_units(lambda units: units.write_sync(SYSTEM, make))
    typer.echo(f"{login.strip().lower()}\n{password}")
    typer.echo("Sandi ini tidak dapat ditampilkan lagi. / This password cannot be shown again.", err=True)


@app.command()
def token(
    login: Annotated[str, typer.Argument(help="Nama untuk masuk / login.")],
    scope: Annotated[
        Scope,
        typer.Option("--scope", help="api: semua yang boleh / all that it may; read: melihat saja / looking only."),
    ] = Scope.API,
) -> None:
    """Buat token API untuk satu akun; dicetak sekali saja / make an API token; it is printed once."""
    from store import accounts

    typer.echo(_on_account(login, lambda unit, account: accounts.make_token(unit, account, scope)))


@app.command()
def close(login: Annotated[str, typer.Argument(help="Nama untuk masuk / login.")]) -> None:
    """Tutup akun; sesi dan tokennya langsung berakhir / close an account; its sessions and tokens end at once."""
    from store import accounts

    _on_account(login, accounts.close_account)
    typer.echo("Akun ditutup. / The account is closed.")


@app.command()
def reopen(login: Annotated[str, typer.Argument(help="Nama untuk masuk / login.")]) -> None:
    """Buka kembali akun yang ditutup / open a closed account again."""
    from store import accounts

    _on_account(login, accounts.reopen_account)
    typer.echo("Akun dibuka kembali. / The account is open again.")


@app.command()
def revoke(login: Annotated[str, typer.Argument(help="Nama untuk masuk / login.")]) -> None:
    """Akhiri semua sesi dan token satu akun / end every session and token of one account."""
    from store import accounts

    ended = _on_account(login, accounts.revoke)
    typer.echo(f"Semua sesi dan {ended} token berakhir. / All sessions and {ended} tokens are ended.")


def _on_account(login: str, act: "Callable[[Unit, str], T]") -> T:
    """Do *act* to the account with that login, open or closed."""
    from domain.errors import NotFound
    from domain.roles import SYSTEM
    from store import accounts

    def done(unit: "Unit") -> T:
        account = accounts.find_by_login(unit, login)
        if account is None:
            raise NotFound("NO_SUCH_ACCOUNT")
        return act(unit, account.actor.id)

    return _with_units(lambda units: units.write_sync(SYSTEM, done))


def new_password() -> str:
    """Sixteen letters and digits in groups of four, 80 bits."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _with_units(act: "Callable[[Units], T]") -> T:
    """Run *act* on the checked units; a refusal of the store is said in words and ends with exit code 1."""
    from pulang.settings import read_settings_of_house
    from pulang.wiring import build_checked_units

    units = build_checked_units(read_settings_of_house())
    try:
        return act(units)
    except DomainError as fault:
        indonesian, english = _FAULTS.get(fault.code, (f"Ditolak ({fault.code}).", f"Refused ({fault.code})."))
        typer.echo(f"{indonesian} / {english}", err=True)
        raise typer.Exit(1) from None
    finally:
        units.database.close_sync()
