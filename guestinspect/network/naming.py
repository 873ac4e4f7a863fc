"""The names that a guest gives its NICs: ``ens3``, ``eth0``, or a name of its own files.

Source: systemd.link(5), udev(7).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from posixpath import basename

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Ini, split_words
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network import udev_rules
from guestinspect.network.match_section import NETPLAN_PREFIX, NETWORK_FOLDERS, NicProperties, matches
from guestinspect.network.nic import Nic
from guestinspect.network.pci_slots import I440FX, Slot


@dataclass(frozen=True)
class NamedNics:
    """The NICs with their names, and the reason for the names."""

    nics: tuple[Nic, ...]
    why: Step


@dataclass(frozen=True)
class _NicName:
    name: str
    alternative_names: tuple[str, ...]
    why: Step


_UDEV = tuple(
    f"{folder}/{program}"
    for folder in ("/usr/lib/systemd", "/lib/systemd", "/usr/bin", "/bin", "/sbin", "/usr/sbin")
    for program in ("systemd-udevd", "udevadm")
)
_ETHERNET = re.compile(r"(eth|ens|eno|enp|enx|em)[0-9a-f][0-9a-z]{0,30}")
_KERNEL = re.compile(r"(\d{1,4})\.(\d{1,4})\.")
_FIRST_WITH_ALTERNATIVE_NAMES = (5, 5)
_OFF = frozenset({"0", "no", "n", "false", "f", "off"})
_BY_PARAMETER = Step("NICs keep the kernel's names because of the kernel parameter net.ifnames=0")
_NUMBERED = re.compile(r"(?P<prefix>eth|en[sp])(?P<number>\d{1,3})(?P<suffix>s0)?")
_NUMBERS = range(32)
"""The numbers of slots, and those of PCIe buses that an instance can have."""


def name_nics(tree: Tree, command_line: tuple[str, ...], slots: tuple[Slot, ...] = I440FX.slots) -> NamedNics:
    """Return the NICs of an instance, with the names that this guest gives them.

    Args:
        tree: The files that are there when the NICs are found.
        command_line: The kernel parameters.
        slots: The slots of the NICs; the NIC of the last slot is attached later.

    Raises:
        Unknown: A rule or a file gives names that cannot be forecast.
    """
    namer = _Namer(tree, udev_rules.naming_rules(tree), _link_files(tree), command_line)
    unnamed = [_UnnamedNic(position, slot) for position, slot in enumerate(slots)]
    names = [namer.name(nic) for nic in unnamed]
    # The kernel refuses a name that another NIC has: which of them gets it is not known.
    # Source: Linux's net/core/dev.c, dev_change_name.
    for name, count in Counter(each.name for each in names).items():
        if count > 1:
            location = next(each.why.location for each in names if each.name == name)
            raise Unknown(f"{location or 'the guest'} gives several NICs the name {name}")
    if not _kernel_has_alternative_names(tree):
        names = [replace(each, alternative_names=()) for each in names]
    nics = (
        Nic(nic.position, name.name, name.alternative_names, nic.mac, nic.path)
        for nic, name in zip(unnamed, names, strict=True)
    )
    return NamedNics(tuple(nics), names[0].why)


def is_foreign(name: str, nics: tuple[Nic, ...]) -> bool:
    """Return True if this is the name of a NIC (not a pattern, not a bridge) that no instance of this cloud has."""
    own = {each for nic in nics for each in (nic.name, *nic.alternative_names)}
    if name in own or not _ETHERNET.fullmatch(name):
        return False
    further, first = _NUMBERED.fullmatch(name), _NUMBERED.fullmatch(nics[0].name)
    if further is None or first is None or further.group("prefix", "suffix") != first.group("prefix", "suffix"):
        return True
    return int(further["number"]) not in _NUMBERS


def find_pins(tree: Tree) -> tuple[Pin, ...]:
    """Return the .link files and udev rules that name a NIC of one machine, except those that netplan generates."""
    files = [file for file in _link_files(tree) if not file.path.startswith(NETPLAN_PREFIX)]
    of_files = (
        Pin(f"MAC address {entry.value}", entry.location)
        for file in files
        for entry in file.entries("Match", "MACAddress", "PermanentMACAddress")
        if entry.value and file.entries("Link", "Name")
    )
    of_rules = (
        Pin(f"MAC address {part.value}", rule.location)
        for rule in udev_rules.naming_rules(tree)
        for part in rule.conditions()
        if part.key in ("ATTR{address}", "ATTRS{address}") and not set(part.value) & set("*?[|")
    )
    return (*of_files, *of_rules)


@dataclass(frozen=True)
class _UnnamedNic:
    """A NIC before udev names it.

    Args:
        position: The position among the NICs, from 0: the kernel numbers NICs in this order.
        slot: The PCI slot.
    """

    position: int
    slot: Slot

    @property
    def kernels_name(self) -> str:
        """Return the name that the kernel gives it."""
        return f"eth{self.position}"

    @property
    def mac(self) -> str:
        """Return a placeholder from the range of Nova's MAC addresses."""
        return f"fa:16:3e:00:00:{self.position + 3:02x}"

    @property
    def path(self) -> str:
        """Return the persistent path in udev."""
        return f"pci-{self.slot.address}"

    def names_by_policy(self, file: Ini, key: str) -> tuple[str, ...]:
        """Return the names of a list of policies; a virtio NIC has none from its firmware or the hardware database."""
        names = {**self.slot.names, "mac": f"enx{self.mac.replace(':', '')}"}
        return tuple(names[policy] for policy in _list_words(file, key) if policy in names)

    def udev_properties(self, default_name: str) -> dict[str, tuple[str, ...]]:
        """Return the properties that udev rules match; the default name is the one that udev gives without rules."""
        # KERNELS, SUBSYSTEMS, DRIVERS and ATTRS match the NIC or one of its parents: the virtio device, the PCI device,
        # the PCI bus. NAME is empty until a rule sets it. Source: udev(7).
        address = self.slot.address
        return {
            "ACTION": ("add",),
            "SUBSYSTEM": ("net",),
            "SUBSYSTEMS": ("net", "virtio", "pci"),
            "KERNEL": (self.kernels_name,),
            "KERNELS": (self.kernels_name, address, *self.slot.parents),
            "DRIVERS": ("virtio_net", "virtio-pci", *(("pcieport",) if len(self.slot.parents) > 1 else ()), ""),
            "NAME": ("",),
            "ATTR{address}": (self.mac,),
            "ATTRS{address}": (self.mac,),
            "ATTR{type}": ("1",),
            "ATTR{dev_id}": ("0x0",),
            "ATTR{dev_port}": ("0",),
            "ENV{ID_PATH}": (self.path,),
            "ENV{ID_NET_DRIVER}": ("virtio_net",),
            "ENV{ID_NET_NAME}": (default_name if default_name != self.kernels_name else "",),
            "ENV{ID_NET_NAME_SLOT}": (self.slot.names.get("slot", ""),),
            "ENV{ID_NET_NAME_PATH}": (self.slot.names["path"],),
            "ENV{INTERFACE}": (self.kernels_name,),
        }


