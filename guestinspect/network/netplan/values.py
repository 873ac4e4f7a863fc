"""The values that netplan accepts: each check yields the faults of a value, and where they are.

Source: netplan's parse.c (``process_mapping``, ``handle_generic_bool``, ``handle_generic_guint``,
``handle_generic_addresses`` …) and validation.c: the same from 0.106 to 1.2 unless a comment names a version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

_NUMBER = re.compile(r"([ \t\n\v\f\r]*\+?[0-9]{1,10})?")
"""The words that strtoull(3) reads to their end; an empty word is 0."""
_LARGEST_NUMBER = 0xFFFFFFFF
_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}((:[0-9A-Fa-f]{2}){14})?")
"""The address of an Ethernet or an InfiniBand device."""
_NAME = re.compile(r"[!-~]+")
_PREFIX = re.compile(r"[0-9]{1,3}")
_BITS_IPV4, _BITS_IPV6 = 32, 128
_LONGEST_SHOWN = 40
_MOST_IN_LIST = 1000
"""A limit on the time that a list of addresses takes."""


@dataclass(frozen=True)
class Fault:
    """A mistake for which netplan refuses a file.

    Args:
        keys: The keys that lead to it, the outermost first.
        what: The mistake, as the object of «the file has …».
    """

    keys: tuple[str, ...]
    what: str


Check = Callable[[object], Iterator[Fault]]


def describe(value: object) -> str:
    """Return a value as a part of a sentence: a word in quotes, shortened if it is long."""
    if isinstance(value, str):
        return repr(value[:_LONGEST_SHOWN])
    return "a mapping" if isinstance(value, Mapping) else "a list"


def wrong_value(value: object, expected: str) -> Fault:
    """Return the fault of a value that is not of the expected kind."""
    return Fault((), f"{describe(value)} instead of {expected}")


def below_key(key: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield the faults of a value with the key that leads to it."""
    return (Fault((key, *fault.keys), fault.what) for fault in faults)


def anything(_value: object) -> Iterator[Fault]:
    """Yield nothing: the value is not checked."""
    return iter(())


def word(is_valid: Callable[[str], object], expected: str) -> Check:
    """Return a check for a single value (not a list or a mapping)."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, str) or not is_valid(value):
            yield wrong_value(value, expected)

    return check


def one_of(words: str) -> Check:
    """Return a check for one of these words."""
    return word(words.split().__contains__, f"one of {', '.join(words.split())}")


def one_of_any_case(words: str) -> Check:
    """Return a check for one of these words, in upper or lower case."""
    return word(lambda value: value.lower() in words.split(), f"one of {', '.join(words.split())}")


def listed(each: Check) -> Check:
    """Return a check for a list of such values."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield wrong_value(value, "a list")
            return
        if len(value) > _MOST_IN_LIST:
            yield Fault((), f"a list of more than {_MOST_IN_LIST} values")
        for entry in value:
            yield from each(entry)

    return check


def mapping(known: Mapping[str, Check]) -> Check:
    """Return a check for a mapping with these keys and no others."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield wrong_value(value, "a mapping")
            return
        for key, inner in value.items():
            if key in known:
                yield from below_key(key, known[key](inner))
            else:
                yield Fault((key,), f"{describe(key)}, which it does not know")

    return check


def mapping_of(names: Check, each: Check) -> Check:
    """Return a check for a mapping of such names to such values."""

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield wrong_value(value, "a mapping")
            return
        for name, inner in value.items():
            yield from below_key(name, names(name))
            yield from below_key(name, each(inner))

    return check


def is_ipv4(value: str) -> bool:
    """Return True if inet_pton(3) reads it as an IPv4 address."""
    try:
        IPv4Address(value)
    except ValueError:
        return False
    return True


def is_ipv6(value: str) -> bool:
    """Return True if inet_pton(3) reads it as an IPv6 address, which has no zone there."""
    try:
        IPv6Address(value)
    except ValueError:
        return False
    return "%" not in value


def is_number(value: str) -> bool:
    """Return True if it is an unsigned number of 32 bits."""
    return bool(_NUMBER.fullmatch(value)) and int(value or "0") <= _LARGEST_NUMBER


def family(value: object) -> int | None:
    """Return 4 or 6 for an address with or without a prefix length; None if it is not an address."""
    address = str(value).rpartition("/")[0] or str(value)
    return 4 if is_ipv4(address) else 6 if is_ipv6(address) else None


def _is_up_to(largest: int) -> Callable[[str], bool]:
    return lambda value: is_number(value) and int(value or "0") <= largest


def _has_prefix(value: str) -> bool:
    """Return True for ADDRESS/PREFIX.

    netplan also accepts other characters behind the prefix; the programs that read its files do not.
    """
    address, slash, prefix = value.rpartition("/")
    bits = _BITS_IPV4 if is_ipv4(address) else _BITS_IPV6 if is_ipv6(address) else 0
    return bool(slash and _PREFIX.fullmatch(prefix)) and 1 <= int(prefix) <= bits


def address(value: object) -> Iterator[Fault]:
    """Yield the faults of ADDRESS/PREFIX, or of a mapping of one address to its options."""
    if not isinstance(value, Mapping):
        yield from _PLAIN_ADDRESS(value)
    elif len(value) != 1:
        yield wrong_value(value, "one address")
    else:
        yield from mapping_of(_PLAIN_ADDRESS, _ADDRESS_OPTIONS)(value)


def driver(value: object) -> Iterator[Fault]:
    """Yield the faults of a pattern, or of a list of patterns."""
    if value == []:
        yield wrong_value(value, "a driver")
    yield from (listed(_PATTERN) if isinstance(value, list) else _PATTERN)(value)


text = word(lambda _value: True, "a single value")
boolean = one_of_any_case("true on yes y false off no n")
number = word(is_number, "a number")
name = word(_NAME.fullmatch, "a name")
mac = word(_MAC.fullmatch, "a MAC address")
mac_to_set = word(
    # The words are new in 1.0.
    lambda value: _MAC.fullmatch(value) or value in {"permanent", "random", "stable", "preserve"},
    "a MAC address",
)
ipv4 = word(is_ipv4, "an IPv4 address")
ipv6 = word(is_ipv6, "an IPv6 address")
ip = word(lambda value: is_ipv4(value) or is_ipv6(value), "an IP address")
ip_or_network = word(family, "an IP address")
destination = word(lambda value: value == "default" or family(value), "an IP address or 'default'")
vlan_id = word(_is_up_to(4094), "a number up to 4094")
type_of_service = word(_is_up_to(255), "a number up to 255")
port_priority = word(_is_up_to(63), "a number up to 63")
version = word(re.compile(r"[ \t\n\v\f\r]*\+?0*2([^0-9].*)?", re.DOTALL).fullmatch, "version 2")
"""The words of which strtol(3) reads 2: it stops at the first character that is not a digit."""

_PATTERN = word(lambda value: " " not in value, "a driver")
_PLAIN_ADDRESS = word(_has_prefix, "an address with a prefix length")
_ADDRESS_OPTIONS = mapping({"lifetime": one_of_any_case("0 forever"), "label": text})
