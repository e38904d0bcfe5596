"""`pulang …` and `python -m pulang …`: the command tree and the one clean way out.

Exit codes: 0 done, 1 found faults, 2 wrong use, 78 wrong configuration. Each command imports what it needs itself, so
that `--help` and the small parts start at once.
"""

import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from pulang import __version__
from pulang.commands import accounts, audit, sheet
from pulang.commands.simulate import simulate
from pulang.processes import begin, leave
from pulang.refusals import WRONG_CONFIGURATION, Refused

app = typer.Typer(
    name="pulang",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Memulangkan dengan selamat / a safe way home. docs/settings.md lists the settings.",
)
app.add_typer(accounts.app, name="accounts")
app.add_typer(audit.app, name="audit")
app.add_typer(sheet.app, name="sheet")
app.command()(simulate)


def _end(code: int) -> None:
    raise typer.Exit(code)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Tampilkan versi / show the version.")] = False,
) -> None:
    """The command tree; with --version only the version."""
    if version:
        typer.echo(f"pulang {__version__}")
        _end(0)


@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Peragaan: data, akun dan jam buatan / made-up data, accounts, clock.")
    ] = False,
) -> None:
    """Jalankan semuanya sampai Ctrl-C / run everything until Ctrl-C."""
    from pulang.processes.dev import up as run
    from pulang.settings import read_settings

    _end(run(read_settings(demo=True) if demo else read_settings()))


@app.command()
def api() -> None:
    """Jalankan halaman dan API saja / run pages and API only."""

    def run() -> int:
        from pulang.processes.api import run_api
        from pulang.settings import read_settings

        return run_api(read_settings())

    _run_part("api", run)


@app.command()
def worker() -> None:
    """Jalankan pekerja Temporal saja / run the Temporal worker only."""

    def run() -> int:
        from pulang.processes.serve import run_worker_process
        from pulang.settings import read_settings

        return run_worker_process(read_settings())

    _run_part("worker", run)


@app.command()
def relay() -> None:
    """Jalankan penerus kabar ke Temporal saja / run the relay to Temporal only."""

    def run() -> int:
        from pulang.processes.serve import run_relay_process
        from pulang.settings import read_settings

        return run_relay_process(read_settings())

    _run_part("relay", run)


@app.command(hidden=True)
def postbox() -> None:
    """Jalankan kotak surel bawaan saja / run the built-in postbox only."""

    def run() -> int:
        from pulang.processes.postbox import run_postbox
        from pulang.settings import read_settings

        return run_postbox(read_settings())

    _run_part("postbox", run)


@app.command()
def doctor() -> None:
    """Periksa pemasangan ini dan sebutkan obatnya / check this installation and name the remedies."""
    from pulang.commands.doctor import examine
    from pulang.settings import read_settings_of_house

    _end(examine(read_settings_of_house()))


@app.command()
def migrate() -> None:
    """Siapkan atau perbarui basis data / prepare the database or bring it up to date."""
    from pulang.commands.database import migrate as run
    from pulang.settings import read_settings

    _end(run(read_settings()))


@app.command()
def histories(
    target: Annotated[str, typer.Argument(help="Folder tujuan / where to write.")] = "tests/histories",
) -> None:
    """Rekam riwayat alur kerja untuk uji putar ulang / record workflow histories for the replay tests."""
    from pulang.commands.histories import record

    _end(record(target))


def _run_part(name: str, run: Callable[[], int]) -> None:
    from pulang import telemetry

    telemetry.set_up(name)
    _end(run())


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    begin()
    code = 1
    try:
        app(args=arguments, prog_name="pulang", standalone_mode=True)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        code = WRONG_CONFIGURATION
    except KeyboardInterrupt:
        code = 130
    except BaseException as fault:
        from pulang import telemetry

        telemetry.set_up("pulang", sys.stderr)
        telemetry.crashed(fault)
    leave(code)


if __name__ == "__main__":
    main()
