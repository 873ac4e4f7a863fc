"""What netplan takes as a value: each check gives what is wrong with one, and where.

Source: netplan's parse.c (``process_mapping``, ``handle_generic_bool``, ``handle_generic_guint``,
``handle_generic_addresses`` …) and validation.c, the same from 0.106 to 1.2 unless something else is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

_NUMBER = re.compile(r"([ \t\n\v\f\r]*\+?[0-9]{1,10})?")
"""strtoull, up to the end of the word; of an empty word it makes 0."""
_LARGEST_NUMBER = 0xFFFFFFFF
_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}((:[0-9A-Fa-f]{2}){14})?")
"""Of Ethernet, or of InfiniBand."""
_NAME = re.compile(r"[!-~]+")
_PREFIX = re.compile(r"[0-9]{1,3}")
_BITS_IPV4, _BITS_IPV6 = 32, 128
_LONGEST_SHOWN = 40
_MOST_IN_LIST = 1000
"""More than anybody writes; to look at each address takes its time."""


@dataclass(frozen=True)
class Fault:
    """Something that netplan refuses.

    Args:
        keys: Where it stands, the outermost key first.
        what: What stands there, and what is wrong with it.
    """

    keys: tuple[str, ...]
    what: str


Check = Callable[[object], Iterator[Fault]]


def shown(value: object) -> str:
    """A value in a sentence: a word in quotes, cut where it is long."""
    if isinstance(value, str):
        return repr(value[:_LONGEST_SHOWN])
    return "a mapping" if isinstance(value, Mapping) else "a list"


def instead_of(value: object, wanted: str) -> Fault:
    """Another value stands where this one should."""
    return Fault((), f"{shown(value)} where {wanted} should be")


def below_key(key: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """The faults of what stands below a key."""
    return (Fault((key, *fault.keys), fault.what) for fault in faults)


def anything(_value: object) -> Iterator[Fault]:
    """What is not looked at."""
    return iter(())


def word(passes: Callable[[str], object], wanted: str) -> Check:
    """One value, no list or mapping, that passes."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, str) or not passes(value):
            yield instead_of(value, wanted)

    return check


def one_of(words: str) -> Check:
    """One of these words, in these letters."""
    return word(words.split().__contains__, f"one of {', '.join(words.split())}")


def one_of_any_case(words: str) -> Check:
    """One of these words, in large letters or small ones."""
    return word(lambda value: value.lower() in words.split(), f"one of {', '.join(words.split())}")


def listed(each: Check) -> Check:
    """A list of such values."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield instead_of(value, "a list")
            return
        if len(value) > _MOST_IN_LIST:
            yield Fault((), f"a list of more than {_MOST_IN_LIST} values")
        for entry in value:
            yield from each(entry)

    return check


def mapping(known: Mapping[str, Check]) -> Check:
    """A mapping with these keys and no others."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield instead_of(value, "a mapping")
            return
        for key, said in value.items():
            yield from below_key(key, known[key](said)) if key in known else _unknown(key)

    return check


def mapping_of(names: Check, each: Check) -> Check:
    """A mapping of names that pass to values that pass."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield instead_of(value, "a mapping")
            return
        for name, said in value.items():
            yield from below_key(name, names(name))
            yield from below_key(name, each(said))

    return check


def _unknown(key: str) -> Iterator[Fault]:
    yield Fault((key,), f"{shown(key)}, which it does not know")


def is_ipv4(value: str) -> bool:
    """Whether inet_pton takes it for an IPv4 address."""
    try:
        IPv4Address(value)
    except ValueError:
        return False
    return True


def is_ipv6(value: str) -> bool:
    """Whether inet_pton takes it for an IPv6 address, which has no zone there."""
    try:
        IPv6Address(value)
    except ValueError:
        return False
    return "%" not in value


def is_number(value: str) -> bool:
    """Whether it is a number of 32 bits without a sign."""
    return bool(_NUMBER.fullmatch(value)) and int(value or "0") <= _LARGEST_NUMBER


def family(value: object) -> int | None:
    """4 or 6, of an address with a prefix or without one; None: it is no address."""
    address = str(value).rpartition("/")[0] or str(value)
    return 4 if is_ipv4(address) else 6 if is_ipv6(address) else None


def _is_up_to(largest: int) -> Callable[[str], bool]:
    return lambda value: is_number(value) and int(value or "0") <= largest


def _has_prefix(value: str) -> bool:
    """An address/prefix. netplan would take one that ends in something else, too; what reads its files would not."""
    address, slash, prefix = value.rpartition("/")
    bits = _BITS_IPV4 if is_ipv4(address) else _BITS_IPV6 if is_ipv6(address) else 0
    return bool(slash and _PREFIX.fullmatch(prefix)) and 1 <= int(prefix) <= bits


def _address(value: object) -> Iterator[Fault]:
    """An address/prefix, or a mapping of one to its options."""
    if not isinstance(value, Mapping):
        yield from _PLAIN_ADDRESS(value)
    elif len(value) != 1:
        yield instead_of(value, "one address")
    else:
        yield from mapping_of(_PLAIN_ADDRESS, _ADDRESS_OPTIONS)(value)


def _driver(value: object) -> Iterator[Fault]:
    """A pattern, or a list of some."""
    if value == []:
        yield instead_of(value, "a driver")
    yield from (listed(_PATTERN) if isinstance(value, list) else _PATTERN)(value)


text = word(lambda _value: True, "a single value")
boolean = one_of_any_case("true on yes y false off no n")
number = word(is_number, "a number")
name = word(_NAME.fullmatch, "a name")
mac = word(_MAC.fullmatch, "a MAC address")
mac_to_set = word(
    # Words since 1.0.
    lambda value: _MAC.fullmatch(value) or value in {"permanent", "random", "stable", "preserve"},
    "a MAC address",
)
ipv4 = word(is_ipv4, "an IPv4 address")
ipv6 = word(is_ipv6, "an IPv6 address")
ip = word(lambda value: is_ipv4(value) or is_ipv6(value), "an IP address")
ip_or_network = word(family, "an IP address")
destination = word(lambda value: value == "default" or family(value), "an IP address, or 'default',")
vlan_id = word(_is_up_to(4094), "a number up to 4094")
type_of_service = word(_is_up_to(255), "a number up to 255")
port_priority = word(_is_up_to(63), "a number up to 63")
version = word(re.compile(r"[ \t\n\v\f\r]*\+?0*2([^0-9].*)?", re.DOTALL).fullmatch, "version 2")
"""strtol stops at what is no digit."""
driver: Check = _driver
address: Check = _address

_PATTERN = word(lambda value: " " not in value, "a driver")
_PLAIN_ADDRESS = word(_has_prefix, "an address with the length of its prefix")
_ADDRESS_OPTIONS = mapping({"lifetime": one_of_any_case("0 forever"), "label": text})
