"""The one JSON reader of the API: strict, bounded, and it never repeats a value (B29-B33).

Unreadable or ambiguous text is 400 BODY_BAD, too much of it 413, a wrong field 422 with field names only.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import Invalid, TooLarge, Unparsable, Unsupported

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_ITEMS = 1000
_MAX_INTEGER = 2**63 - 1
# A text, closed or not, or a bracket outside one. Possessive, so that a text without an end costs no second look.
_PIECES = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class Body(BaseModel):
    """Base of every request body: unknown fields refused, no conversion of types, unchangeable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


B = TypeVar("B", bound=Body)


def _bad(reason: str) -> NoReturn:
    raise Unparsable("BODY_BAD", reason=reason)


async def read_json(request: Request) -> dict[str, Any]:
    """The body of *request* as an object.

    Raises Unsupported for another content type, Unparsable("BODY_BAD"), TooLarge("BODY_TOO_LARGE"),
    Invalid("FIELD_CHAR" | "FIELD_TYPE").
    """
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise Unsupported("TYPE_UNSUPPORTED", accepted="application/json")
    return parse(await request.body())


def parse(raw: bytes) -> dict[str, Any]:
    """One JSON object from *raw*, checked; see `read_json` for the errors."""
    if len(raw) > MAX_BYTES:
        raise TooLarge("BODY_TOO_LARGE", limit_bytes=MAX_BYTES)
    if raw.startswith(b"\xef\xbb\xbf"):
        _bad("byte_order_mark")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        _bad("not_utf8")
    _refuse_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except ValueError:
        _bad("not_json")
    for name, text_value in _texts(value, ""):
        if "\0" in text_value or any("\ud800" <= character <= "\udfff" for character in text_value):
            raise Invalid("FIELD_CHAR", field=name)
    if not isinstance(value, dict):
        raise Invalid("FIELD_TYPE", field="")
    return value


def into(model: type[B], value: dict[str, Any]) -> B:
    """*value* as *model*, or Invalid with every fault: code of the gravest, `faults` [{field, code}]."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = [
            _fault(detail["type"], detail["loc"]) for detail in error.errors(include_url=False, include_input=False)
        ]
    raise invalid(faults) from None


def invalid(faults: list[tuple[str, str]]) -> Invalid:
    """One error for several (field, code) faults; an unknown field comes first, then a wrong type."""
    order = {"FIELD_UNKNOWN": 0, "FIELD_TYPE": 1}
    field, code = min(faults, key=lambda fault: order.get(fault[1], 2))
    return Invalid(code, field=field, faults=[{"field": name, "code": each} for name, each in faults])


def _fault(kind: str, place: tuple[int | str, ...]) -> tuple[str, str]:
    """(field, code) of one pydantic fault. An unknown field is named only when it looks like a field name."""
    if kind == "extra_forbidden":
        code = "FIELD_UNKNOWN"
    elif kind == "missing":
        code = "FIELD_MISSING"
    elif kind.isupper():
        code = kind  # our own validators name their code
    elif kind.endswith(("_type", "_instance_of", "_attributes_type")) or kind in ("is_instance_of", "none_required"):
        code = "FIELD_TYPE"
    else:
        code = "FIELD_INVALID"
    return _path(place), code


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join(str(step) if isinstance(step, int) or _PLAIN_NAME.fullmatch(step) else "?" for step in place)


def _refuse_depth(text: str) -> None:
    depth = 0
    for found in _PIECES.finditer(text):
        piece = found[0]
        if piece[0] != '"':
            depth += 1 if piece in "[{" else -1
        if depth > MAX_DEPTH:
            _bad("too_deep")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        _bad("key_repeated")
    return made


def _constant(_: str) -> NoReturn:
    _bad("not_a_number")


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _bad("number_too_large")
    return number


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > _MAX_INTEGER:
        _bad("number_too_large")
    return int(digits)


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Every string in *value* with the name of its field, keys included; refuses containers of more than MAX_ITEMS."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict | list):
        if len(value) > MAX_ITEMS:
            raise TooLarge("BODY_TOO_LARGE", limit_items=MAX_ITEMS)
        items = value.items() if isinstance(value, dict) else ((str(index), each) for index, each in enumerate(value))
        for key, each in items:
            inner = f"{name}.{key if key.isdigit() or _PLAIN_NAME.fullmatch(key) else '?'}".lstrip(".")
            yield inner, key
            yield from _texts(each, inner)
