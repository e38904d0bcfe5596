"""A sheet of people as it is handed in, by form or by API: what is said of it, and how it is judged."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.forms import Form, Upload
from api.sheetfile import read_sheet
from domain.errors import Invalid
from domain.sheets.judge import judge
from domain.sheets.records import Judgement, Sheet
from store.manifests import SheetOrder

FIELDS: Final = ("title", "arrival", "mission", "shelter", "debarkation", "urgent")
FILE: Final = "file"
_YES, _NO = ("1", "true", "ya", "on"), ("", "0", "false", "tidak")
_YEARS: Final = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A judged sheet. digest: SHA-256 of its bytes, hex."""

    order: SheetOrder
    digest: str
    sheet: Sheet
    judgement: Judgement


async def read(form: Form, upload: Upload | None, *, demonstration: bool) -> HandedIn:
    """Reads and judges what was handed in, outside of any transaction.

    Raises Invalid: FIELD_MISSING, DATE_INVALID, FIELD_INVALID, with all `faults`; and the refusals of `read_sheet` and
    `judge`.
    """
    order = _order_of(form, upload)
    content = upload.content if upload else b""

    def work() -> HandedIn:
        sheet = read_sheet(content)
        judgement = judge(sheet, order.arrival, demonstration=demonstration)
        return HandedIn(order, hashlib.sha256(content).hexdigest(), sheet, judgement)

    return await asyncio.to_thread(work)


def _order_of(form: Form, upload: Upload | None) -> SheetOrder:
    faults = [(name, "FIELD_MISSING") for name in ("title", "arrival", "shelter") if not form.text(name)]
    arrival = _day(form.text("arrival"))
    if arrival is None and form.text("arrival"):
        faults.append(("arrival", "DATE_INVALID"))
    if form.text("urgent").lower() not in (*_YES, *_NO):
        faults.append(("urgent", "FIELD_INVALID"))
    if upload is None:
        faults.append((FILE, "FIELD_MISSING"))
    if faults or arrival is None or upload is None:
        raise Invalid(faults[0][1], field=faults[0][0], faults=[{"field": name, "code": code} for name, code in faults])
    return SheetOrder(
        title=form.text("title"),
        arrival=arrival,
        shelter=form.text("shelter"),
        mission=form.text("mission") or None,
        debarkation=form.text("debarkation") or None,
        urgent=form.text("urgent").lower() in _YES,
        file="".join(sign for sign in upload.name if sign.isprintable()),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None
