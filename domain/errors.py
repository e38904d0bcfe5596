"""The only errors a reader can meet: a stable code and facts that are never personal data.

`code` is the key of its sentence in `templates/words.py` and stands in RELIABILITY section 6 or CONTRACT.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable code. `facts` are ids, codes, numbers, field names: never what a person typed."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Unparsable(DomainError):
    """The request cannot be read at all (400)."""

    status = 400


class NotAllowed(DomainError):
    """This person may not do this (403)."""

    status = 403


class NotFound(DomainError):
    """No such thing, or not for this reader (404)."""

    status = 404


class Conflict(DomainError):
    """The state of the case or ask forbids it now (409)."""

    status = 409


class LinkClosed(DomainError):
    """The link no longer answers (410); the page says whom to call."""

    status = 410


class TooLarge(DomainError):
    """More than the stated limit (413)."""

    status = 413


class Unsupported(DomainError):
    """A kind of body that is not taken (415)."""

    status = 415


class Invalid(DomainError):
    """Understood but not valid (422). `field` names the field; `faults` may hold several (field, code) pairs."""

    status = 422


class TooMany(DomainError):
    """Slow down (429); `retry_after_s` says how long."""

    status = 429


class Unavailable(DomainError):
    """Try again later; what was typed is kept (503)."""

    status = 503
