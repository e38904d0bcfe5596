"""Reading a page as a person does: its forms, what is hidden in them, and the text without the markup."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx2


class _Forms(HTMLParser):
    """The forms of a page: action and the fields as a browser would send them untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select: str | None = None
        self._area: str | None = None

    @property
    def _fields(self) -> dict[str, str]:
        return self.forms[-1][1] if self.forms else {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append((own.get("action", ""), {}))
        elif tag == "input" and own.get("name"):
            if own.get("type") in ("radio", "checkbox") and "checked" not in own:
                return
            self._fields[own["name"]] = own.get("value", "")
        elif tag == "select" and own.get("name"):
            self._select = own["name"]
        elif tag == "option" and self._select and ("selected" in own or self._select not in self._fields):
            self._fields[self._select] = own.get("value", "")
        elif tag == "textarea" and own.get("name"):
            self._area = own["name"]
            self._fields[own["name"]] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._fields[self._area] += data


def form_at(page: httpx2.Response, action: str) -> dict[str, str]:
    """The fields of the form that posts to *action*, as they stand."""
    parser = _Forms()
    parser.feed(page.text)
    found = [values for where, values in parser.forms if where == action]
    assert found, (action, [where for where, _ in parser.forms])
    return found[0]


def text_of(page: httpx2.Response) -> str:
    """What is to be read on the page: no markup, no hidden values."""
    bare = re.sub(r"<(style|script|datalist)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).replace("\u00a0", " ").split())


def code_of(page: httpx2.Response) -> str | None:
    return page.headers.get("x-pulang-code")


async def send(browser: httpx2.AsyncClient, page: str, action: str, **typed: Any) -> httpx2.Response:
    """Opens *page*, fills the form that posts to *action* and sends it, as a browser without scripts."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    return await browser.post(action, data=form_at(shown, action) | {k.replace("__", "["): v for k, v in typed.items()})
