from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.people import (
    Match,
    PersonFacts,
    age_on,
    check_nik,
    clean_name,
    initials,
    is_child,
    name_sounds,
    passport_ok,
    similarity,
)
from domain.sounds import sound_key

RLO, LRI, ZERO_WIDTH, SOFT_HYPHEN = "\u202e", "\u2066", "\u200b", "\u00ad"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sukarno", "Sukarno"),
        ("Q", "Q"),
        ("  Yohana   Ina Tokan ", "Yohana Ina Tokan"),
        ("Yohana\u00a0Ina", "Yohana Ina"),
        ("Ma'ruf", "Ma'ruf"),
        ("Nur-Aini (alm.), S.Sos", "Nur-Aini (alm.), S.Sos"),
        ("Jose\u0301", "José"),
        ("陳小美", "陳小美"),
        ("A" * 200, "A" * 200),
    ],
)
@pytest.mark.proves("B15")
def test_one_letter_one_word_and_names_of_other_scripts_are_names(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\u00a0\u3000",
        "-",
        "12345",
        "A" * 201,
        "A" * 300,
        "A" * 5000,
        f"Yohana{RLO}Ina",
        f"{LRI}Yohana",
        f"Yohana{ZERO_WIDTH}",
        f"Yo{SOFT_HYPHEN}hana",
        "Yohana\nIna",
        "Yohana\n",
        "Yohana\tIna",
        "Yohana\x00",
        "Yohana\x7f",
        "😀",
        "Yohana 😀",
        "Yohana ❤️",
        "👩\u200d👧",
        "Yohana\ud800",
        "<b>Yohana</b>",
        "=Yohana",
    ],
)
@pytest.mark.proves("B15", "B23")
def test_blank_overlong_invisible_and_pictured_names_are_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(typed, field="person.name")
    assert refused.value.code == "NAME_INVALID"
    assert refused.value.facts == {"field": "person.name"}


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=210))
def test_a_name_that_was_kept_once_is_kept_again_unchanged(text: str) -> None:
    try:
        name = clean_name(text)
    except Invalid:
        return
    assert clean_name(name) == name
    assert 0 < len(name) <= 200
    assert initials(name)
    assert name_sounds(name)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Yohana Ina Tokan", "Y. I. T."),
        ("sukarno", "S."),
        ("Moh. Rizal", "M. R."),
        ("(alm.) d'Arc 3", "A. D."),
        ("Q", "Q."),
    ],
)
def test_initials_show_one_letter_of_each_word(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    "spellings",
    [
        "Yohana Johana",
        "Muhammad Mohammad Mohamad Muhamad Mochamad Moch Moh Muh Md",
        "Sri Srie Sry",
        "Ahmad Achmad Akhmad Ahmat",
        "Soekarno Sukarno Sukkarno",
        "Joko Djoko",
        "Cahyono Tjahyono Tjahjono",
        "Wijaya Widjaja",
        "Aisyah Aisha Aisjah Aisah",
        "Syarif Sjarif Sarif Sharif",
        "Fatimah Patimah Fathimah",
        "Nurjanah Nurjannah Nurjana",
        "Yusuf Jusuf Joesoef Yusup",
        "Rizki Rizky Rizqi Riski",
        "Christina Kristina",
        "Suwandi Suandi",
        "Zainal Sainal",
        "Lydia Lidia",
        "Ma'ruf Maruf",
    ],
)
def test_spellings_of_one_name_sound_alike(spellings: str) -> None:
    assert len({name_sounds(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    "pair", ["Siti Sari", "Yohana Yohanes", "Ahmad Muhammad", "Ina Ani", "Rini Rina", "Agus Bagus"]
)
def test_different_names_sound_different(pair: str) -> None:
    one, other = pair.split()
    assert name_sounds(one) != name_sounds(other)


def test_titles_and_bin_do_not_sound() -> None:
    assert name_sounds("H. Moch. Ali bin Umar") == name_sounds("Muhammad Ali Umar")
    assert name_sounds("Binti") == {sound_key("binti")}, "a person may be called so"


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_every_word_has_a_sound(word: str) -> None:
    assert sound_key(word)


BORN = date(1999, 3, 14)


@pytest.mark.parametrize(
    ("nik", "sex", "remarks"),
    [
        ("5313015403990001", "P", []),
        ("5313011403990001", "L", []),
        ("53.1301-140399 0001", "L", []),
        ("5313015403990001", "L", ["NIK_MISMATCH"]),
        ("5313011503990001", "L", ["NIK_MISMATCH"]),
        ("5313001403990001", "L", ["NIK_DEMO"]),
        ("9913011403990001", "L", ["NIK_PROVINCE"]),
        ("5313013102990001", "L", ["NIK_DATE"]),
        ("5313017103990001", "P", ["NIK_MISMATCH"]),
        ("5313017203990001", "P", ["NIK_DATE"]),
        ("0000000000000000", "P", ["NIK_PROVINCE", "NIK_DEMO", "NIK_DATE"]),
        ("531301540399000", "P", ["NIK_LENGTH"]),
        ("1.23E+15", "P", ["NIK_LENGTH"]),
        ("٥٣١٣٠١٥٤٠٣٩٩٠٠٠١", "P", ["NIK_LENGTH"]),
        ("", "P", ["NIK_LENGTH"]),
    ],
)
def test_a_doubtful_nik_gets_remarks_and_is_never_refused(nik: str, sex: str, remarks: list[str]) -> None:
    assert check_nik(nik, BORN, sex) == remarks


def test_a_nik_is_not_doubted_when_birth_date_and_sex_are_unknown() -> None:
    assert check_nik("5313015403990001", None, None) == []
    assert check_nik("5313012902000001", date(2000, 2, 29), "L") == []


def test_a_person_is_a_child_until_the_eighteenth_birthday() -> None:
    born = date(2008, 11, 9)
    assert is_child(born, date(2026, 11, 8))
    assert not is_child(born, date(2026, 11, 9))
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("B1234567", True),
        ("ab 123456", True),
        ("ZZ1234567", True),
        ("1234567", False),
        ("ABC123456", False),
        ("", False),
    ],
)
def test_a_passport_number_has_a_lax_shape(number: str, fits: bool) -> None:
    assert passport_ok(number) is fits


