"""The pages behind an office's link. `router` holds them all."""

from fastapi import APIRouter

from api.link import answers, page

router = APIRouter()
router.include_router(answers.router)
router.include_router(page.router)
