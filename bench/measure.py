"""What a process used, medians, and the one JSON line with its dated file."""

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_TICK = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used so far, children that ended and were waited for included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / _TICK


def peak_mb(pid: int) -> float:
    """Largest resident memory so far, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def cpu_of(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: cpu_s(pid) for name, pid in pids.items()}


def used(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {name: round(after[name] - value, 2) for name, value in before.items()}


def median(values: Sequence[float], digits: int = 2) -> float:
    return round(statistics.median(values), digits)


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """The *share* percentile (0 to 1) of durations, in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2)


def machine() -> dict[str, Any]:
    """Where this was measured; load: of the last minute, since a shared machine slows both sides."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2)}


def report(name: str, result: Mapping[str, Any], *, keep: bool) -> None:
    """Prints the line; *keep*: also as a dated file of results/."""
    now = datetime.now(UTC)
    whole = {"bench": name, "at": now.isoformat(timespec="seconds"), "machine": machine(), **result}
    print(json.dumps(whole))
    if keep:
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{now:%Y-%m-%d-%H%M}-{name}.json"
        file.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
