"""`pulang audit verify`: is the journal whole? Names the subject and the first row that is missing or changed."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pulang.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Jejak catatan / the audit chain.", rich_markup_mode=None)


@app.callback()
def audit() -> None:
    """Jejak catatan / the audit chain."""


@app.command()
def verify(
    subject: Annotated[
        str | None, typer.Option("--subject", help="Satu pokok saja, misalnya case-… / one subject only.")
    ] = None,
) -> None:
    """Periksa rantai catatan; hasil 1 bila ada yang hilang atau berubah / verify the chain of rows."""
    from pulang.settings import read_settings_of_house

    raise typer.Exit(_verify(read_settings_of_house(), subject))


def _verify(settings: "Settings", subject: str | None) -> int:
    from pulang.wiring import build_checked_units
    from store import journal

    units = build_checked_units(settings)
    breaks = units.read_sync(lambda reading: journal.verify_chain(reading, subject))
    for name, row in breaks:
        typer.echo(f"{name}: baris {row} hilang atau berubah / {name}: row {row} is missing or was changed")
    if not breaks:
        typer.echo("Rantai catatan utuh. / The chain is whole.")
    units.database.close_sync()
    return int(bool(breaks))
