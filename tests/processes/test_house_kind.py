"""Commands that only look take a home for what it is; nobody has to say again that it is a demonstration."""

from pathlib import Path

import pytest

from pulang.settings import Refused, read_settings, read_settings_of_house


def test_a_home_with_demonstration_accounts_is_looked_at_as_a_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULANG_HOME", str(tmp_path))
    assert not read_settings_of_house().demo

    (tmp_path / "demo-accounts.json").write_text("[]", encoding="utf-8")

    assert read_settings_of_house().demo
    assert not read_settings().demo


def test_who_says_it_is_no_demonstration_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_HOME", str(tmp_path))
    monkeypatch.setenv("PULANG_DEMO", "0")
    (tmp_path / "demo-accounts.json").write_text("[]", encoding="utf-8")

    assert not read_settings_of_house().demo


def test_a_setting_of_demonstrations_does_not_keep_anybody_from_looking_at_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULANG_HOME", str(tmp_path))
    monkeypatch.setenv("PULANG_CLOCK_START", "2026-11-30T09:00:00+07:00")
    with pytest.raises(Refused):
        read_settings_of_house()

    (tmp_path / "demo-accounts.json").write_text("[]", encoding="utf-8")

    assert read_settings_of_house().demo
