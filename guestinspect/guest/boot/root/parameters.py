"""The kernel parameters from which an initramfs or the kernel finds the root file system.

Of a parameter that is given twice the last one counts. Source: Linux, ``init/do_mounts.c``; dracut.cmdline(7);
initramfs-tools(7); systemd-fstab-generator(8).
"""

from __future__ import annotations

import re

from guestinspect.guest.boot.boot_menu import Parameters
from guestinspect.guest.boot.loaded_files import list_initrds
from guestinspect.model.fact import Unknown

_OTHER_BOOT = re.compile(
    r"netroot|nfsroot|nbdroot|live-media|rd\.live\..*|rd\.iscsi.*|rd\.nvmf.*|iscsi_.*|ostree|loop|subdir"
)
"""Parameters with which a boot finds its root file system in another way."""

_LOCAL_BOOT = re.compile(r"local|(UUID|LABEL|PARTUUID)=.*|/dev/.*")
"""Values of ``boot`` that leave ``root`` in force: a script of initramfs-tools, or the device that dracut's module for
FIPS checks."""

_MAKES_DEVICES = re.compile(r"(rd\.luks|luks\.|crypt|roothash|usrhash|systemd\.verity|rd\.md|md|dm|dm-mod\.|rd\.dm).*")
"""Parameters that make new devices: then a name may exist that the disk does not show."""

_LONGEST_SHOWN = 120


class RootParameters:
    """The parameters of a boot entry that are about its root file system.

    Args:
        entry: The parameters of the entry.

    Raises:
        Unknown: The entry names no root file system, or finds it in another way.
    """

    def __init__(self, entry: Parameters) -> None:
        self._parameters = [parameter.partition("=") for parameter in entry.value]
        self.location = entry.location
        self.initrds = list_initrds(entry)
        """The archives of the initramfs."""
        self.has_initramfs = bool(entry.initrds is None or any(entry.initrds) or self.initrds)
        """True if the entry names an initramfs, if only by a variable."""
        self.name = self._last("root")
        """The value of ``root``."""
        self.flags = self._last("rootflags")
        """The options with which it is mounted."""
        self.kinds = tuple(filter(None, self._last("rootfstype").split(",")))
        """The types that are tried; empty: the type is detected."""
        self.logical_volumes = tuple(dict.fromkeys(self.values("rd.lvm.lv")))
        """The logical volumes for which dracut waits: ``vg/root``. It starts no others."""
        if not self.name:
            raise Unknown(f"{self.location} has no root=, so that the initramfs finds the root file system by itself")
        if entry.is_conditional:
            raise Unknown(f"{self.location} depends on a condition of the boot loader")
        for key, _, value in self._parameters:
            if _OTHER_BOOT.fullmatch(key) or (key == "boot" and not _LOCAL_BOOT.fullmatch(value)):
                raise Unknown(f"{self.location} finds the root file system in another way ({key[:_LONGEST_SHOWN]})")

    @property
    def root(self) -> str:
        """The parameter ``root``, shortened for a message."""
        return f"root={self.name[:_LONGEST_SHOWN]}"

    @property
    def subvolume(self) -> str:
        """The subvolume that is mounted, by its path or number; empty: none is named."""
        options = [flag.partition("=") for flag in self.flags.split(",")]
        return next((value for option, _, value in options if option in ("subvol", "subvolid")), "")

    @property
    def make_devices(self) -> bool:
        """True if parameters make devices that the disk does not show."""
        return any(_MAKES_DEVICES.fullmatch(key) for key, _, _ in self._parameters)

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values of a parameter that may be given several times."""
        return tuple(value for each, sign, value in self._parameters if each == key and sign)

    def _last(self, key: str) -> str:
        return next(reversed(self.values(key)), "")
