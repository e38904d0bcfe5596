"""Lists to choose from: regions by province, shelters, missions, points of debarkation, offices of a function."""

from functools import cache

from domain.agencies import Register
from domain.data import debarkations
from domain.regions import all_regions

Options = list[tuple[str, str]]


@cache
def regions() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """(province, ((code, regency), …)) in the order of the codes."""
    known = all_regions()
    return tuple(
        (
            province.name,
            tuple((r.code, r.name) for r in known.values() if r.province_code == province.code and not r.is_province),
        )
        for province in known.values()
        if province.is_province
    )


def with_function(register: Register, function: str) -> Options:
    """(code, name) of the offices with that function, by name."""
    return sorted(((office.code, office.name) for office in register.with_function(function)), key=lambda o: o[1])


def shelters(register: Register) -> Options:
    """(code, name) of the places where a person may be housed."""
    return with_function(register, "kemensos_sentra")


def missions(register: Register) -> Options:
    """(code, name) of the missions abroad."""
    return with_function(register, "perwakilan_ri")


def arrival_points() -> Options:
    """(code, name) of the points of debarkation."""
    return [(point.code, point.name) for point in debarkations().values()]
