"""The names that a guest gives its NICs: ``ens3``, ``eth0``, or a name of its own files.

Source: systemd.link(5), udev(7).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import count, zip_longest

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Ini, read_systemd_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network import udev_rules
from guestinspect.network.match_section import NETPLAN_PREFIX, NETWORK_FOLDERS, matches
from guestinspect.network.nic import Nic
from guestinspect.network.pci_slots import I440FX, Slot
from guestinspect.network.unnamed_nic import UnnamedNic, list_words


@dataclass(frozen=True)
class InitramfsFiles:
    """The files by which the initramfs names NICs before the root file system is there.

    Args:
        path: The path of the initramfs in the guest.
        tree: The files in it.
    """

    path: str
    tree: Tree


@dataclass(frozen=True)
class NamedNics:
    """The NICs with their names, and the reason for each name."""

    nics: tuple[Nic, ...]
    reasons: tuple[Step, ...]


@dataclass(frozen=True)
class _NicName:
    name: str
    alternative_names: tuple[str, ...]
    why: Step

    def after(self, earlier: _NicName | None) -> _NicName:
        """Return the name with what remains of the one that the initramfs gave: alternative names stay."""
        if earlier is None:
            return self
        kept = dict.fromkeys((*self.alternative_names, *earlier.alternative_names))
        why = earlier.why if self.name == earlier.name else self.why
        return _NicName(self.name, tuple(other for other in kept if other != self.name), why)


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


def name_nics(
    tree: Tree,
    command_line: tuple[str, ...],
    slots: tuple[Slot, ...] = I440FX.slots,
    initramfs: InitramfsFiles | None = None,
) -> NamedNics:
    """Return the NICs of an instance, with the names that this guest gives them.

    Args:
        tree: The files that are there when the NICs are found.
        command_line: The kernel parameters.
        slots: The slots of the NICs; the NIC of the last slot is attached later.
        initramfs: The files by which the initramfs names the NICs before; None: it names none.

    Raises:
        Unknown: A rule or a file gives names that cannot be forecast.
    """
    # Drivers number NICs in the order of their slots.
    at_boot = [UnnamedNic(position, slot, f"eth{position}") for position, slot in enumerate(slots[:-1])]
    given: list[_NicName] = []
    if initramfs is not None:
        names = _Namer.of(initramfs.tree, command_line).name_all(at_boot)
        given = [replace(each, why=_in_initramfs(each.why, initramfs.path)) for each in names]
        at_boot = [nic.renamed(name.name) for nic, name in zip(at_boot, given, strict=True)]
    namer = _Namer.of(tree, command_line)
    names = [name.after(earlier) for name, earlier in zip_longest(namer.name_all(at_boot), given)]
    attached = UnnamedNic(len(at_boot), slots[-1], _first_free_name(names))
    names.append(_without_conflict(namer.name(attached), attached, names))
    if not _kernel_has_alternative_names(tree):
        names = [replace(each, alternative_names=()) for each in names]
    nics = (
        Nic(nic.position, name.name, name.alternative_names, nic.mac, nic.path)
        for nic, name in zip((*at_boot, attached), names, strict=True)
    )
    return NamedNics(tuple(nics), tuple(name.why for name in names))


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

    @classmethod
    def of(cls, tree: Tree, command_line: tuple[str, ...]) -> _Namer:
        """Return the namer with the rules and files in a tree."""
        return cls(tree, udev_rules.naming_rules(tree), _link_files(tree), command_line)

    def name_all(self, nics: list[UnnamedNic]) -> list[_NicName]:
        """Return the names of NICs that are there at the same time.

        The kernel refuses a name that another NIC has: which of them gets it is not known. Source: Linux's
        net/core/dev.c, dev_change_name.

        Raises:
            Unknown: Several of them get one name.
        """
        names = [self.name(nic) for nic in nics]
        for name, times in Counter(each.name for each in names).items():
            if times > 1:
                location = next(each.why.location for each in names if each.name == name)
                raise Unknown(f"{location or 'the guest'} gives several NICs the name {name}")
        return names

    def name(self, nic: UnnamedNic) -> _NicName:
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

    def _default_name(self, nic: UnnamedNic) -> _NicName:
        """Return the name without udev rules of the guest's own."""
        if udev_rules.has_rules_file(self.tree, "75-persistent-net-generator.rules"):
            # This old udev keeps a name for each MAC address that it has seen, and numbers new NICs behind them.
            for rule in self.rules:
                if re.fullmatch(r"eth\d+", rule.name):
                    raise Unknown(f"{rule.location} reserves the name {rule.name} for a NIC of another machine")
            by_version = Step("NICs keep the kernel's names, as this version of udev does")
            return _NicName(nic.name, (), _BY_PARAMETER if self._is_off else by_version)
        if udev_rules.has_rules_file(self.tree, "80-net-setup-link.rules"):
            return self._name_by_link_files(nic)
        if self._is_off:
            return _NicName(nic.name, (), _BY_PARAMETER)
        if udev_rules.has_rules_file(self.tree, "80-net-name-slot.rules"):
            name = nic.slot.names.get("slot") or nic.slot.names["path"]
            return _NicName(name, (), Step(f"NICs get predictable names ({name})"))
        has_udev = any(self.tree.status(path) is not None for path in _UDEV)
        why = "the udev rule that renames them is masked or missing" if has_udev else "systemd-udevd is not installed"
        return _NicName(nic.name, (), Step(f"NICs keep the kernel's names: {why}"))

    @property
    def _is_off(self) -> bool:
        """Return True if the last ``net.ifnames=`` switches predictable names off."""
        values = [word.partition("=")[2] for word in self.command_line if word.startswith("net.ifnames=")]
        return bool(values) and values[-1].lower() in _OFF

    def _name_by_link_files(self, nic: UnnamedNic) -> _NicName:
        """Return the name that the first .link file gives that matches: later ones do not count, also without a name.

        Source: systemd.link(5), "The first (in alphanumeric order) of the link files that matches is applied".
        """
        properties = nic.properties(self.command_line)
        file = next((file for file in self.links if matches(file, properties)), None)
        if file is None:
            return _NicName(nic.name, (), Step("NICs keep the kernel's names: no .link file names them"))
        _require_unchanged_mac(file)
        by_policy = () if self._is_off else nic.names_by_policy(file, "NamePolicy")
        entry = file.last("Link", "Name")
        if nic.is_renamed and not _renames_again(self.tree):
            name, why = nic.name, Step(f"a NIC keeps its name {nic.name}", file.path)
        elif by_policy:
            name, why = by_policy[0], Step(f"NICs get predictable names ({by_policy[0]})", file.path)
        elif entry is not None and entry.value:
            name, why = entry.value, Step(f"a NIC is named {entry.value}", entry.location)
        else:
            name, why = nic.name, _BY_PARAMETER if self._is_off else Step("NICs keep the kernel's names", file.path)
        more = nic.names_by_policy(file, "AlternativeNamesPolicy")
        alternatives = dict.fromkeys((*list_words(file, "AlternativeName"), *more))
        return _NicName(name, tuple(other for other in alternatives if other != name), why)


