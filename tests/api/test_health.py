"""Health as monitors see it."""

import pytest

from domain.errors import Unavailable
from tests.support.client import Site


async def test_the_process_says_that_it_lives(site: Site) -> None:
    answer = await site.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_readiness_needs_the_database_and_only_reports_the_rest(site: Site) -> None:
    ready = await site.client.get("/readyz")
    assert ready.status_code == 200
    told = ready.json()
    assert told["database"] == {"ok": True}
    assert told["temporal"] == {"reachable": True}
    assert told["relay"] == {"backlog": 0, "lag_s": 0.0, "seen_at": None}
    assert told["mail"] == {"queued": 0, "uncertain": 0, "refused": 0, "oldest_s": 0.0}

    site.conductor.reachable = False
    ready = await site.client.get("/readyz")
    assert (ready.status_code, ready.json()["temporal"]) == (200, {"reachable": False})


async def test_a_database_that_is_away_means_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Unavailable("STORE_UNAVAILABLE")

    monkeypatch.setattr("api.health.standing", away)
    answer = await site.client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")


@pytest.mark.proves("S59")
async def test_metrics_are_for_this_machine_only(site: Site) -> None:
    await site.client.get("/masuk")
    text = (await site.client.get("/metrics")).text
    assert 'pulang_requests_total{method="GET",route="/masuk",status="200"}' in text
    assert 'pulang_mails{state="PENDING"} 0.0' in text
    assert "pulang_relay_lag_seconds 0.0" in text

    forwarded = await site.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert forwarded.status_code == 404


async def test_the_api_is_described(site: Site) -> None:
    document = (await site.client.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert "/api/v1/cases/{number}/holds" in document["paths"]
    assert "/masuk" not in document["paths"]
    body = document["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/OpenBody"}
    assert document["components"]["schemas"]["OpenBody"]["additionalProperties"] is False
    assert "PersonBody" in document["components"]["schemas"]
