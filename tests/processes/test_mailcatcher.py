"""The built-in postbox keeps what it accepted."""

import asyncio
import smtplib
import socket
from pathlib import Path

import pytest

from pulang import mailcatcher
from pulang.mailcatcher import Postbox

MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\n.dot\r\nKode: ABCD-2345\r\n"


def test_mails_are_kept_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    postbox = Postbox(tmp_path / "postbox")
    postbox.open()

    names = [postbox.save(MAIL, "c@d.example") for _ in range(20)]

    assert names == sorted(names)
    assert sorted(path.name for path in (tmp_path / "postbox").iterdir()) == names
    assert (tmp_path / "postbox" / names[0]).read_bytes() == b"Delivered-To: c@d.example\r\n" + MAIL


def test_kept_mails_are_for_their_owner_alone(tmp_path: Path) -> None:
    postbox = Postbox(tmp_path / "postbox")
    postbox.open()
    kept = tmp_path / "postbox" / postbox.save(MAIL, "c@d.example")
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_half_a_mail_from_before_a_kill_is_dropped(tmp_path: Path) -> None:
    (tmp_path / ".00000000000000000001-000001.eml.part").write_bytes(b"From: a")
    Postbox(tmp_path).open()
    assert list(tmp_path.iterdir()) == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_mail_that_was_accepted_lies_in_the_folder_once_for_each_recipient(tmp_path: Path) -> None:
    port, stop = _free_port(), asyncio.Event()
    serving = asyncio.create_task(mailcatcher.serve(tmp_path, port, stop))
    await asyncio.sleep(0.05)

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.sendmail("a@b.example", ["c@d.example", "e@f.example"], MAIL)

    await asyncio.to_thread(send)
    stop.set()
    await serving

    kept = await asyncio.to_thread(lambda: [path.read_bytes() for path in sorted(tmp_path.glob("*.eml"))])
    assert kept == [b"Delivered-To: c@d.example\r\n" + MAIL, b"Delivered-To: e@f.example\r\n" + MAIL]


async def test_a_taken_port_is_reported(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        with pytest.raises(OSError, match="in use"):
            await mailcatcher.serve(tmp_path, other.getsockname()[1], asyncio.Event())
