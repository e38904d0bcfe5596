"""`pulang sheet check`: how a sheet of people would be judged. Nothing is stored, and nobody's data is printed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from domain.errors import DomainError

app = typer.Typer(no_args_is_help=True, help="Daftar orang / sheets of people.", rich_markup_mode=None)


@app.callback()
def sheet() -> None:
    """Daftar orang / sheets of people."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Berkas .csv atau .xlsx / the file.", exists=True, dir_okay=False)],
    arrival: Annotated[
        datetime, typer.Option("--arrival", formats=["%Y-%m-%d"], help="Hari tiba / day of arrival, YYYY-MM-DD.")
    ],
    language: Annotated[Literal["id", "en"], typer.Option("--lang", help="Bahasa / language.")] = "id",
    demo: Annotated[
        bool, typer.Option("--demo", help="Terima NIK peragaan / take the NIKs of invented people.")
    ] = False,
) -> None:
    """Periksa daftar orang; hasil 1 bila ada yang ditolak / check a sheet; exit 1 when something is refused."""
    from api.sheetfile import read_sheet
    from domain.sheets.judge import judge
    from domain.sheets.records import MOST_BYTES, Status
    from templates.words_sheets import sheet_report

    with file.open("rb") as source:
        content = source.read(MOST_BYTES + 1)
    try:
        judgement = judge(read_sheet(content), arrival.date(), demonstration=demo)
    except DomainError as fault:
        typer.echo(_refusal(fault, language), err=True)
        raise typer.Exit(1) from None
    for line in sheet_report(judgement, language):
        typer.echo(line)
    raise typer.Exit(int(judgement.counts[Status.REFUSED] > 0))


def _refusal(fault: DomainError, language: str) -> str:
    from templates.words import error_words, name_of

    facts = dict(fault.facts)
    if isinstance(facts.get("column"), str):
        facts["column"] = name_of(facts["column"], language, "sheet_column")
    words = error_words(fault.code, facts, language, facts.get("field") or facts.get("problem", ""))
    return f"{words.title}. {words.body} {words.remedy}"