@dataclass(frozen=True)
class _Namer:
    """The sources of the names of a guest's NICs.

    Args:
        tree: The files of the guest.
        rules: The udev rules that give names.
        links: The .link files.
        command_line: The kernel parameters.
    """

    tree: Tree
    rules: tuple[udev_rules.Rule, ...]
    links: tuple[Ini, ...]
    command_line: tuple[str, ...]

    def name(self, nic: _UnnamedNic) -> _NicName:
        """Return the final name of a NIC: by the last rule that names it, else the default."""
        by_default = self._default_name(nic)
        properties = nic.udev_properties(by_default.name)
        name, location = "", ""
        for rule in self.rules:  # each rule can give another name, and the last one counts
            if rule.applies(properties):
                name, location = rule.expand_name(properties), rule.location
        if not name:
            return by_default
        alternatives = tuple(other for other in by_default.alternative_names if other != name)
        return _NicName(name, alternatives, Step(f"a udev rule names a NIC {name}", location))

    def _default_name(self, nic: _UnnamedNic) -> _NicName:
        """Return the name without udev rules of the guest's own."""
        if udev_rules.has_rules_file(self.tree, "75-persistent-net-generator.rules"):
            # This old udev keeps a name for each MAC address that it has seen, and numbers new NICs behind them.
            for rule in self.rules:
                if re.fullmatch(r"eth\d+", rule.name):
                    raise Unknown(f"{rule.location} reserves the name {rule.name} for a NIC of another machine")
            by_version = Step("NICs keep the kernel's names, as this version of udev does")
            return _NicName(nic.kernels_name, (), _BY_PARAMETER if self._is_off else by_version)
        if udev_rules.has_rules_file(self.tree, "80-net-setup-link.rules"):
            return self._name_by_link_files(nic)
        if self._is_off:
            return _NicName(nic.kernels_name, (), _BY_PARAMETER)
        if udev_rules.has_rules_file(self.tree, "80-net-name-slot.rules"):
            name = nic.slot.names.get("slot") or nic.slot.names["path"]
            return _NicName(name, (), Step(f"NICs get predictable names ({name})"))
        has_udev = any(self.tree.status(path) is not None for path in _UDEV)
        why = "the udev rule that renames them is masked or missing" if has_udev else "systemd-udevd is not installed"
        return _NicName(nic.kernels_name, (), Step(f"NICs keep the kernel's names: {why}"))

    @property
    def _is_off(self) -> bool:
        """Return True if the last ``net.ifnames=`` switches predictable names off."""
        values = [word.partition("=")[2] for word in self.command_line if word.startswith("net.ifnames=")]
        return bool(values) and values[-1].lower() in _OFF

    def _name_by_link_files(self, nic: _UnnamedNic) -> _NicName:
        """Return the name that the first .link file gives that matches: later ones do not count, also without a name.

        Source: systemd.link(5), "The first (in alphanumeric order) of the link files that matches is applied".
        """
        kernels = nic.kernels_name
        properties = NicProperties.of_virtio(nic.mac, nic.path, {"OriginalName": (kernels,)}, self.command_line)
        file = next((file for file in self.links if matches(file, properties)), None)
        if file is None:
            _require_current_initramfs(self.tree)
            return _NicName(kernels, (), Step("NICs keep the kernel's names: no .link file names them"))
        _require_unchanged_mac(file)
        by_policy = () if self._is_off else nic.names_by_policy(file, "NamePolicy")
        entry = file.last("Link", "Name")
        if by_policy:
            name, why = by_policy[0], Step(f"NICs get predictable names ({by_policy[0]})", file.path)
        elif entry is not None and entry.value:
            name, why = entry.value, Step(f"a NIC is named {entry.value}", entry.location)
        else:
            name, why = kernels, _BY_PARAMETER if self._is_off else Step("NICs keep the kernel's names", file.path)
        if name == kernels and basename(file.path) != "99-default.link":
            _require_current_initramfs(self.tree)
        more = nic.names_by_policy(file, "AlternativeNamesPolicy")
        alternatives = dict.fromkeys((*_list_words(file, "AlternativeName"), *more))
        return _NicName(name, tuple(other for other in alternatives if other != name), why)


