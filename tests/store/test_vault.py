"""Sealed values open only with their key, in their row, unchanged; a wrong key is noticed at start."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.roles import SYSTEM
from store import house
from store.unit import Units
from store.vault import Vault, VaultError
from tests.support.database import a_vault

VAULT = a_vault()
OTHER = Vault({"fields-1": b"g" * 32}, "fields-1", b"p" * 32)


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_again(content: bytes) -> None:
    sealed = VAULT.seal("people", "details", "7", content)

    assert VAULT.open("people", "details", "7", sealed) == content


@pytest.mark.parametrize("place", [("people", "details", "8"), ("people", "other", "7"), ("mails", "details", "7")])
def test_a_value_moved_to_another_row_or_column_does_not_open(place: tuple[str, str, str]) -> None:
    sealed = VAULT.seal("people", "details", "7", b"Contoh")

    with pytest.raises(VaultError):
        VAULT.open(*place, sealed)


@given(st.integers(min_value=0, max_value=1000))
def test_a_value_with_one_byte_changed_does_not_open(at: int) -> None:
    sealed = bytearray(VAULT.seal("people", "details", "7", b"Contoh"))
    sealed[at % len(sealed)] ^= 1

    with pytest.raises(VaultError):
        VAULT.open("people", "details", "7", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x08fields-1", b"\xff", b"\x08fields-1short"])
def test_a_cut_value_does_not_open(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        VAULT.open("people", "details", "7", sealed)


def test_the_same_content_is_sealed_differently_each_time() -> None:
    assert VAULT.seal("t", "c", "1", b"x") != VAULT.seal("t", "c", "1", b"x")


def test_an_older_key_still_opens_what_it_sealed() -> None:
    both = Vault({"fields-1": b"f" * 32, "fields-2": b"h" * 32}, "fields-2", b"p" * 32)

    assert both.open("t", "c", "1", VAULT.seal("t", "c", "1", b"old")) == b"old"
    assert both.seal("t", "c", "1", b"new")[1:9] == b"fields-2"


def test_hashes_for_search_differ_by_kind_value_and_pepper() -> None:
    other_pepper = Vault({"fields-1": b"f" * 32}, "fields-1", b"q" * 32)
    hashes = {
        VAULT.blind("nik", "1"),
        VAULT.blind("nik", "2"),
        VAULT.blind("document", "1"),
        other_pepper.blind("nik", "1"),
        VAULT.token_hash("1"),
        VAULT.code_hash("m", "1"),
    }

    assert len(hashes) == 6
    assert VAULT.blind("nik", "1") == a_vault().blind("nik", "1")


def test_keys_are_made_once_for_the_owner_only_and_loaded_again(tmp_path: Path) -> None:
    made = Vault.make(tmp_path / "keys")
    again = Vault.make(tmp_path / "keys")

    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["codec-1.key", "fields-1.key", "pepper.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert made.fingerprints() == again.fingerprints()
    assert (made.current, made.codec_current) == ("fields-1", "codec-1")


@pytest.mark.proves("F34")
@pytest.mark.parametrize("name", ["fields-1", "codec-1", "pepper"])
def test_a_missing_key_is_named(tmp_path: Path, name: str) -> None:
    Vault.make(tmp_path)
    (tmp_path / f"{name}.key").unlink()

    with pytest.raises(VaultError) as refused:
        Vault.load(tmp_path)

    assert (refused.value.code, refused.value.facts) == ("KEY_MISSING", {"key": name})


@pytest.mark.proves("F34")
@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "00" * 33])
def test_a_key_file_that_is_no_key_is_named(tmp_path: Path, text: str) -> None:
    Vault.make(tmp_path)
    (tmp_path / "fields-1.key").write_text(text)

    with pytest.raises(VaultError) as refused:
        Vault.load(tmp_path)

    assert (refused.value.code, refused.value.facts) == ("KEY_BAD", {"key": "fields-1"})


def with_keys(units: Units, vault: Vault) -> Units:
    return Units(units.database, vault, units.rules, units.config, units.real_clock)


@pytest.mark.proves("F34")
@pytest.mark.parametrize(
    ("vault", "key"),
    [
        (Vault({"fields-1": b"x" * 32}, "fields-1", b"p" * 32, {"codec-1": b"c" * 32}), "fields-1"),
        (Vault({"fields-1": b"f" * 32}, "fields-1", b"x" * 32, {"codec-1": b"c" * 32}), "pepper"),
        (Vault({"fields-1": b"f" * 32}, "fields-1", b"p" * 32, {"codec-1": b"x" * 32}), "codec-1"),
    ],
)
def test_a_well_formed_but_wrong_key_is_noticed_at_start_and_named(units: Units, vault: Vault, key: str) -> None:
    units.write_sync(SYSTEM, house.note_keys)

    with pytest.raises(VaultError) as refused:
        with_keys(units, vault).read_sync(house.check_keys)

    assert (refused.value.code, refused.value.facts) == ("KEY_WRONG", {"key": key})


@pytest.mark.proves("F34")
def test_a_database_that_knows_a_key_we_lack_refuses(units: Units) -> None:
    two = Vault({"fields-1": b"f" * 32, "fields-2": b"h" * 32}, "fields-2", b"p" * 32, {"codec-1": b"c" * 32})
    with_keys(units, two).write_sync(SYSTEM, house.note_keys)

    with pytest.raises(VaultError) as refused:
        units.read_sync(house.check_keys)

    assert (refused.value.code, refused.value.facts) == ("KEY_MISSING", {"key": "fields-2"})


def test_new_keys_are_noted_once_and_then_known(units: Units) -> None:
    assert units.read_sync(house.check_keys) is False
    units.write_sync(SYSTEM, house.note_keys)
    units.write_sync(SYSTEM, house.note_keys)

    assert units.read_sync(house.check_keys) is True


def test_a_vault_error_says_nothing_but_the_key_id() -> None:
    with pytest.raises(DomainError) as refused:
        OTHER.open("people", "details", "7", VAULT.seal("people", "details", "7", b"Contoh"))

    assert (str(refused.value), refused.value.facts) == ("KEY_WRONG", {"key": "fields-1"})
    assert refused.value.__cause__ is None
