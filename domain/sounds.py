"""The sound of an Indonesian name: spellings that people use for one another get one key.

Old spelling (oe, dj, tj, sj), Arabic names (Moch/Muh/Mohammad, sy/sh, kh/ch), double letters, y and j, f, v and p.
Made for notes that a person looks at: rather one note too many than a person overlooked.
"""

import re
from collections.abc import Sequence

# fmt: off
_TITLES = frozenset({
    "h", "hj", "hi", "haji", "hajah", "hajjah", "bin", "binti", "bt", "bte", "alm", "almh", "almarhum", "almarhumah",
    "dr", "drs", "dra", "ir", "prof",
})
# fmt: on
_MUHAMMAD = re.compile(r"m(?:d|h|hd|hmd|oh|uh|och|uch|ochd|ohd|uhd)|m[ou]+c?ha+m+[aei][dt]")

_RULES: Sequence[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), to)
    for pattern, to in (
        (r"oe", "u"),
        (r"dj", "y"),
        (r"tj", "c"),
        (r"^nj", "ny"),
        (r"^ch(?=[rl])", "k"),  # Christina, Kristina
        (r"^ch", "c"),  # Chandra, Candra
        (r"[ck]h", "h"),  # Achmad, Akhmad, Ahmad
        (r"s[jyh]|ts(?=[aeiou])", "s"),  # Aisjah, Aisyah, Aisha
        (r"ph", "f"),
        (r"([dtbgz])h", r"\1"),
        (r"dz|z", "s"),
        (r"[vf]", "p"),  # Fatimah, Patimah; Ivan, Ifan
        (r"q|ck|c(?=[^aeiouhy]|$)", "k"),
        (r"x", "ks"),
        (r"^[jy](?=[aeiou])", "y"),  # Johana, Yohana
        (r"(?<=.)[jy]", "i"),  # Wijaya, Wijaja; Sry, Sri
        (r"ie|ee", "i"),  # Srie
        (r"u?w(?=[aeiou])", "u"),  # Suwandi, Suandi
        (r"(.)\1+", r"\1"),
        (r"(?<=[^aeiou])h|h$", ""),  # Nurjannah, Nurjana
        (r"d$", "t"),  # Ahmad, Ahmat
        (r"b$", "p"),
        (r"(?<!n)g$", "k"),
        (r"(.)\1+", r"\1"),
    )
]


def without_titles(words: Sequence[str]) -> Sequence[str]:
    """The words of a lower-case name without titles and bin/binti; all of them when nothing else is left."""
    return [word for word in words if word not in _TITLES] or words


def sound_key(word: str) -> str:
    """The key of one lower-case word. A word that would vanish keeps itself."""
    if _MUHAMMAD.fullmatch(word):
        return "muhamat"
    key = word
    for pattern, to in _RULES:
        key = pattern.sub(to, key)
    return key or word