def _require_unchanged_mac(file: Ini) -> None:
    """Raise Unknown if the file gives a NIC another MAC address: the cloud may drop its packets."""
    policy, mac = file.last("Link", "MACAddressPolicy"), file.last("Link", "MACAddress")
    if policy is not None and policy.value == "random":
        raise Unknown(f"{policy.location} sets a random MAC address, which differs from the one the cloud assigned")
    if mac is not None and mac.value:
        raise Unknown(f"{mac.location} sets a MAC address that differs from the one the cloud assigned")


def _kernel_has_alternative_names(tree: Tree) -> bool:
    """Return True if all kernels that are there are new enough; without any, systemd's configuration counts.

    Source: Linux 5.5, "rtnetlink: add linkprop commands to add and delete alternative ifnames".
    """
    names = (*tree.names("/lib/modules"), *(name.removeprefix("vmlinuz-") for name in tree.names("/boot")))
    versions = (_KERNEL.match(name) for name in names)
    return all((int(each[1]), int(each[2])) >= _FIRST_WITH_ALTERNATIVE_NAMES for each in versions if each is not None)


def _link_files(tree: Tree) -> tuple[Ini, ...]:
    return tuple(
        read_with_drop_ins(tree, path, NETWORK_FOLDERS) for path in list_conf_files(tree, NETWORK_FOLDERS, ".link")
    )


def _list_words(file: Ini, key: str) -> tuple[str, ...]:
    return tuple(word for entry in file.effective_entries("Link", key) for word in split_words(entry.value))


def _require_current_initramfs(tree: Tree) -> None:
    """Raise Unknown if .link files or rules are newer than the initramfs.

    Debian's initramfs names NICs by its own copy of these files: an older one does not know a newer mask.
    """
    images = [tree.status(f"/boot/{name}") for name in tree.names("/boot") if name.startswith("initrd.img-")]
    oldest_s = min((status.modified_s for status in images if status), default=0)
    for folder in ("/etc/systemd/network", "/etc/udev/rules.d"):
        status = tree.status(folder)
        if oldest_s and status is not None and status.modified_s > oldest_s:
            raise Unknown(f"{folder} is newer than the initramfs, whose older copy may name NICs in another way")
