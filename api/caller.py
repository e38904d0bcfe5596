"""From which address a request comes, behind a reverse proxy too (S33): sign-ins and unknown links count by it."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from fastapi import Request

from api.tools import tools_of

Network = IPv4Network | IPv6Network


def address_of(request: Request) -> str:
    """The caller's address. Behind a trusted proxy: the right-most address of X-Forwarded-For that is none of ours.

    The peer itself when it is no trusted proxy, or when its header names nobody that can be read: a caller can put
    whatever it likes to the left of what our own proxies wrote. "" when the server knows no peer.
    """
    peer = request.client.host if request.client else ""
    trusted = tools_of(request).config.trusted_proxies
    known = _read(peer)
    if known is None or not _is_of(known, trusted):
        return peer
    for entry in reversed(",".join(request.headers.getlist("x-forwarded-for")).split(",")):
        address = _read(entry)
        if address is None:
            return peer
        if not _is_of(address, trusted):
            return str(address)
    return peer


def _is_of(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _read(entry: str) -> IPv4Address | IPv6Address | None:
    """One address, as it is or with a port; None for anything else. An IPv4 address inside an IPv6 one is that one."""
    host = entry.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
