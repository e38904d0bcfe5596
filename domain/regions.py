"""Provinces and regencies: code to name and time zone, and how a zone is called (WIB, WITA, WIT).

Codes are those of the Ministry of Home Affairs, two or four digits, as in the data. Names and codes come from a table
under the Open Database License (domain/data/PROVENANCE.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain import data
from domain.errors import Invalid

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
_NAMES = MappingProxyType({WIB: "WIB", "Asia/Pontianak": "WIB", WITA: "WITA", WIT: "WIT"})


@dataclass(frozen=True, slots=True)
class Region:
    """kind: "provinsi", "kabupaten" or "kota". A province's `province_code` is its own code. zone_iana: its zone."""

    code: str
    name: str
    short_name: str
    kind: str
    province_code: str
    zone_iana: str

    @property
    def is_province(self) -> bool:
        return self.kind == "provinsi"


@cache
def all_regions() -> Mapping[str, Region]:
    """Every province and regency by code, in the order of the codes."""
    provinces = data.provinces()
    regions = [Region(p.code, p.name, p.short_name, "provinsi", p.code, p.zone_iana) for p in provinces.values()]
    regions += [
        Region(r.code, r.name, r.short_name, r.kind, r.province_code, provinces[r.province_code].zone_iana)
        for r in data.regencies().values()
    ]
    return MappingProxyType({region.code: region for region in sorted(regions, key=lambda region: region.code)})


def find_region(code: str) -> Region | None:
    """The region of a two- or four-digit code, or None."""
    return all_regions().get(code)


def successor_of(code: str) -> str | None:
    """The present code of a regency whose code was retired, or None."""
    return data.retired_codes().get(code)


def get_region(code: str, field: str = "region") -> Region:
    """The region of *code*. Raises Invalid("REGION_UNKNOWN") naming *field* and, for a retired code, its successor."""
    region = find_region(code)
    if region is None:
        raise Invalid("REGION_UNKNOWN", field=field, successor=successor_of(code))
    return region


def province_of(code: str) -> Region | None:
    """The province in which a region lies (a province lies in itself)."""
    return find_region(code[:2])


def zone_name(iana: str, at: datetime) -> str:
    """How the zone is called beside a time: WIB, WITA, WIT, else its distance from UTC at that moment ("UTC+3.30").

    Letters of other zones are not used: CST or PST would be read wrongly.
    """
    if iana in _NAMES:
        return _NAMES[iana]
    offset = at.astimezone(ZoneInfo(iana)).utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f".{rest:02d}" if rest else "")
