"""What the environment may say, and how a wrong one is refused."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from domain.rulebook import default_rulebook
from pulang import refusals, wiring
from pulang.refusals import Refused
from pulang.settings import EXPECTED, Settings, names, read_settings

DOC = Path(__file__).parents[2] / "docs" / "settings.md"
UNIT_OF_WORK = Path(__file__).parents[2] / "bench" / "procedure.toml"
SECRET = "s3cr3t-never-shown"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for key in [key for key in os.environ if key.startswith("PULANG_")]:
        monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


def refusal(**chosen: object) -> Refused:
    with pytest.raises(Refused) as caught:
        read_settings(**chosen)
    return caught.value


def test_without_any_setting_the_defaults_of_the_contract_hold(tmp_path: Path) -> None:
    settings = read_settings()

    assert settings.home == tmp_path / "var"
    assert (settings.http_port, settings.temporal_port, settings.temporal_ui_port) == (8000, 7233, 0)
    assert settings.database == f"sqlite:///{tmp_path / 'var' / 'pulang.db'}"
    assert settings.pages == "http://127.0.0.1:8000"
    assert settings.smtp == "smtp://127.0.0.1:8025"
    assert (settings.demo, settings.digest_window_s) == (False, None)


def test_a_demonstration_gathers_asks_for_five_seconds() -> None:
    assert read_settings(demo=True).digest_window_s == 5


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pulang.env").write_text("# ports\nPULANG_HTTP_PORT=8100\nexport PULANG_TEMPORAL_PORT='7300'\n")
    monkeypatch.setenv("PULANG_HTTP_PORT", "8200")

    settings = read_settings()

    assert (settings.http_port, settings.temporal_port) == (8200, 7300)


def test_an_empty_value_counts_as_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_SMTP_URL", "")
    assert read_settings().has_postbox


def test_a_start_of_the_clock_keeps_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_CLOCK_START", "2027-03-01T08:00:00+07:00")
    assert read_settings(demo=True).clock_start == datetime.fromisoformat("2027-03-01T08:00:00+07:00")


@pytest.mark.proves("B50")
def test_an_unknown_key_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULANG_HTTP_PROT", SECRET)
    said = str(refusal())
    assert "PULANG_HTTP_PROT" in said
    assert SECRET not in said

    monkeypatch.delenv("PULANG_HTTP_PROT")
    (tmp_path / "pulang.env").write_text(f"HTTP_PORT={SECRET}\n")
    said = str(refusal())
    assert "HTTP_PORT" in said
    assert SECRET not in said


@pytest.mark.proves("B50")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PULANG_HTTP_PORT", "eighty"),
        ("PULANG_HTTP_PORT", "70000"),
        ("PULANG_HTTP_PORT", "0"),
        ("PULANG_TEMPORAL_UI_PORT", "-1"),
        ("PULANG_TEMPORAL_ADDRESS", "cluster"),
        ("PULANG_DATABASE_URL", "mysql://x"),
        ("PULANG_DATABASE_URL", "pulang.db"),
        ("PULANG_SMTP_URL", "http://mail.example"),
        ("PULANG_SMTP_URL", "smtp://mail.example:25?tls=yes"),
        ("PULANG_SMTP_URL", "smtp://mail.example:99999"),
        ("PULANG_BASE_URL", "pulang.example"),
        ("PULANG_DEMO", "perhaps"),
        ("PULANG_DIGEST_WINDOW", "5s"),
        ("PULANG_DIGEST_WINDOW", "nan"),
        ("PULANG_CLOCK_START", "2026-12-03T08:30:00"),
        ("PULANG_CLOCK_START", "tomorrow"),
        ("PULANG_FROM_ADDRESS", "a@b.example, c@d.example"),
        ("PULANG_DESK_NAME", "Meja\nBcc: x"),
        ("PULANG_TRUSTED_PROXIES", "proxy.example"),
        ("PULANG_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/99"),
        ("PULANG_TRUSTED_PROXIES", " , "),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name_and_reason(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    monkeypatch.setenv(key, value)

    refused = refusal(demo=True) if key != "PULANG_DEMO" else refusal()

    assert refused.code == "WRONG_VALUE"
    assert key in refused.indonesian
    assert key in refused.english
    if not value.isdigit():
        assert value not in str(refused)


def test_no_proxy_is_trusted_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().proxies == ()
    monkeypatch.setenv("PULANG_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8, fd00::/8")
    assert [str(network) for network in read_settings().proxies] == ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]


@pytest.mark.proves("B50")
def test_a_key_that_stands_twice_in_the_file_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pulang.env").write_text(f"PULANG_HTTP_PORT=8001\n\nPULANG_HTTP_PORT={SECRET}\n")

    refused = refusal()

    assert refused.code == "DUPLICATE_KEY"
    assert "PULANG_HTTP_PORT" in str(refused)
    assert "3" in refused.english
    assert SECRET not in str(refused)


@pytest.mark.proves("B50")
@pytest.mark.parametrize("password", ["changeme", "GANTI", "<password>", "rahasia", "${SMTP_PASSWORD}"])
def test_a_placeholder_password_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("PULANG_SMTP_URL", f"smtp://pulang:{password}@mail.example:587?starttls=1")

    refused = refusal()

    assert refused.code == "PLACEHOLDER_SECRET"
    assert "PULANG_SMTP_URL" in str(refused)
    assert password not in str(refused)


def test_a_line_that_is_no_setting_is_refused_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "pulang.env").write_text("PULANG_DEMO=1\nPULANG_HTTP_PORT\n")
    refused = refusal()
    assert (refused.code, refused.facts["line"]) == ("UNREADABLE_LINE", 2)


def test_the_clock_cannot_be_set_outside_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_CLOCK_START", "2027-03-01T08:00:00+07:00")
    refused = refusal()
    assert refused.code == "DEMO_ONLY"
    assert "PULANG_CLOCK_START" in refused.english


def test_crash_points_are_for_the_demonstration_only_and_known_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_CRASH_AT", "mail.before_connect")
    refused = refusal()
    assert (refused.code, refused.facts["key"]) == ("DEMO_ONLY", "PULANG_CRASH_AT")

    monkeypatch.setenv("PULANG_CRASH_AT", "mail.somewhere")
    refused = refusal()
    assert (refused.code, refused.facts["key"]) == ("WRONG_VALUE", "PULANG_CRASH_AT")


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_SMTP_URL", f"smtp://pulang:{SECRET}@mail.example:587")
    settings = read_settings()
    assert SECRET not in repr(settings)
    assert SECRET in settings.smtp


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().http_port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_must_be() -> None:
    assert set(EXPECTED) == set(Settings.model_fields)


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    for code in refusals.codes():
        facts = dict.fromkeys(
            ("key", "source", "expected_id", "expected_en", "other", "reason", "part", "log", "waiting"), "x"
        )
        refused = Refused(code, **facts, line=1, port=2, seconds=3)
        assert refused.indonesian != refused.english
        assert len(str(refused).splitlines()) == 2


def test_the_page_on_settings_lists_exactly_what_there_is() -> None:
    rows = re.findall(r"^\| `(PULANG_\w+)` \| (.*?) \| (.*?) \| (.*?) \|$", DOC.read_text(encoding="utf-8"), re.M)
    listed = {name: default.strip("` ") for name, _, default, _ in rows}

    assert list(listed) == list(names().values())
    for field, name in names().items():
        default = Settings.model_fields[field].default
        if isinstance(default, bool):
            default = int(default)
        shown = "./var" if field == "home" else str(default)
        assert default is None or listed[name] == shown, name


def test_a_procedure_of_ones_own_is_what_new_cases_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULANG_PROCEDURE_FILE", str(UNIT_OF_WORK))

    rules = wiring.read_rulebook(read_settings())

    assert (rules.current.code, rules.current.version) == ("bench", "2026.1")
    assert all(rules.procedure(each.code, each.version) is each for each in default_rulebook().all_procedures())


@pytest.mark.proves("B50")
@pytest.mark.parametrize("fault", ["missing", "not TOML", "an unknown task", "a version that comes with Pulang"])
def test_a_faulty_procedure_file_is_refused_by_the_name_of_its_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    file = tmp_path / "procedure.toml"
    text = UNIT_OF_WORK.read_text(encoding="utf-8")
    if fault == "not TOML":
        file.write_text("procedure")
    elif fault == "an unknown task":
        file.write_text(text.replace('after = ["serah.provinsi"]', 'after = ["serah.entah"]'))
    elif fault != "missing":
        current = default_rulebook().current
        file.write_text(text.replace('code = "bench"', f'code = "{current.code}"').replace("2026.1", current.version))
    monkeypatch.setenv("PULANG_PROCEDURE_FILE", str(file))

    with pytest.raises(Refused) as caught:
        wiring.read_rulebook(read_settings())

    assert (caught.value.code, caught.value.facts["key"]) == ("WRONG_VALUE", "PULANG_PROCEDURE_FILE")
