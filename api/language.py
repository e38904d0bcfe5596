"""Which language a reader gets: `?lang=` (kept in a cookie), else the cookie, else Accept-Language, else Indonesian."""

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

LANGUAGES: Final = ("id", "en")
COOKIE: Final = "pulang_lang"
_LONGEST_HEADER = 200  # a browser sends under 100 characters; more is nonsense and falls back to Indonesian


def asked_language(connection: HTTPConnection) -> str | None:
    """The language that the address itself asks for (`?lang=en`), or None."""
    wanted = connection.query_params.get("lang")
    return wanted if wanted in LANGUAGES else None


def language_of(connection: HTTPConnection) -> str:
    """ "id" or "en"; never fails, whatever the headers say (B42)."""
    asked = asked_language(connection)
    if asked is not None:
        return asked
    kept = connection.cookies.get(COOKIE)
    return kept if kept in LANGUAGES else preferred(connection.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """First choice of an Accept-Language header among our languages; Indonesian when it names none or is nonsense."""
    if len(header) > _LONGEST_HEADER:
        return "id"
    best, best_weight = "id", 0.0
    for part in header.split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, number = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(number)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def cookie_for(language: str, *, secure: bool) -> str:
    """The Set-Cookie value that keeps *language* for a year."""
    return f"{COOKIE}={language}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")


async def _language(connection: HTTPConnection) -> str:
    return language_of(connection)


LanguageDep = Annotated[str, Depends(_language)]
