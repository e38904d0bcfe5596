"""Sees to it that there is a Chromium for the page tests, and prints its path: `python .ci/browser.py`.

An installed Chromium or Chrome is used as it is. Otherwise the distribution's package is installed when we are root,
else playwright's own build is fetched into the user's cache. Run it with the Python of `.venv`.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def say(indonesian: str, english: str) -> None:
    print(f"{indonesian} / {english}", file=sys.stderr, flush=True)


def found() -> str | None:
    """Path of an installed browser, playwright's own included."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None


def run(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


def install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Memasang chromium dari distribusi ...", "Installing the distribution's chromium ...")
        arguments = ("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium")
        if run(*arguments) or (run("apt-get", "update", "-q") and run(*arguments)):
            return
    say("Mengambil chromium dari playwright ...", "Fetching playwright's own chromium ...")
    run(sys.executable, "-m", "playwright", "install", "chromium")


def main() -> int:
    path = found()
    if path is None:
        install()
        path = found()
    if path is None:
        say(
            "Tidak ada Chromium dan tidak dapat dipasang. Sebagai root: apt-get install chromium",
            "There is no Chromium and none could be installed. As root: apt-get install chromium",
        )
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