def _first_free_name(names: list[_NicName]) -> str:
    """Return the kernel's name for the next NIC: it numbers from the first free number. Source: __dev_alloc_name."""
    taken = {each.name for each in names}
    return next(name for name in (f"eth{number}" for number in count()) if name not in taken)


def _in_initramfs(why: Step, path: str) -> Step:
    """Return the reason for a name that the initramfs gives."""
    return Step(f"{why.what}, already in the initramfs", f"{path}: {why.location}" if why.location else path)


def _without_conflict(name: _NicName, nic: UnnamedNic, others: list[_NicName]) -> _NicName:
    """Return the name of an attached NIC: the kernel refuses one that another NIC has, and its own stays."""
    is_taken = name.name in {each.name for each in others}
    return _NicName(nic.name, (), Step(f"{name.name} is taken", name.why.location)) if is_taken else name


def _renames_again(tree: Tree) -> bool:
    """Return True if this udevd renames a NIC that a program has named before, unless the policy ``keep`` forbids it.

    Version 240 does, and has ``keep`` in its own file since then. Source: systemd's NEWS of version 240, link-config.c
    (NAMING_ALLOW_RERENAMES).
    """
    packaged = (f"{folder}/99-default.link" for folder in NETWORK_FOLDERS if folder.startswith(("/usr/lib", "/lib")))
    return any("keep" in list_words(read_systemd_file(tree, path), "NamePolicy") for path in packaged)


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
