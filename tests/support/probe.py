"""What a stranger needs to hold Pulang against CONTRACT: shapes, refusals, forms with odd fields, fresh mails."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from tests.support.outsider import NONCE, OFFICER, RECEIPT, Letter, Outsider

REGISTRY = "KEMENDAGRI-DUKCAPIL"
IDENTITY = "akses.identitas"
PAGE_CODE = re.compile(r'<meta name="pulang-code" content="([A-Z_]+)">')


def moment(text: str) -> datetime:
    """A time of the API: ISO 8601 with its zone."""
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None, text
    return found


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and moment(value) is not None


def is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def both_languages(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"id", "en"} and all(map(is_text, value.values()))


def maybe(kind: Any) -> Any:
    return lambda value: value is None or kind(value)


def one_of(*values: Any) -> Any:
    return lambda value: value in values


def is_list_of(check: Any) -> Any:
    return lambda values: isinstance(values, list) and all(check(value) for value in values)


def shaped(value: Any, **kinds: Any) -> Any:
    """*value* is an object with exactly these keys, each of its kind. Returns it."""
    assert isinstance(value, dict), value
    assert set(value) == set(kinds), (sorted(value), sorted(kinds))
    for key, kind in kinds.items():
        assert kind(value[key]), (key, value[key])
    return value


def refused(answer: httpx2.Response, status: int, code: str) -> Any:
    """The API refuses with this status and code, in the one error shape."""
    assert answer.status_code == status, (answer.status_code, answer.text[:400], code)
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def page_refuses(answer: httpx2.Response, status: int, code: str) -> str:
    """The page refuses with this status and code, in its header and in the page. Returns the page."""
    found = PAGE_CODE.search(answer.text)
    told = (answer.status_code, answer.headers.get("x-pulang-code"), found and found.group(1))
    assert told == (status, code, code), (told, words_of(answer.text)[:300])
    return answer.text


def words_of(page: str) -> str:
    """What a page says, without its marks."""
    bare = re.sub(r"<(style|script|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare))).strip()


@dataclass
class Link:
    """A mail with its page, used by an officer whose fingers may slip."""

    outsider: Outsider
    letter: Letter

    def get(self, **more: Any) -> httpx2.Response:
        return self.outsider.http.get(self.letter.link, **more)

    def nonce(self) -> str:
        found = NONCE.search(self.get().text)
        assert found is not None
        return html.unescape(found.group(1))

    def fields(self, **fields: str) -> dict[str, Any]:
        return {"nonce": self.nonce(), "code": self.letter.code, **OFFICER, **fields}

    def post(self, **fields: Any) -> httpx2.Response:
        """Everything that stands with an answer, and *fields*; None leaves one out."""
        return self.send({name: value for name, value in self.fields(**fields).items() if value is not None})

    def send(self, fields: dict[str, Any]) -> httpx2.Response:
        return self.outsider.http.post(self.letter.link, data=fields)

    def receipt(self, answer: httpx2.Response) -> str:
        """The receipt of an answer that was taken."""
        assert answer.status_code == 303, (answer.status_code, words_of(answer.text)[:300])
        page = self.outsider.http.get(httpx2.URL(self.letter.link).join(answer.headers["location"]))
        assert page.status_code == 200
        found = RECEIPT.search(page.text)
        assert found is not None
        return found.group(0)


def task_of(view: Any, code: str, n: int = 1) -> Any:
    """One task of a case as the API shows it."""
    return next(task for task in view["tasks"] if (task["code"], task["n"]) == (code, n))


def quiet_desk(outsider: Outsider, agency: str = REGISTRY) -> None:
    """Lets time pass until this office has been sent everything, so that the next mail holds nothing else."""
    outsider.settle()
    for _ in range(20):
        if not [ask for ask in outsider.all_asks("queued") if ask["agency"] == agency]:
            return
        outsider.go_on()
    raise AssertionError(f"{agency} never comes to rest")


def mailed(outsider: Outsider, case: str, code: str = IDENTITY, n: int = 1) -> Link:
    """The mail of a task's open ask, once it has gone out."""
    outsider.settle()
    for _ in range(20):
        task = task_of(outsider.case(case), code, n)
        if task["asked_at"] is not None:
            return Link(outsider, outsider.letter_for(task["ask"]))
        outsider.go_on()
    raise AssertionError(f"no mail for {code}")


def one_ask(outsider: Outsider, name: str, **more: Any) -> tuple[str, Link]:
    """A new case and the mail that asks the registry for this person alone."""
    quiet_desk(outsider)
    case = outsider.start(name, **more)
    link = mailed(outsider, case)
    assert link.letter.header("X-Pulang-Ask"), link.letter.message.items()
    return case, link


def several_asks(outsider: Outsider, *names: str, **more: Any) -> tuple[list[str], list[str], Link]:
    """New cases whose asks reach the registry in one mail: the cases, their asks, the mail."""
    quiet_desk(outsider)
    cases = [outsider.start(name, **more) for name in names]
    link = mailed(outsider, cases[-1])
    assert link.letter.header("X-Pulang-Digest"), link.letter.message.items()
    asks = [task_of(outsider.case(case), IDENTITY)["ask"] for case in cases]
    return cases, asks, link


def walk(outsider: Outsider, case: str, task: str, answers: dict[str, str] | None = None, *, n: int = 1) -> Any:
    """Lets everybody act until this task is asked (its mail or notice may still be under way); returns the case."""
    return walk_to(outsider, case, lambda view: is_asked(view, task, n), answers)


def is_asked(view: Any, task: str, n: int = 1) -> bool:
    found = [each for each in view["tasks"] if (each["code"], each["n"]) == (task, n)]
    return bool(found) and found[0]["status"] in ("DIMINTA", "DIPERPANJANG")


def walk_to(outsider: Outsider, case: str, is_there: Any, answers: dict[str, str] | None = None) -> Any:
    """Lets everybody act and time pass until *is_there* holds for the case."""
    outsider.settle()
    for _ in range(200):
        view = outsider.case(case)
        if is_there(view):
            return view
        if not outsider.step(case, answers):
            outsider.go_on()
    raise AssertionError((outsider.case(case)["status"], outsider.case(case)["waits_for"]))


def journal_of(outsider: Outsider, case: str) -> list[Any]:
    """Every row of a case's journal, page by page."""
    rows: list[Any] = []
    after = "0"
    while True:
        page = outsider.get(f"/cases/{case}/journal?after={after}")
        rows += page["items"]
        if not page["next_cursor"]:
            return rows
        after = page["next_cursor"]
