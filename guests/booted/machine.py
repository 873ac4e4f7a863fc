"""A QEMU machine like an instance of this cloud: PCI, virtio NICs, a config drive or none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guests.booted.accelerator import QEMU, find_accelerator
from guests.booted.pci_layout import device, find_layout
from guests.errors import GuestsError
from guests.programs import run
from guests.setup import MachineType

NICS_AT_BOOT = 3
_MEMORY_MIB = 768
_QMP_TRIES = 100
_QMP_TIMEOUT_S = 30


def mac_address(position: int) -> str:
    """Return the MAC address of the NIC at a position, counted from 0."""
    return f"fa:16:3e:00:00:{position + 1:02x}"


@dataclass(frozen=True, kw_only=True)
class MachineParts:
    """The parts of a machine.

    Args:
        kernel: The folder with ``vmlinuz`` and ``initrd.img``.
        parameters: The kernel parameters.
        disk: The disk of the guest; it is not written to.
        config_drive: The config drive; None: there is none.
        folder: The folder for its sockets and its output.
        machine: The machine type.
    """

    kernel: Path
    parameters: str
    disk: Path
    config_drive: Path | None
    folder: Path
    machine: MachineType = MachineType.I440FX


class Machine:
    """A running machine.

    Args:
        folder: The folder for its sockets and its output.
        process: QEMU.
        machine: The machine type.
    """

    def __init__(
        self, folder: Path, process: subprocess.Popen[bytes], machine: MachineType = MachineType.I440FX
    ) -> None:
        self.folder = folder
        self._place = find_layout(machine).nics[NICS_AT_BOOT]
        self._process = process

    def read_probe(self) -> str:
        """Return the output of the probe so far.

        Raises:
            GuestsError: The machine has ended.
        """
        self.require_running()
        file = self.folder / "probe"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def require_running(self) -> None:
        """Check that the machine has not ended.

        Raises:
            GuestsError: The machine has ended.
        """
        if self._process.poll() is not None:
            raise GuestsError(f"{QEMU} ended: {self.read_last_output()}")

    def read_cpu_time_s(self) -> float:
        """Return the processor time that QEMU has used, in seconds. Source: proc_pid_stat(5), utime and stime."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def read_last_output(self) -> str:
        """Return the end of the output of QEMU and of the guest's console."""
        files = [self.folder / name for name in ("qemu.log", "console")]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace")[-1500:] for file in files if file.exists())

    def attach_network(self) -> None:
        """Make the network of one more NIC."""
        network = {"type": "user", "id": f"net{NICS_AT_BOOT}", **_network_options(NICS_AT_BOOT)}
        self.run_commands(("netdev_add", network))

    def attach_nic(self) -> None:
        """Attach one more NIC to its network, as ``openstack server add network`` does."""
        address = {**self._place, "mac": mac_address(NICS_AT_BOOT)}
        self.run_commands(("device_add", {"driver": "virtio-net-pci", "netdev": f"net{NICS_AT_BOOT}", **address}))

    def run_commands(self, *commands: tuple[str, dict[str, Any]]) -> None:
        """Run commands of QEMU's monitor. Source: QEMU QMP Reference Manual."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_QMP_TIMEOUT_S)
            connection.connect(str(self.folder / "qmp"))
            with connection.makefile("rwb") as stream:
                for command, arguments in (("qmp_capabilities", {}), *commands):
                    _send(stream, command, arguments)


@contextmanager
def run_machine(parts: MachineParts) -> Iterator[Machine]:
    """Run a machine for the time of a context."""
    with run_qemu(_build_command(parts), parts.folder, parts.machine) as machine:
        yield machine


@contextmanager
def run_qemu(command: Sequence[str], folder: Path, machine: MachineType = MachineType.I440FX) -> Iterator[Machine]:
    """Run QEMU for the time of a context.

    The machine has its own network for each NIC, and none to the outside: otherwise the metadata service of the cloud
    that runs this program would answer the guest.

    Args:
        command: The command line of QEMU, whose monitor is the socket ``qmp`` in the folder.
        folder: The folder for its sockets and its output.
        machine: The machine type, for a NIC that is attached later.
    """
    with (folder / "qemu.log").open("wb") as log:
        isolated = ["unshare", "--user", "--map-root-user", "--net", *command]
        process = subprocess.Popen(isolated, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_for_socket(folder / "qmp", process)
        yield Machine(folder, process, machine)
    finally:
        process.kill()
        process.wait()


def qemu_version() -> str:
    """Return the version of QEMU."""
    return run([QEMU, "--version"]).splitlines()[0]


def _wait_for_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_QMP_TRIES):
        if path.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise GuestsError(f"{QEMU} did not start: {(path.parent / 'qemu.log').read_text(errors='replace')}")


def _network_options(position: int) -> dict[str, Any]:
    """Return the options of a separate network: an address by DHCP and a default route, without IPv6."""
    return {"net": f"10.0.{position}.0/24", "ipv6": False}


def _build_command(parts: MachineParts) -> list[str]:
    layout = find_layout(parts.machine)
    drives = [
        *("-drive", f"file={parts.disk},if=none,id=root,format=raw,snapshot=on"),
        *device("virtio-blk-pci", {"drive": "root", **layout.root}),
    ]
    if parts.config_drive:
        drives += [
            *("-drive", f"file={parts.config_drive},if=none,id=config,format=raw,readonly=on"),
            *device("virtio-blk-pci", {"drive": "config", **layout.config}),
        ]
    return [
        *(QEMU, "-machine", layout.machine, "-accel", find_accelerator(), "-cpu", "qemu64", "-m", str(_MEMORY_MIB)),
        *("-nodefaults", "-no-reboot", "-display", "none", "-smbios", "type=1,product=OpenStack Nova"),
        *layout.controllers,
        *("-object", "rng-random,filename=/dev/urandom,id=rng"),
        *device("virtio-rng-pci", {"rng": "rng", **layout.rng}),
        *("-serial", f"file:{parts.folder / 'console'}", "-serial", f"file:{parts.folder / 'probe'}"),
        *("-qmp", f"unix:{parts.folder / 'qmp'},server=on,wait=off"),
        *("-kernel", str(parts.kernel / "vmlinuz"), "-initrd", str(parts.kernel / "initrd.img")),
        *("-append", parts.parameters),
        *drives,
        *(word for position in range(NICS_AT_BOOT) for word in nic_options(position, parts.machine)),
    ]


def nic_options(position: int, machine: MachineType = MachineType.I440FX) -> tuple[str, ...]:
    """Return QEMU's options for the NIC at a position, and for its network."""
    network = _network_options(position)
    place = find_layout(machine).nics[position]
    return (
        *("-netdev", f"user,id=net{position},net={network['net']},ipv6=off"),
        *device("virtio-net-pci", {"netdev": f"net{position}", "mac": mac_address(position), **place}),
    )


def _send(stream: Any, command: str, arguments: dict[str, Any]) -> None:
    stream.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
    stream.flush()
    while line := stream.readline():
        answer = json.loads(line)
        if "error" in answer:
            raise GuestsError(f"QEMU refused {command}: {answer['error']['desc']}")
        if "return" in answer:
            return
    raise GuestsError(f"QEMU did not answer {command}")
