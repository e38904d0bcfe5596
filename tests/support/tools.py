"""Programs that come with the test packages, beside this Python."""

import shutil
import sys
from pathlib import Path


def tool(name: str) -> str:
    """Path of the program; fails when the test packages are not those of the lock file."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is not installed; run: python3 .ci/install.py test"
    return found
