"""/healthz (the process), /readyz (database required; the rest reported), /metrics (for this machine only).

Counts, codes and times; no case, no person.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.tools import LOOPBACK_NAMES, ToolsDep
from domain.errors import DomainError, NotFound
from store import house, journal, outbox
from store.unit import Reading

router = APIRouter(include_in_schema=False)

REGISTRY = CollectorRegistry()
REQUESTS = Counter("pulang_requests_total", "Answered requests", ("route", "method", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "pulang_request_seconds",
    "Time to answer",
    ("route",),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
RELAY_LAG = Gauge("pulang_relay_lag_seconds", "Age of the oldest news that no conductor took in", registry=REGISTRY)
RELAY_BACKLOG = Gauge("pulang_relay_backlog", "Subjects with news", registry=REGISTRY)
MAILS = Gauge("pulang_mails", "Mails by state", ("state",), registry=REGISTRY)


def standing(reading: Reading) -> dict[str, Any]:
    """What the rows say of relay and mail. Ages in seconds: relay by the wall clock, mail by application time."""
    behind, oldest = journal.backlog(reading)
    oldest_mail = outbox.oldest_waiting(reading)
    states = outbox.count_by_state(reading)
    return {
        "relay": {
            "backlog": behind,
            "lag_s": _age_s(oldest, reading.real_now),
            "seen_at": house.find_value(reading, "relay_seen"),
        },
        "mail": {
            "queued": states.get("PENDING", 0) + states.get("SENDING", 0),
            "uncertain": states.get("UNCERTAIN", 0),
            "refused": states.get("REFUSED", 0),
            "oldest_s": _age_s(oldest_mail, reading.now),
        },
    }


def _age_s(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else round(max(0.0, (now - since.astimezone(UTC)).total_seconds()), 1)


@router.get("/healthz")
async def alive() -> Response:
    """Says that this process answers; asks nothing of anybody."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(tools: ToolsDep) -> Response:
    """503 only when the database does not answer: links and pages work while Temporal or the mail server is away."""
    reachable = await tools.conductor.is_reachable()
    try:
        rows = await tools.units.read(standing)
    except DomainError as fault:
        content = {
            "status": "down",
            "database": {"ok": False, "code": fault.code},
            "temporal": {"reachable": reachable},
        }
        return JSONResponse(content, 503)
    return JSONResponse({"status": "ok", "database": {"ok": True}, "temporal": {"reachable": reachable}, **rows})


@router.get("/metrics")
async def metrics(request: Request, tools: ToolsDep) -> Response:
    """Prometheus text, to callers on this machine that come without a proxy."""
    host = request.client.host if request.client else ""
    if host not in LOOPBACK_NAMES or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        raise NotFound("NOT_FOUND")
    rows = await tools.units.read(standing)
    RELAY_LAG.set(rows["relay"]["lag_s"])
    RELAY_BACKLOG.set(rows["relay"]["backlog"])
    states = await tools.units.read(outbox.count_by_state)
    for state, count in states.items():
        MAILS.labels(state).set(count)
    return PlainTextResponse(generate_latest(REGISTRY), media_type="text/plain; version=0.0.4; charset=utf-8")
