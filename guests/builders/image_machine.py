"""A QEMU machine that boots the image of a whole disk, and records the packets of each NIC."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guests.booted.accelerator import QEMU, find_accelerator
from guests.booted.machine import NICS_AT_BOOT, Machine, mac_address, nic_options, run_qemu
from guests.builders import dhcp_capture
from guests.builders.builder import Firmware
from guests.errors import GuestsError
from guests.programs import run

_MEMORY_MIB = 1024
_OVMF = Path("/usr/share/OVMF/OVMF_CODE.fd")
_TEXT_SCREEN = {"val": 0xB8000, "size": 80 * 25 * 2}
"""The screen in the text mode of VGA: 25 lines of 80 characters, each with a byte of colors."""


@dataclass(frozen=True)
class ImageMachine:
    """A running machine.

    Args:
        machine: QEMU.
    """

    machine: Machine

    def list_up(self) -> tuple[int, ...]:
        """Return the positions of the NICs that have got an address, the attached one included."""
        return self._list_positions(dhcp_capture.is_up)

    def list_requested(self) -> tuple[int, ...]:
        """Return the positions of the NICs that have asked for an address."""
        return self._list_positions(dhcp_capture.is_requested)

    def attach_nic(self) -> None:
        """Attach one more NIC, and record its packets."""
        # the packets of a network can be recorded only once it exists, which is before the guest knows its NIC
        self.machine.attach_network()
        self.machine.run_commands(
            (
                "object-add",
                {
                    "qom-type": "filter-dump",
                    "id": f"dump{NICS_AT_BOOT}",
                    "netdev": f"net{NICS_AT_BOOT}",
                    "file": str(_capture_file(self.machine.folder, NICS_AT_BOOT)),
                },
            )
        )
        self.machine.attach_nic()

    def read_output(self) -> str:
        """Return what the guest has written to its serial console, and what its screen shows in text mode."""
        file = self.machine.folder / "screen"
        self.machine.run_commands(("pmemsave", {**_TEXT_SCREEN, "filename": str(file)}))
        characters = file.read_bytes()[::2]
        screen = "\n".join(characters[at : at + 80].decode("cp437") for at in range(0, len(characters), 80))
        console = self.machine.folder / "console"
        return f"{console.read_text(encoding='utf-8', errors='replace')}\n{screen}"

    def save_picture(self) -> None:
        """Save a picture of the screen, for a person."""
        picture = {"filename": str(self.machine.folder / "screen.png"), "format": "png"}
        self.machine.run_commands(("screendump", picture))

    def _list_positions(self, is_so: dhcp_capture.Test) -> tuple[int, ...]:
        folder, positions = self.machine.folder, range(NICS_AT_BOOT + 1)
        return tuple(n for n in positions if is_so(_capture_file(folder, n), mac_address(n)))


@contextmanager
def run_image(image: Path, firmware: Firmware, config_drive: Path | None, folder: Path) -> Iterator[ImageMachine]:
    """Run a machine that boots an image, for the time of a context.

    Args:
        image: The image; it is not written to.
        firmware: SeaBIOS or OVMF.
        config_drive: The config drive; None: there is none.
        folder: The folder for its sockets and its output.

    Raises:
        GuestsError: The machine did not start.
    """
    if firmware is Firmware.UEFI and not _OVMF.exists():
        raise GuestsError(f"{_OVMF} does not exist\nInstall: ovmf")
    disk_format = json.loads(run(["qemu-img", "info", "--output=json", image]))["format"]
    drives = [
        *("-drive", f"file={image},if=none,id=root,format={disk_format},snapshot=on"),
        *("-device", "virtio-blk-pci,drive=root,addr=0x10,bootindex=1"),
    ]
    if config_drive:
        drives += [
            *("-drive", f"file={config_drive},if=none,id=config,format=raw,readonly=on"),
            *("-device", "virtio-blk-pci,drive=config,addr=0x11"),
        ]
    command = [
        *(QEMU, "-machine", "pc", "-accel", find_accelerator(), "-cpu", "qemu64", "-m", str(_MEMORY_MIB)),
        *("-nodefaults", "-no-reboot", "-display", "none", "-device", "VGA,addr=0x2"),
        *("-smbios", "type=1,product=OpenStack Nova"),
        *("-object", "rng-random,filename=/dev/urandom,id=rng", "-device", "virtio-rng-pci,rng=rng,addr=0x12"),
        *("-serial", f"file:{folder / 'console'}"),
        *("-qmp", f"unix:{folder / 'qmp'},server=on,wait=off"),
        *(("-bios", str(_OVMF)) if firmware is Firmware.UEFI else ()),
        *drives,
        *(word for position in range(NICS_AT_BOOT) for word in nic_options(position)),
        *(word for position in range(NICS_AT_BOOT) for word in _dump_options(folder, position)),
    ]
    with run_qemu(command, folder) as machine:
        yield ImageMachine(machine)


def _dump_options(folder: Path, position: int) -> tuple[str, ...]:
    return (
        "-object",
        f"filter-dump,id=dump{position},netdev=net{position},file={_capture_file(folder, position)}",
    )


def _capture_file(folder: Path, position: int) -> Path:
    return folder / f"nic{position}.pcap"
