"""The pages behind an office's link. `router` holds them all."""

from fastapi import APIRouter

router = APIRouter()
