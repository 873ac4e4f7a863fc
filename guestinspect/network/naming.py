"""What a guest calls its NICs: ``ens3``, ``eth0``, or as its own files say.

Source: systemd.link(5), udev(7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import basename

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Entry, Ini, split_words
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network import udev_rules
from guestinspect.network.match import NETWORK_FOLDERS, RENDERED_BY_NETPLAN, Subject, is_matched
from guestinspect.network.nic import Nic
from guestinspect.network.slots import THIS_CLOUD, Slot


@dataclass(frozen=True)
class Naming:
    """What the guest calls its NICs, and why."""

    nics: tuple[Nic, ...]
    why: Step


@dataclass(frozen=True)
class _Named:
    name: str
    alternative_names: tuple[str, ...]
    why: Step


_UDEV = tuple(
    f"{folder}/{program}"
    for folder in ("/usr/lib/systemd", "/lib/systemd", "/usr/bin", "/bin", "/sbin", "/usr/sbin")
    for program in ("systemd-udevd", "udevadm")
)
_OF_A_NIC = re.compile(r"(eth|ens|eno|enp|enx|em)[0-9a-f][0-9a-z]{0,30}")
_KERNEL = re.compile(r"(\d{1,4})\.(\d{1,4})\.")
_FIRST_WITH_OTHER_NAMES = (5, 5)
_OFF = frozenset({"0", "no", "n", "false", "f", "off"})
_BY_PARAMETER = Step("NICs have the kernel's names, by the kernel parameter net.ifnames=0")
_FREE_SLOTS = range(3, 32)


def named(tree: Tree, command_line: tuple[str, ...], slots: tuple[Slot, ...] = THIS_CLOUD) -> Naming:
    """The NICs of an instance, named as this guest names them.

    Args:
        tree: Its files, with those that are there when its NICs are found.
        command_line: The kernel's parameters.
        slots: Where they are plugged in; the last is attached later.

    Raises:
        Unknown: A rule or a file renames in a way that cannot be foreseen.
    """
    namer = _Namer(tree, udev_rules.naming_rules(tree), _link_files(tree), command_line)
    found = [namer.name(position, slot) for position, slot in enumerate(slots)]
    names = [each.name for each in found]
    if len(set(names)) != len(names):
        raise Unknown(f"{found[0].why.location or 'the guest'} gives several NICs the name {names[0]}")
    if not _kernel_knows_other_names(tree):
        found = [replace(each, alternative_names=()) for each in found]
    nics = (_nic(position, slot, found[position]) for position, slot in enumerate(slots))
    return Naming(tuple(nics), found[0].why)


def is_foreign(name: str, nics: tuple[Nic, ...]) -> bool:
    """Whether this is the name of a NIC (no pattern, no bridge's name) that no instance of this cloud has."""
    own = {each for nic in nics for each in (nic.name, *nic.alternative_names)}
    if name in own or not _OF_A_NIC.fullmatch(name):
        return False
    number = name[3:]
    is_one_more = number.isdigit() and f"{name[:3]}{nics[0].name[3:]}" == nics[0].name
    return not (is_one_more and int(number) < _FREE_SLOTS.stop)


def pins(tree: Tree) -> tuple[Pin, ...]:
    """The .link files and udev rules that name a NIC of one machine; what netplan makes of its own is netplan's."""
    files = [file for file in _link_files(tree) if not file.path.startswith(RENDERED_BY_NETPLAN)]
    of_files = (entry for file in files for entry in _macs(file) if file.entries("Link", "Name"))
    of_rules = (
        Pin(f"MAC address {part.value}", rule.location)
        for rule in udev_rules.naming_rules(tree)
        for part in rule.conditions()
        if part.key in ("ATTR{address}", "ATTRS{address}") and _is_one_mac(part.value)
    )
    return (*(Pin(f"MAC address {entry.value}", entry.location) for entry in of_files), *of_rules)


def _macs(file: Ini) -> Iterator[Entry]:
    return (entry for entry in file.entries("Match", "MACAddress", "PermanentMACAddress") if entry.value)


def _is_one_mac(value: str) -> bool:
    return not set(value) & set("*?[|")


def _nic(position: int, slot: Slot, given: _Named) -> Nic:
    return Nic(position, given.name, given.alternative_names, _mac(position), f"pci-{slot.address}")


def _mac(position: int) -> str:
    """A stand-in, of the range from which Nova takes its own."""
    return f"fa:16:3e:00:00:{position + 3:02x}"


@dataclass(frozen=True)
class _Namer:
    """What names the NICs of a guest.

    Args:
        rules: Its udev rules that give names.
        links: Its .link files.
        command_line: The kernel's parameters.
    """

    tree: Tree
    rules: tuple[udev_rules.Rule, ...]
    links: tuple[Ini, ...]
    command_line: tuple[str, ...]

    def name(self, position: int, slot: Slot) -> _Named:
        """What a NIC is called in the end."""
        by_default = self._by_default(position, slot)
        properties = _properties(position, slot, by_default.name)
        name, location = "", ""
        for rule in self.rules:
            if udev_rules.is_matched(rule, properties):
                name, location = _expanded(rule, properties), rule.location
        if not name:
            return by_default
        alternatives = tuple(other for other in by_default.alternative_names if other != name)
        return _Named(name, alternatives, Step(f"a udev rule names a NIC {name}", location))

    def _by_default(self, position: int, slot: Slot) -> _Named:
        """The name without udev rules of the guest's own."""
        kernels = f"eth{position}"
        if udev_rules.is_there(self.tree, "75-persistent-net-generator.rules"):
            return self._remembered(kernels)
        if udev_rules.is_there(self.tree, "80-net-setup-link.rules"):
            return self._by_link_files(position, slot)
        if self._is_off:
            return _Named(kernels, (), _BY_PARAMETER)
        if udev_rules.is_there(self.tree, "80-net-name-slot.rules"):
            name = slot.names.get("slot") or slot.names["path"]
            return _Named(name, (), Step(f"NICs have predictable names ({name})"))
        return _Named(kernels, (), Step(_why_kernels(self.tree)))

    @property
    def _is_off(self) -> bool:
        """Whether predictable names are off; the last word on it counts."""
        said = [word.partition("=")[2] for word in self.command_line if word.startswith("net.ifnames=")]
        return bool(said) and said[-1].lower() in _OFF

    def _remembered(self, kernels: str) -> _Named:
        """The name that an older udev gives, which keeps names by MAC address, and numbers the others behind them."""
        for rule in self.rules:
            if re.fullmatch(r"eth\d+", rule.name):
                raise Unknown(f"{rule.location} keeps the name {rule.name} for a NIC of another machine")
        return _Named(kernels, (), Step("NICs have the kernel's names, as this udev keeps them"))

    def _by_link_files(self, position: int, slot: Slot) -> _Named:
        kernels = f"eth{position}"
        subject = Subject(_matched_by(position, slot), self.command_line)
        file = next((file for file in self.links if is_matched(file, subject)), None)
        if file is None:
            _must_be_in_initramfs(self.tree)
            return _Named(kernels, (), Step("NICs have the kernel's names: no .link file names them"))
        _must_keep_address(file)
        name, why = self._name_of(file, position, slot)
        if name == kernels and basename(file.path) != "99-default.link":
            _must_be_in_initramfs(self.tree)
        given = dict.fromkeys(
            (*_words(file, "AlternativeName"), *_policy(file, "AlternativeNamesPolicy", position, slot))
        )
        return _Named(name, tuple(other for other in given if other != name), why)

    def _name_of(self, file: Ini, position: int, slot: Slot) -> tuple[str, Step]:
        kernels = f"eth{position}"
        by_policy = () if self._is_off else _policy(file, "NamePolicy", position, slot)
        if by_policy:
            return by_policy[0], Step(f"NICs have predictable names ({by_policy[0]})", file.path)
        entry = file.last("Link", "Name")
        if entry is not None and entry.value:
            return entry.value, Step(f"a NIC is named {entry.value}", entry.location)
        return kernels, _BY_PARAMETER if self._is_off else Step("NICs have the kernel's names", file.path)


def _must_keep_address(file: Ini) -> None:
    """Raises Unknown if the file gives a NIC another MAC address, which a cloud may not let through."""
    policy, mac = file.last("Link", "MACAddressPolicy"), file.last("Link", "MACAddress")
    if policy is not None and policy.value == "random":
        raise Unknown(f"{policy.location} gives NICs another MAC address than the cloud knows")
    if mac is not None and mac.value:
        raise Unknown(f"{mac.location} gives a NIC another MAC address than the cloud knows")


def _kernel_knows_other_names(tree: Tree) -> bool:
    """Whether all kernels that are there are new enough; without any, what systemd says of the names counts.

    Source: Linux 5.5, "rtnetlink: add linkprop commands to add and delete alternative ifnames".
    """
    names = (*tree.names("/lib/modules"), *(name.removeprefix("vmlinuz-") for name in tree.names("/boot")))
    found = (_KERNEL.match(name) for name in names)
    return all((int(each[1]), int(each[2])) >= _FIRST_WITH_OTHER_NAMES for each in found if each is not None)


def _why_kernels(tree: Tree) -> str:
    if any(tree.status(path) is not None for path in _UDEV):
        return "NICs have the kernel's names: the rule that renames them is masked or not there"
    return "NICs have the kernel's names: systemd-udevd is not there"


def _link_files(tree: Tree) -> tuple[Ini, ...]:
    return tuple(
        read_with_drop_ins(tree, path, NETWORK_FOLDERS) for path in list_conf_files(tree, NETWORK_FOLDERS, ".link")
    )


def _policy(file: Ini, key: str, position: int, slot: Slot) -> tuple[str, ...]:
    """The names that a list of policies gives; those of the firmware and of a database are not there on virtio."""
    names = {**slot.names, "mac": f"enx{_mac(position).replace(':', '')}"}
    return tuple(names[policy] for policy in _words(file, key) if policy in names)


def _words(file: Ini, key: str) -> tuple[str, ...]:
    return tuple(word for entry in file.effective_entries("Link", key) for word in split_words(entry.value))


def _must_be_in_initramfs(tree: Tree) -> None:
    """Debian's initramfs names NICs by its own copy of these files: an older one does not know a newer mask.

    Raises:
        Unknown: A folder of .link files has been changed since an initramfs was made.
    """
    made = [tree.status(f"/boot/{name}") for name in tree.names("/boot") if name.startswith("initrd.img-")]
    oldest_s = min((status.modified_s for status in made if status), default=0)
    for folder in ("/etc/systemd/network", "/etc/udev/rules.d"):
        status = tree.status(folder)
        if oldest_s and status is not None and status.modified_s > oldest_s:
            raise Unknown(f"{folder} is newer than the initramfs, which may name NICs as it did before")


def _matched_by(position: int, slot: Slot) -> dict[str, tuple[str, ...]]:
    """A NIC as .link files see it."""
    return {
        "OriginalName": (f"eth{position}",),
        "MACAddress": (_mac(position),),
        "PermanentMACAddress": (_mac(position),),
        "Path": (f"pci-{slot.address}",),
        "Driver": ("virtio_net",),
        "Type": ("ether",),
    }


def _properties(position: int, slot: Slot, default: str) -> dict[str, tuple[str, ...]]:
    """A NIC as udev's rules see it."""
    kernels = f"eth{position}"
    mac = _mac(position)
    return {
        "ACTION": ("add",),
        "SUBSYSTEM": ("net",),
        "SUBSYSTEMS": ("net", "virtio", "pci"),
        "KERNEL": (kernels,),
        "KERNELS": (kernels, slot.address, slot.address.rpartition(":")[0].replace("0000:", "pci0000:")),
        "DRIVERS": ("virtio_net", "virtio-pci", ""),
        "NAME": ("",),
        "ATTR{address}": (mac,),
        "ATTRS{address}": (mac,),
        "ATTR{type}": ("1",),
        "ATTR{dev_id}": ("0x0",),
        "ATTR{dev_port}": ("0",),
        "ENV{ID_PATH}": (f"pci-{slot.address}",),
        "ENV{ID_NET_DRIVER}": ("virtio_net",),
        "ENV{ID_NET_NAME}": (default if default != kernels else "",),
        "ENV{ID_NET_NAME_SLOT}": (slot.names.get("slot", ""),),
        "ENV{ID_NET_NAME_PATH}": (slot.names["path"],),
        "ENV{INTERFACE}": (kernels,),
    }


def _expanded(rule: udev_rules.Rule, properties: Mapping[str, tuple[str, ...]]) -> str:
    """The name that a rule gives, what stands for something else replaced."""
    name = rule.name.replace("%k", properties["KERNEL"][0]).replace("$kernel", properties["KERNEL"][0])
    found = re.fullmatch(r"\$env\{(\w{1,40})\}|%E\{(\w{1,40})\}", name)
    if found:
        values = properties.get(f"ENV{{{found[1] or found[2]}}}")
        name = values[0] if values else name
    if set(name) & set("$%"):
        raise Unknown(f"{rule.location} names NICs in a way that is known only at boot")
    return name
