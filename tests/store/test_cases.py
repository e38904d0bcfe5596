"""Acts on a case by people of the ministry."""
from tests.support.cases import Ministry

def test_whole(ministry: Ministry) -> None:
    number = ministry.start()
    ministry.play_to_status(number, "SELESAI")
    assert ministry.status(number) == "SELESAI"

def test_remains(ministry: Ministry) -> None:
    number = ministry.start(entry_route="JENAZAH", flags={"already_entered": "ya"})
    ministry.play_to_status(number, "SELESAI")
