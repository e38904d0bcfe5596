"""The final bytes of a mail: headers, the text first, then the same as HTML; both in quoted-printable.

Written by the plain parts of `email`: a desk makes one for every gathering, and parsing each header anew would cost
more than all the rest of it.
"""

import binascii
from collections.abc import Mapping
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32

_POLICY = compat32.clone(linesep="\r\n")


def mime_message(headers: Mapping[str, str], text: str, html: str) -> bytes:
    """A message that a mail server takes as it is. headers: without line ends; raises ValueError for one."""
    message = MIMEMultipart("alternative", policy=_POLICY)
    for name, value in headers.items():
        if "\r" in value or "\n" in value:
            raise ValueError("a header of one line")
        message[name] = value if value.isascii() else Header(value, "utf-8", header_name=name).encode()
    message.attach(_part("plain", text))
    message.attach(_part("html", html))
    return message.as_bytes(policy=_POLICY)


def _part(subtype: str, content: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=_POLICY)
    del part["MIME-Version"]
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(content.encode()).decode("ascii"))
    return part
