"""The JSON API, versioned: `/api/v1` of CONTRACT. `router` holds every call."""

from fastapi import APIRouter

from api.v1 import agencies, answers, asks, cases, clock, journeys, manifests, tasks

router = APIRouter(prefix="/api/v1")
for _each in (
    cases.router,
    tasks.router,
    journeys.router,
    manifests.router,
    asks.router,
    answers.router,
    agencies.router,
    clock.router,
):
    router.include_router(_each)
