"""The addresses that a NIC got by DHCP, as the packets on its wire show.

Source: pcap-savefile(5), RFC 894 (Ethernet), RFC 791 (IPv4), RFC 768 (UDP), RFC 2131 and RFC 2132 (DHCP).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_HEADER_BYTES = 24
_MAGIC = 0xA1B2C3D4
_RECORD = struct.Struct("<IIII")
_LONGEST_PACKET_BYTES = 65536

_IPV4 = 0x0800
_UDP = 17
_SERVER_PORT, _CLIENT_PORT = 67, 68
_COOKIE = b"\x63\x82\x53\x63"
_OPTIONS_AT = 240
_MESSAGE_TYPE = 53
_PAD, _END = 0, 255
_DISCOVER, _REQUEST, _ACK = 1, 3, 5


@dataclass(frozen=True)
class DhcpMessage:
    """A message of DHCP.

    Args:
        kind: Its type, as RFC 2132 numbers it in section 9.6.
        mac: The MAC address of the client.
    """

    kind: int
    mac: str


Test = Callable[[Path, str], bool]
"""A test of the NIC with a MAC address, by a capture of its packets."""


def is_requested(capture: Path, mac: str) -> bool:
    """Return True if the NIC asked for an address."""
    return any(each.mac == mac and each.kind in (_DISCOVER, _REQUEST) for each in read_dhcp(capture))


def is_up(capture: Path, mac: str) -> bool:
    """Return True if a server gave the NIC an address."""
    return any(each.mac == mac and each.kind == _ACK for each in read_dhcp(capture))


def read_dhcp(capture: Path) -> Iterator[DhcpMessage]:
    """Yield the messages of DHCP in a capture of QEMU's ``filter-dump``; none if the file does not exist yet."""
    for packet in _read_packets(capture.read_bytes() if capture.exists() else b""):
        message = _parse_dhcp(packet)
        if message:
            yield message


def _read_packets(content: bytes) -> Iterator[bytes]:
    """Yield the packets of a pcap file; an incomplete one at the end is omitted, because QEMU may be writing it."""
    if len(content) < _HEADER_BYTES or struct.unpack_from("<I", content)[0] != _MAGIC:
        return
    position = _HEADER_BYTES
    while position + _RECORD.size <= len(content):
        length = _RECORD.unpack_from(content, position)[2]
        position += _RECORD.size
        if length > _LONGEST_PACKET_BYTES or position + length > len(content):
            return
        yield content[position : position + length]
        position += length


def _parse_dhcp(packet: bytes) -> DhcpMessage | None:
    if len(packet) < 34 or struct.unpack_from(">H", packet, 12)[0] != _IPV4 or packet[23] != _UDP:
        return None
    udp = packet[14 + 4 * (packet[14] & 0xF) :]
    if len(udp) < 8 or set(struct.unpack_from(">HH", udp)) != {_SERVER_PORT, _CLIENT_PORT}:
        return None
    message = udp[8:]
    if message[_OPTIONS_AT - 4 : _OPTIONS_AT] != _COOKIE:
        return None
    kind = _find_option(message[_OPTIONS_AT:], _MESSAGE_TYPE)
    return DhcpMessage(kind[0], message[28:34].hex(":")) if kind else None


def _find_option(options: bytes, wanted: int) -> bytes:
    position = 0
    while position + 1 < len(options) and options[position] != _END:
        if options[position] == _PAD:
            position += 1
            continue
        length = options[position + 1]
        if options[position] == wanted:
            return options[position + 2 : position + 2 + length]
        position += 2 + length
    return b""
