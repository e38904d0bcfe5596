"""Puts the pinned parts into `.venv`: `python3 .ci/install.py run` or `python3 .ci/install.py test`.

Standard library only: it runs with the system's Python, before anything is installed. Every part must match its hash in
the lock file. A stamp in `.venv` holds a hash of what was installed, so a second call does nothing.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements-run.lock", "test": "requirements.lock"}
PACKAGES = ("pulang", "api", "activities", "templates", "workflows", "store", "domain")


def say(indonesian: str, english: str) -> None:
    print(f"{indonesian} / {english}", flush=True)


def main() -> int:
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in LOCKS:
        print(__doc__)
        return 2
    if sys.version_info < (3, 11):
        say(
            f"Perlu Python 3.11 atau lebih baru, ini {sys.version.split()[0]}; coba: make PYTHON=python3.12 ...",
            f"Python 3.11 or later is needed, this is {sys.version.split()[0]}; try: make PYTHON=python3.12 ...",
        )
        return 78
    stamp = VENV / f"installed-{purpose}"
    mark = fingerprint(purpose)
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == mark:
        return 0
    return install(purpose, stamp, mark)


def fingerprint(purpose: str) -> str:
    """Hash of the lock file, of pyproject.toml and of the place of this checkout (its path stands in the scripts)."""
    parts = [(ROOT / name).read_bytes() for name in (LOCKS[purpose], "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def install(purpose: str, stamp: Path, mark: str) -> int:
    if not PYTHON.exists():
        say("Membuat lingkungan Python .venv ...", "Making the Python environment .venv ...")
        if call([sys.executable, "-m", "venv", str(VENV)]) != 0:
            say(
                "Modul venv tidak ada. Di Debian sebagai root: apt-get install python3-venv",
                "The module venv is missing. On Debian as root: apt-get install python3-venv",
            )
            return 1
    if call([str(PYTHON), "-m", "pip", "--version"], quiet=True) != 0:
        call([str(PYTHON), "-m", "ensurepip"], quiet=True)
    lock = ROOT / LOCKS[purpose]
    say(f"Memasang bagian dari {lock.name} (1-2 menit) ...", f"Installing the parts of {lock.name} (1-2 minutes) ...")
    code = pip_install("--require-hashes", "--prefer-binary", "-r", str(lock), shown=True)
    if code == 0:
        code = pip_install("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    if code != 0:
        say(
            "Pemasangan gagal; sebabnya di atas. Apakah indeks paket Python terjangkau?",
            "The installation failed; the reason stands above. Can the Python package index be reached?",
        )
        return 1
    call([str(PYTHON), "-m", "compileall", "-q", *(str(ROOT / name) for name in PACKAGES)], quiet=True)
    stamp.write_text(mark, encoding="ascii")
    say("Terpasang.", "Installed.")
    return 0


def pip_install(*arguments: str, shown: bool = False) -> int:
    """pip with one short line for every tenth part where *shown*; what it said is shown when it fails."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--progress-bar", "off", *arguments]
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    lines: list[str] = []
    seen = 0
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            if line.startswith("Collecting "):
                seen += 1
                if shown and seen % 10 == 0:
                    print(f"  {seen} ...", flush=True)
            elif shown and line.startswith("Installing collected"):
                print(f"  {seen}, menulis berkas / writing files ...", flush=True)
    if pip.returncode != 0:
        sys.stderr.writelines(lines[-40:])
    return pip.returncode


def call(command: list[str], *, quiet: bool = False) -> int:
    out = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, stdout=out, stderr=out, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
