"""Pages out of templates: one environment per language, autoescaped, and an unknown name in a template is an error."""

import hashlib
from base64 import b64encode
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from domain.regions import zone_name
from domain.roles import Action, Actor
from templates import filters, words
from templates.catalogue import LANGUAGES, language_of, say, translations
from templates.views import Frame, NavItem

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
_END_CORE: Final = "/* ==== END CORE ==== */"


@cache
def core_css() -> str:
    """Part 1 of pulang.css, squeezed: what a link page needs, inlined there so that one request is enough."""
    text = (STATIC / "pulang.css").read_text(encoding="utf-8").split(_END_CORE)[0]
    out: list[str] = []
    for piece in text.split("*/"):
        out.append(piece.split("/*")[0])
    return " ".join("".join(line.strip() for line in "".join(out).splitlines()).split())


@cache
def core_css_hash() -> str:
    """The CSP source of the inlined style: "sha256-…" (put it in single quotes in style-src)."""
    return "sha256-" + b64encode(hashlib.sha256(core_css().encode()).digest()).decode()


@cache
def static_version() -> str:
    """Version of the common stylesheet, so that browsers may keep it."""
    return hashlib.sha256((STATIC / "pulang.css").read_bytes()).hexdigest()[:12]


def static_url(name: str = "pulang.css") -> str:
    """Address of a static file with its version, so that it may be cached for ever."""
    return f"/static/{name}?v={static_version()}"


def static_path() -> Path:
    """The folder that is served as /static."""
    return STATIC


def in_language(path: str, language: str) -> str:
    """*path* with `lang=<language>` in its query, everything else kept."""
    parts = urlsplit(path)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "lang"]
    return f"{parts.path}?{urlencode([*query, ('lang', language)])}"


@cache
def environment(language: str) -> Environment:
    """The Jinja environment of a language: autoescape on, unknown names are errors."""
    env = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=select_autoescape(enabled_extensions=("html", "mjml"), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # i18n adds it
    for name in (
        "day", "date_only", "clock", "moment", "short_day", "short", "mail_moment", "number", "table_number",
        "in_words", "join_words",
    ):  # fmt: skip
        env.filters[name] = partial(getattr(filters, name), language=language)
    env.filters |= {
        "phone": filters.phone,
        "tel": filters.tel,
        "initials": filters.initials,
        "plain": filters.plain,
        "lower_first": filters.lower_first,
    }
    env.globals |= {
        "language": language,
        "name_of": partial(words.name_of, language=language),
        "tag_of": words.tag_of,
        "zone_name": zone_name,
        "answer_label": partial(words.answer_label, language=language),
        "error_words": partial(words.error_words, language=language),
        "task_title": partial(words.task_title, language=language),
        "neutral_choices": partial(words.neutral_choices, language),
        "people": partial(words.people, language=language),
        "requests": partial(words.requests, language=language),
        "pairs": lambda choices: [(choice.code, choice.label) for choice in choices],
        "until_texts": lambda options, zone: [
            (option.value, filters.moment(option.at, zone, language)) for option in options
        ],
        "say": partial(say, language=language),
        "static_url": static_url,
        "core_css": lambda: Markup(core_css()),  # noqa: S704  # our own file
        "in_language": in_language,
    }
    return env


def render(name: str, language: str, **context: Any) -> str:
    """The page *name* (path below templates/, e.g. "pages/link/one.html") in *language*. The one entry for pages."""
    return environment(language_of(language)).get_template(name).render(**context)


_MENU: Final = (
    ("papan", "/", Action.READ_BOARD),
    ("kasus-baru", "/kasus/baru", Action.START_CASE),
    ("manifes", "/manifes", Action.READ_MANIFEST),
    ("tugas", "/tugas", Action.READ_BOARD),
    ("instansi", "/instansi", Action.READ_REGISTER),
    ("operator", "/operator", Action.OPERATE),
)


def frame(
    me: Actor | None,
    path: str,
    language: str,
    *,
    here: str = "",
    csrf: str = "",
    desk_name: str = "",
    desk_phone: str = "",
    demo: bool = False,
    banners: tuple[tuple[str, str], ...] = (),
    notice: str = "",
) -> Frame:
    """The frame of a desk page: menu by what *me* may do, telephone in the foot, language switch back to *path*."""
    language = language_of(language)
    menu: list[NavItem] = []
    if me is not None:
        menu = [NavItem(key, href, words.name_of(key, language, "menu")) for key, href, act in _MENU if me.may(act)]
        if demo:
            menu.append(NavItem("kotak-surel", "/kotak-surel", words.name_of("kotak-surel", language, "menu")))
    role = words.name_of(me.roles[0], language, "role") if me is not None and me.roles else ""
    return Frame(
        path=path,
        here=here,
        language=language,
        me=me.name if me is not None else "",
        role=role,
        csrf=csrf,
        nav=tuple(menu),
        banners=banners,
        notice=notice,
        desk_name=desk_name,
        desk_phone=desk_phone,
        demo=demo,
    )


__all__ = [
    "LANGUAGES",
    "core_css",
    "core_css_hash",
    "environment",
    "frame",
    "in_language",
    "render",
    "static_path",
    "static_url",
]
