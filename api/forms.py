"""Reading a posted form: urlencoded or multipart, each field once, only fields we know (B19, B22, B28).

`read_form` for link pages; `read_page_form` for pages behind the sign-in, which also checks the form token `csrf`.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from domain.errors import Invalid, Unparsable, Unsupported

MAX_FIELDS = 2000
MAX_FIELD_BYTES = 64 * 1024
_UTF8 = ("utf-8", "utf8")
Known = Collection[str] | Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed. `values`: one text per field; `lists`: the fields that may come several times."""

    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field without blanks at its ends; empty when it was not sent."""
        return self.values.get(name, "").strip()

    def raw(self, name: str) -> str:
        """The value as it was typed, blanks kept; "" when it was not sent."""
        return self.values.get(name, "")

    def several(self, name: str) -> tuple[str, ...]:
        """All values of a field that may repeat, in order; none when it was not sent."""
        return self.lists.get(name, ())

    def has(self, name: str) -> bool:
        """Whether the field was sent at all, empty or not."""
        return name in self.values or name in self.lists

    def entries(self, prefix: str) -> dict[str, str]:
        """The bracketed fields of one family: entries("answer") of `answer[A-1]=x` is {"A-1": "x"}."""
        start = f"{prefix}["
        return {name[len(start) : -1]: value for name, value in self.values.items() if _is_entry(name, start)}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in. name: as the sender calls it."""

    content: bytes
    name: str


def _is_entry(name: str, start: str) -> bool:
    return name.startswith(start) and name.endswith("]") and len(name) > len(start) + 1


async def read_form(request: Request, known: Known, multi: Iterable[str] = ()) -> Form:
    """The form in *request*.

    known: the field names taken, or a test for them (for names such as `answer[…]`). multi: those that may be repeated.
    Raises Unsupported("TYPE_UNSUPPORTED"), Unparsable("BODY_BAD" | "FIELD_REPEATED"),
    Invalid("FIELD_UNKNOWN" | "FIELD_CHAR").
    """
    return sort_out(await _pairs(request), known, frozenset(multi))


def sort_out(pairs: list[tuple[str, str]], known: Known, multi: frozenset[str] = frozenset()) -> Form:
    """The rules of `read_form` on pairs already read."""
    knows = known if callable(known) else frozenset(known).__contains__
    values: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name not in multi and not knows(name):
            raise Invalid("FIELD_UNKNOWN", field=name if name.isascii() and name.isidentifier() else "?")
        if "\0" in value:
            raise Invalid("FIELD_CHAR", field=name)
        if name in multi:
            lists[name] = (*lists.get(name, ()), value)
        elif name in values:
            raise Unparsable("FIELD_REPEATED", field=name)
        else:
            values[name] = value
    return Form(values, lists)


async def _pairs(request: Request) -> list[tuple[str, str]]:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    match kind.strip().lower():
        case "application/x-www-form-urlencoded":
            return _urlencoded(await request.body())
        case "multipart/form-data":
            if "boundary=" not in parameters.lower():
                raise Unparsable("BODY_BAD", reason="no_boundary")
            if _names_other_letters(parameters):
                raise Unparsable("BODY_BAD", reason="charset")
            return await _multipart(request)
    raise Unsupported("TYPE_UNSUPPORTED", accepted="application/x-www-form-urlencoded, multipart/form-data")


async def read_upload(request: Request, known: Known, name: str) -> tuple[Form, Upload | None]:
    """The form in *request* and its one file, the field *name*: None when it is not there, empty when none was chosen.

    Raises what `read_form` raises. The size is the guard's matter; nothing is written to a disk.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await read_form(request, known), None
    if not _is_our_multipart(request):
        raise Unparsable("BODY_BAD", reason="not_a_form")
    raw = await request.body()
    parser = _InMemory(request.headers, _once(raw), max_files=1, max_fields=50, max_part_size=MAX_FIELD_BYTES)
    pairs: list[tuple[str, str]] = []
    upload: Upload | None = None
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeError):
        raise Unparsable("BODY_BAD", reason="not_a_form") from None
    try:
        for field_name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                pairs.append((field_name, value))
            elif field_name == name:
                upload = Upload(await value.read(), value.filename or "")
            else:
                raise Unparsable("BODY_BAD", reason="file_not_taken")
    finally:
        await form.close()
    if any(value.encode() not in raw for _, value in pairs):  # not UTF-8: the parser has read it as Latin letters
        raise Unparsable("BODY_BAD", reason="not_a_form")
    return sort_out(pairs, known), upload


def _is_our_multipart(request: Request) -> bool:
    parameters = request.headers["content-type"].partition(";")[2]
    return "boundary=" in parameters.lower() and not _names_other_letters(parameters)


class _InMemory(MultiPartParser):
    """What people hand in is not laid down in a temporary file."""

    spool_max_size = 0  # no limit before it goes to a disk: the guard has one


async def _once(raw: bytes) -> AsyncGenerator[bytes, None]:
    yield raw
    yield b""


def _urlencoded(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:  # also UnicodeDecodeError
        raise Unparsable("BODY_BAD", reason="not_a_form") from None


def _names_other_letters(parameters: str) -> bool:
    """Whether a content type asks for another character set: some can spell what UTF-8 cannot."""
    named = [part.partition("=") for part in parameters.lower().split(";")]
    return any(name.strip() == "charset" and value.strip().strip('"') not in _UTF8 for name, _, value in named)


async def _multipart(request: Request) -> list[tuple[str, str]]:
    """Only texts come this way, in UTF-8 like urlencoded ones: the parser would read anything else as Latin letters."""
    try:
        (await request.body()).decode("utf-8")
        async with request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as form:
            pairs = list(form.multi_items())
    except (HTTPException, MultiPartException, UnicodeError):
        raise Unparsable("BODY_BAD", reason="not_a_form") from None
    texts: list[tuple[str, str]] = []
    for name, value in pairs:
        if isinstance(value, UploadFile):
            raise Unparsable("BODY_BAD", reason="file_not_taken")
        texts.append((name, value))
    return texts
