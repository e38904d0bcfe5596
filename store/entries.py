"""What people enter about a case, checked: destination, offices, flags."""

import re
from collections.abc import Mapping

from domain.agencies import Register
from domain.course import FLAG_VALUES
from domain.errors import Invalid
from domain.procedure import Procedure
from domain.regions import get_region
from store.access import must_have_function

_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


def checked_destination(code: str, field_name: str) -> str:
    """The code of a regency or city. Raises Invalid("REGION_UNKNOWN")."""
    region = get_region(code, field_name)
    if len(region.code) != 4:
        raise Invalid("REGION_UNKNOWN", field=field_name)
    return region.code


def checked_offices(procedure: Procedure, register: Register, offices: Mapping[str, str]) -> dict[str, str]:
    """Function → office. Raises Invalid: FIELD_UNKNOWN for a strange function, NO_OFFICE for an office without it."""
    for function, code in offices.items():
        if function not in procedure.kinds:
            raise Invalid("FIELD_UNKNOWN", field=f"offices.{_named(function)}")
        must_have_function(register, function, code, f"offices.{function}")
    return dict(offices)


def checked_flags(procedure: Procedure, flags: Mapping[str, str]) -> dict[str, str]:
    """Flags people may set (not the derived ones) with one of the three values. Raises Invalid."""
    for code, value in flags.items():
        rule = procedure.flags.get(code)
        if rule is None or rule.derived:
            raise Invalid("FIELD_UNKNOWN", field=f"flags.{_named(code)}")
        if value not in FLAG_VALUES:
            raise Invalid("FIELD_INVALID", field=f"flags.{code}")
    return dict(flags)


def _named(code: str) -> str:
    """A strange code as a refusal may repeat it: only what looks like a code, never what might be a person's words."""
    return code if _CODE.fullmatch(code) else "?"


def split_flags(procedure: Procedure, flags: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Flags in clear and restricted ones, which are sealed."""
    secret = {code: value for code, value in flags.items() if code in procedure.restricted_flags}
    return {code: value for code, value in flags.items() if code not in secret}, secret
