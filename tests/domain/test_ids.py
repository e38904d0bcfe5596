from collections import Counter
from hashlib import sha512

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import ids
from domain.errors import Invalid


def some_bytes(n: int) -> bytes:
    return sha512(str(n).encode()).digest()[:32]


def test_numbers_are_written_as_the_process_shows_them() -> None:
    assert ids.case_number(2026, 4217) == "PLG-2026-004217-5"
    assert ids.group_number(2026, 312) == "ROM-2026-0312-5"
    assert ids.bast_number(2026, 9120) == "BAST-2026-009120-6"


def test_the_check_digit_is_the_one_of_damm() -> None:
    assert ids.damm_digit("572") == "4"


@settings(deadline=None)
@given(year=st.integers(2000, 2100), counter=st.integers(1, 999_999))
def test_a_number_is_read_back_as_it_was_made(year: int, counter: int) -> None:
    assert ids.parse_number(f"  {ids.case_number(year, counter).lower()} ") == ("PLG", year, counter)
    assert ids.is_number(ids.case_number(year, counter))


@settings(deadline=None)
@given(counter=st.integers(1, 999_999), place=st.integers(0, 5), other=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(counter: int, place: int, other: int) -> None:
    number = ids.case_number(2026, counter)
    at = len("PLG-2026-") + place
    wrong = number[:at] + str((int(number[at]) + other) % 10) + number[at + 1 :]
    assert not ids.is_number(wrong)


@settings(deadline=None)
@given(counter=st.integers(1, 999_999), place=st.integers(0, 4))
def test_two_swapped_neighbours_are_always_noticed(counter: int, place: int) -> None:
    number = ids.case_number(2026, counter)
    at = len("PLG-2026-") + place
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or not ids.is_number(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PLG-2026-004217",
        "PLG-2026-004217-6",
        "PLG-2026-4217-5",
        "ROM-2026-000312-5",
        "XYZ-2026-004217-5",
        "PLG 2026 004217 5",
        "PLG-2026-004217-5-1",
        "PLG-٢٠٢٦-004217-5",
        "PLG-2026-004217-5'--",
    ],
)
def test_another_shape_is_no_number(text: str) -> None:
    assert not ids.is_number(text)
    with pytest.raises(Invalid, match="NUMBER_INVALID"):
        ids.parse_number(text)


def test_a_number_is_only_of_its_own_kind() -> None:
    assert not ids.is_number(ids.bast_number(2026, 1))
    assert ids.is_number(ids.bast_number(2026, 1), "BAST")


@pytest.mark.parametrize("counter", [0, -1, 1_000_000])
def test_a_counter_that_left_its_digits_is_refused_instead_of_making_a_second_case_of_one_number(counter: int) -> None:
    with pytest.raises(Invalid, match="NUMBER_INVALID"):
        ids.case_number(2026, counter)


def test_codes_and_ids_have_their_shape_and_no_letter_that_is_misread() -> None:
    assert not set(ids.ALPHABET) & set("01ILOU")
    assert len(set(ids.ALPHABET)) == len(ids.ALPHABET) == 30
    for n in range(200):
        code = ids.mail_code(some_bytes(n))
        assert len(code) == 9
        assert code[4] == "-"
        assert set(code) <= set(ids.ALPHABET) | {"-"}
        receipt = ids.receipt(some_bytes(n))
        assert receipt.startswith("R-")
        assert len(receipt) == 12
        for made, prefix in ((ids.ask_id, "a"), (ids.mail_id, "m"), (ids.hold_id, "h")):
            text = made(some_bytes(n))
            assert text[0] == prefix
            assert len(text) == 12
            assert text == text.lower()


def test_the_same_bytes_give_the_same_code_and_others_another() -> None:
    assert ids.mail_code(some_bytes(1)) == ids.mail_code(some_bytes(1))
    assert len({ids.mail_code(some_bytes(n)) for n in range(2000)}) == 2000


def test_no_character_is_likelier_than_another() -> None:
    rounds = 3000
    for place in range(8):
        counts = Counter(ids.mail_code(some_bytes(n)).replace("-", "")[place] for n in range(rounds))
        assert len(counts) == 30
        assert all(0.6 < count / (rounds / 30) < 1.5 for count in counts.values())


def test_too_few_random_bytes_are_refused_because_they_would_favour_some_codes() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        ids.mail_code(b"12345")


@pytest.mark.parametrize(
    "typed",
    ["7kq4-tp2m", "7KQ4TP2M", " 7KQ4 TP2M ", "7KQ4–TP2M", "7-K-Q-4-T-P-2-M", "7KQ4\u200bTP2M\n", "7KQ4\u00a0TP2M"],
)
def test_a_code_is_understood_however_it_was_typed(typed: str) -> None:
    assert ids.normalise_code(typed) == "7KQ4-TP2M"


def test_a_code_of_another_length_fits_no_code() -> None:
    assert ids.normalise_code("7KQ4-TP2") == "7KQ4TP2"
    assert ids.normalise_code("") == ""
    assert ids.normalise_code(ids.mail_code(some_bytes(7)).lower()) == ids.mail_code(some_bytes(7))


def test_a_holds_id_of_another_shape_is_refused_before_it_is_looked_up() -> None:
    made = ids.hold_id(some_bytes(3))
    assert ids.parse_hold_id(made) == made
    for text in ("", made.upper(), made[:-1], made + "2", "a" + made[1:], made[:-1] + "0", made + "\n"):
        with pytest.raises(Invalid, match="ID_INVALID"):
            ids.parse_hold_id(text)
