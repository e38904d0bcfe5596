"""Numbers with a check digit, and codes and ids made from random bytes (PROCESS 2.2).

Nothing here draws: random bytes are handed in. 16 bytes or more are taken for one number and cut down once, so that no
character is likelier than another by more than one part in 2^50.
"""

import re
import unicodedata

from domain.errors import Invalid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LEAST_BYTES = 16
_NUMBER = re.compile(r"(PLG|ROM|BAST)-([0-9]{4})-([0-9]{4}|[0-9]{6})-([0-9])")
_WIDTH = {"PLG": 6, "ROM": 4, "BAST": 6}

# Totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004): finds every wrong digit and swap of neighbours.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def damm_digit(digits: str) -> str:
    """The check digit of a string of decimal digits."""
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return str(row)


def _numbered(prefix: str, year: int, counter: int) -> str:
    width = _WIDTH[prefix]
    if not (1000 <= year <= 9999 and 0 < counter < 10**width):
        raise Invalid("NUMBER_INVALID", field="counter")
    digits = f"{year:04d}{counter:0{width}d}"
    return f"{prefix}-{year:04d}-{counter:0{width}d}-{damm_digit(digits)}"


def case_number(year: int, counter: int) -> str:
    """ "PLG-2026-004217-5". Raises Invalid("NUMBER_INVALID") when the counter has left its six digits."""
    return _numbered("PLG", year, counter)


def group_number(year: int, counter: int) -> str:
    """ "ROM-2026-0312-5": four digits, as above."""
    return _numbered("ROM", year, counter)


def bast_number(year: int, counter: int) -> str:
    """ "BAST-2026-009120-6": our own number of a hand-over; the agency's own is kept beside it."""
    return _numbered("BAST", year, counter)


def parse_number(text: str) -> tuple[str, int, int]:
    """(prefix, year, counter) of a case, group or hand-over number; capitals and outer spaces do not matter.

    Raises Invalid("NUMBER_INVALID") for another shape or a wrong check digit.
    """
    found = _NUMBER.fullmatch(text.strip().upper())
    if (
        found is None
        or len(found[3]) != _WIDTH[found[1]]
        or not found.string.isascii()
        or damm_digit(found[2] + found[3]) != found[4]
    ):
        raise Invalid("NUMBER_INVALID", field="number")
    return found[1], int(found[2]), int(found[3])


def is_number(text: str, prefix: str = "PLG") -> bool:
    """True when *text* is a well-formed number of that kind."""
    try:
        return parse_number(text)[0] == prefix
    except Invalid:
        return False


def _letters(random: bytes, count: int) -> str:
    if len(random) < _LEAST_BYTES:
        raise ValueError(f"{_LEAST_BYTES} random bytes or more are needed")
    rest, letters = int.from_bytes(random, "big"), []
    for _ in range(count):
        rest, at = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[at])
    return "".join(letters)


def mail_code(random: bytes) -> str:
    """Two groups of four with a dash, from at least 16 random bytes: the code an officer types on the link page."""
    letters = _letters(random, 8)
    return f"{letters[:4]}-{letters[4:]}"


def normalise_code(text: str) -> str:
    """A typed code as `mail_code` writes it: capitals, without spaces, dashes or invisible characters, one dash inside.

    Anything of another length comes back without a dash and fits no code.
    """
    kept = "".join(c for c in text.upper() if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf", "Cc"))
    return f"{kept[:4]}-{kept[4:]}" if len(kept) == 8 else kept


def receipt(random: bytes) -> str:
    """ "R-" and ten characters."""
    return "R-" + _letters(random, 10)


def ask_id(random: bytes) -> str:
    """ "a" and eleven lower-case characters; opaque, stands in `X-Pulang-Ask`."""
    return "a" + _letters(random, 11).lower()


def mail_id(random: bytes) -> str:
    """ "m" and eleven lower-case characters; opaque, stands in `X-Pulang-Digest`."""
    return "m" + _letters(random, 11).lower()


def hold_id(random: bytes) -> str:
    """ "h" and eleven lower-case characters."""
    return "h" + _letters(random, 11).lower()


def parse_hold_id(text: str, field: str = "hold") -> str:
    """*text* when it has the shape of `hold_id`. Raises Invalid("ID_INVALID") naming *field*."""
    if re.fullmatch(f"h[{ALPHABET.lower()}]{{11}}", text) is None:
        raise Invalid("ID_INVALID", field=field)
    return text
