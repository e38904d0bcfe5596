"""Log lines: JSON, one per thing that happened, in past tense, with ids and codes only (RELIABILITY section 8).

Redaction is by allow-list: a field that is not named here, or whose value does not look like an id, a code or a number,
does not reach the log. What libraries say is kept as logger, level and code location; their words may hold values and
are dropped, and so is the text of every exception.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

import structlog

ALLOWED: Final = frozenset(
    re.findall(
        "[a-z_]+",
        """
        account action activity address_hash agency applied applied_rows ask asks at attempt attempts backlog bytes
        case cases channel code codes count desk desks due_at duration_ms effect entries error event exit_code
        faults fields generation group handover head held hold in_flight kind lag_s late_s lease_s leg level line
        link logger mail mail_id mails method ms n next_at offset_s outcome part phase pid port procedure process
        queue reason_code receipt reference request_id result retry_s revision role route row rows run_id schema
        seconds signal since smtp_code source state status steps subject task task_queue tasks template timestamp to
        tries uptime_s version wait_s where why workflow workflow_id workflows
        """,
    )
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:+/{}<>#,\[\]()-]{0,160}")
_LONG_NUMBER: Final = re.compile(
    r"[0-9]{9,}"
)  # a NIK has 16 digits, a passport 7 after its letters, a telephone 10 to 13
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{1,60}")
_DROPPED: Final = "[dropped]"
_LONG: Final = frozenset({"timestamp", "due_at", "next_at", "since", "to", "request_id", "reference", "run_id"})
"""Fields that we make ourselves and that may have long runs of digits: times, random ids."""


def _told(key: str, value: Any) -> Any:
    """The value as it may be written: numbers, ids, codes, code locations and short lists of them."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < 1e12 else _DROPPED
    if isinstance(value, str):
        rest = _UUID.sub("", value)
        plain = _PLAIN.fullmatch(value) is not None
        return value if plain and (key in _LONG or not _LONG_NUMBER.search(rest)) else _DROPPED
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_told(key, item) for item in items][:50]
    return _DROPPED


def redact(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: keep allowed fields with harmless values, count the others."""
    event = line.get("event")
    kept: dict[str, Any] = {"event": event if isinstance(event, str) and _EVENT.fullmatch(event) else "event_unnamed"}
    dropped = 0
    for key, value in line.items():
        if key == "event":
            continue
        if key in ALLOWED:
            kept[key] = _told(key, value)
        else:
            dropped += 1
    if dropped:
        kept["fields_dropped"] = dropped
    return kept


def told_exceptions(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: an exception becomes its type, our own code and the place in the code, never its text."""
    given = line.pop("exc_info", None)
    fault = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(fault, BaseException):
        line.update(facts_of(fault))
    return line


def facts_of(fault: BaseException) -> dict[str, Any]:
    """Type, own code and innermost code locations of an exception."""
    frames = traceback.extract_tb(fault.__traceback__)[-4:]
    facts: dict[str, Any] = {
        "error": type(fault).__name__,
        "where": [f"{_short(frame.filename)}:{frame.lineno}" for frame in reversed(frames)],
    }
    code = getattr(fault, "code", None)
    if isinstance(code, str | int):
        facts["code"] = code
    return facts


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-2:])


class _LibraryLines(logging.Handler):
    """Lines of libraries: where and how serious, without their words."""

    def emit(self, record: logging.LogRecord) -> None:
        facts: dict[str, Any] = {"where": f"{_short(record.pathname)}:{record.lineno}"}
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None:
            facts = facts_of(fault) | {"line": facts["where"]}
        structlog.get_logger().log(record.levelno, "library_spoke", logger=record.name, **facts)


def set_up(process: str, out: TextIO | None = None) -> None:
    """Logging of one process: JSON lines on *out* (standard output when left out), fields bound: process."""
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            told_exceptions,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(out or sys.stdout),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(process=process)
    logging.basicConfig(handlers=[_LibraryLines()], level=logging.WARNING, force=True)
    logging.raiseExceptions = False
    sys.excepthook = _crashed


def crashed(fault: BaseException) -> None:
    """The last line of a process that ends by an exception nobody expected."""
    structlog.get_logger().error("process_crashed", **facts_of(fault))


def _crashed(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    crashed(fault.with_traceback(trace))


def allowed(fields: Iterable[str]) -> bool:
    """Whether all *fields* may stand in a log line; for the test that reads our own log calls."""
    return set(fields) <= ALLOWED
