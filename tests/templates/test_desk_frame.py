"""The frame around desk pages: menu by what one may do, a telephone, both languages, errors in four parts."""

import pytest

from domain.roles import Actor
from templates import frame, render, static_path, static_url
from templates.engine import in_language
from templates.views import AskedBy, ErrorPage, Fault, LoginPage

HOSTILE = "<script>alert(1)</script>"


def an_actor(*roles: str, name: str = "Ratna Peragaan") -> Actor:
    return Actor("account", "a1", "ratna", name, roles)


def test_the_menu_shows_what_the_role_may_do() -> None:
    coordinator = frame(an_actor("koordinator"), "/", "id")
    operator = frame(an_actor("operator"), "/operator", "id", demo=True)

    assert [item.href for item in coordinator.nav] == ["/", "/kasus/baru", "/manifes", "/tugas", "/instansi"]
    assert [item.href for item in operator.nav] == ["/instansi", "/operator", "/kotak-surel"]
    assert frame(None, "/masuk", "id").nav == ()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_desk_page_carries_a_telephone_and_marks_where_one_is(language: str) -> None:
    around = frame(
        an_actor("koordinator", name=HOSTILE), "/kasus/PLG-1?tahap=x", language, here="papan", csrf="t0ken",
        desk_name="Unit <b>", desk_phone="(021) 555-0170", demo=True, banners=(("lost", HOSTILE),), notice="SAVED",
    )  # fmt: skip
    text = render("pages/errors/error.html", language, frame=around, page=ErrorPage(409, "GATE_SHUT", event="K-1"))

    assert "<script" not in text
    assert "Unit &lt;b&gt;" in text
    assert "tel:+62215550170" in text
    assert 'aria-current="page"' in text
    assert 'name="csrf" value="t0ken"' in text
    assert "/kasus/PLG-1?tahap=x&amp;lang=en" in text
    assert f"/static/pulang.css?v={static_url().rsplit('=', 1)[-1]}" in text
    assert '<meta name="pulang-code" content="GATE_SHUT">' in text
    assert f'<html lang="{language}">' in text
    assert (static_path() / "pulang.css").is_file()


def test_the_error_page_says_what_did_not_happen_why_and_the_way_on() -> None:
    page = ErrorPage(
        409, "HOLD_ACTIVE", now="Ditahan sejak tadi.", kept="Catatan tersimpan.", way=("Lihat kasus", "/kasus/1"),
        asked_by=AskedBy("Unit", "(021) 555-0170"),
    )  # fmt: skip
    text = render("pages/errors/error.html", "id", frame=frame(None, "/", "id"), page=page)

    for part in (
        "Kasus ini sedang ditahan.",
        "Ditahan sejak tadi.",
        "Catatan tersimpan.",
        "Lihat kasus",
        "Tidak ada yang berubah.",
    ):
        assert part in text


def test_the_sign_in_page_keeps_the_user_name_but_never_the_password() -> None:
    page = LoginPage(HOSTILE, (Fault("", "SIGN_IN_FAILED"),), next="/tugas")
    text = render("pages/login.html", "id", frame=frame(None, "/masuk", "id", csrf="c", demo=True), page=page)

    assert "<script" not in text
    assert 'name="login" value="&lt;script&gt;' in text
    assert 'name="next" value="/tugas"' in text
    assert "Nama pengguna atau kata sandi tidak cocok." in text
    assert 'action="/masuk"' in text


def test_the_language_switch_keeps_the_query() -> None:
    assert in_language("/?agency=A&lang=id", "en") == "/?agency=A&lang=en"