def a_person(**facts: object) -> PersonFacts:
    return PersonFacts(**({"name": "Yohana Ina Tokan", "sex": "P"} | facts))  # type: ignore[arg-type]


NIK, STRONG, WEAK = "5313015403990001", "strong", "weak"


@pytest.mark.parametrize(
    ("one", "other", "whys"),
    [
        ({"nik": NIK}, {"nik": "5313 0154 0399 0001", "name": "Maria"}, ["nik"]),
        ({"documents": ("B 1234567",)}, {"documents": ("X1", "b1234567"), "name": "Maria"}, ["document"]),
        ({"birth_date": BORN}, {"birth_date": date(1999, 3, 15), "name": "JOHANA INA TOKAN"}, ["name_birth"]),
        ({"birth_date": BORN}, {"birth_date": BORN, "name": "Yohana"}, ["name_birth"]),
        ({"birth_date": BORN}, {"birth_date": date(1999, 3, 16)}, []),
        ({"birth_date": BORN}, {"birth_date": BORN, "sex": "L"}, []),
        ({"birth_date": BORN}, {"birth_date": BORN, "name": "Yohana Lema"}, []),
        ({"birth_date": BORN}, {}, []),
        ({"home": "Desa Lewoleba"}, {"home": "desa  lewoleba", "name": "Yohana Tokan"}, ["name_home"]),
        ({"home": "Lewoleba"}, {"home": "Lewoleba", "name": "Yohana"}, []),
        ({"home": "Lewoleba", "name": "Yohana"}, {"home": "Lewoleba", "name": "Johana"}, ["name_home"]),
        ({"nik": "", "documents": ("-",), "home": " "}, {"nik": "", "documents": ("-",), "home": " "}, []),
        ({"nik": NIK, "birth_date": BORN, "home": "L"}, {"nik": NIK, "birth_date": BORN, "home": "L"}, None),
    ],
)
def test_likeness_is_found_as_the_process_says(
    one: dict[str, object], other: dict[str, object], whys: list[str] | None
) -> None:
    found = similarity(a_person(**one), a_person(**other))
    assert found == similarity(a_person(**other), a_person(**one)), "the order does not matter"
    expected = ["nik", "name_birth", "name_home"] if whys is None else whys
    assert [match.why for match in found] == expected
    assert all((match.strength == STRONG) == (match.why in ("nik", "document")) for match in found)
    assert all(isinstance(match, Match) for match in found)
