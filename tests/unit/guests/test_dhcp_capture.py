from __future__ import annotations

import struct
from pathlib import Path

import fixtures
from hypothesis import given
from hypothesis import strategies as st

from guests.builders.dhcp_capture import is_requested, is_up, read_dhcp
from tests import base

MAC = "fa:16:3e:00:00:01"
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65536, 1)
REQUEST, ACK, REFUSAL = 3, 5, 6


def captured(*packets: bytes) -> bytes:
    """Return a pcap file."""
    return HEADER + b"".join(struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet for packet in packets)


def dhcp(kind: int, mac: str = MAC, *, ports: tuple[int, int] = (67, 68)) -> bytes:
    """Return an Ethernet packet with a message of DHCP."""
    hardware = bytes.fromhex(mac.replace(":", ""))
    message = struct.pack(">BBBB", 2, 1, 6, 0) + bytes(24) + hardware.ljust(208, b"\x00")
    message += b"\x63\x82\x53\x63" + b"\x00" + bytes((54, 4, 10, 0, 0, 2)) + bytes((53, 1, kind)) + b"\xff"
    udp = struct.pack(">HHHH", *ports, 8 + len(message), 0) + message
    return bytes(12) + b"\x08\x00" + b"\x45" + bytes(8) + b"\x11" + bytes(10) + udp


class TestDhcpCapture(base.BaseTestCase):
    def capture(self, content: bytes) -> Path:
        file = Path(self.useFixture(fixtures.TempDir()).path) / "nic0.pcap"
        file.write_bytes(content)
        return file

    def test_a_nic_with_an_acknowledged_address_is_up(self) -> None:
        capture = self.capture(captured(b"\xff" * 60, dhcp(REQUEST, ports=(68, 67)), dhcp(ACK)))

        self.assertTrue(is_requested(capture, MAC))
        self.assertTrue(is_up(capture, MAC))

    def test_a_nic_whose_request_was_refused_is_down(self) -> None:
        capture = self.capture(captured(dhcp(REQUEST, ports=(68, 67)), dhcp(REFUSAL)))

        self.assertTrue(is_requested(capture, MAC))
        self.assertFalse(is_up(capture, MAC))

    def test_the_address_of_another_nic_does_not_count(self) -> None:
        self.assertFalse(is_up(self.capture(captured(dhcp(ACK, mac="fa:16:3e:00:00:02"))), MAC))

    def test_other_ports_carry_no_dhcp(self) -> None:
        self.assertFalse(is_up(self.capture(captured(dhcp(ACK, ports=(53, 68)))), MAC))

    def test_a_packet_that_is_being_written_is_omitted(self) -> None:
        self.assertFalse(is_up(self.capture(captured(dhcp(ACK))[:-1]), MAC))

    def test_without_a_file_no_nic_is_up(self) -> None:
        self.assertFalse(is_up(Path("/nowhere"), MAC))

    @given(st.binary(max_size=400))
    def test_any_packet_is_read(self, packet: bytes) -> None:
        file = self.capture(captured(packet, dhcp(ACK)[: len(packet)] + packet))

        self.assertLessEqual(len(list(read_dhcp(file))), 2)
