"""M405."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.model.fact import Fact
from guestinspect.model.guest import Guest
from vscclient.model.fix import Fix, SetField
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, NOTE, WARNING, Flaw, GuestRule, by_visibility, suggestion
from vscclient.policy.verb_tense import is_or_would_be_property

_DISTRO, _VERSION = "os_distro", "os_version"
_WITHOUT_VERSIONS = ("arch", "gentoo", "void")

_OTHER_NAMES = {
    "archlinux": "arch",
    "alpinelinux": "alpine",
    "redhat": "rhel",
    "rockylinux": "rocky",
    "alma": "almalinux",
    "centos-stream": "centos",
    "oracle": "ol",
    "oraclelinux": "ol",
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "amazon": "amzn",
    "amazonlinux": "amzn",
}
"""Other names of a distribution, from Glance's list and libosinfo's, with its name in os-release."""

_CODENAMES = {
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "focal": "20.04",
    "jammy": "22.04",
    "noble": "24.04",
}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)


class OperatingSystemMatchesGuest(GuestRule):
    """The image declares the operating system of its guest, with the version, and both are correct.

    Why: people search for images by their operating system, and tools need it to know how to log in or how to update.
    Fix: set ``os_distro``, such as ``debian`` or ``rocky``, and ``os_version``, such as ``12`` or ``9.4``; the version
    may be shortened: ``9`` for ``9.4``.
    """

    code = "M405"
    claims = frozenset((_DISTRO, _VERSION))
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"os_distro": "debian", "os_version": "12"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"os_distro": "ubuntu", "os_version": "12"}})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        distro, version = (plan.image.properties.get(key, "").strip() for key in (_DISTRO, _VERSION))
        yield from _missing(distro, version, guest)
        if distro:
            found = guest.os_distro()
            if _canonical(distro) != _canonical(found.value):
                yield _mismatch(plan, _DISTRO, found)
        if version and _has_versions(distro):
            found = guest.os_version()
            if not _agree(version, found.value):
                yield _mismatch(plan, _VERSION, found)


def _missing(distro: str, version: str, guest: Guest) -> Iterator[Flaw]:
    """Yield one flaw for all that is missing, so that one command fixes it."""
    steps = []
    if not distro:
        steps.append(SetField(_DISTRO, suggestion(guest.os_distro, "debian")))
    if not version and _has_versions(distro):
        steps.append(SetField(_VERSION, suggestion(guest.os_version, "12")))
    if steps:
        what = "version of its guest's operating system" if distro else "operating system of its guest"
        yield Flaw(message=f"the image does not declare the {what}", fix=Fix.by(*steps))


def _mismatch(plan: Plan, key: str, found: Fact[str]) -> Flaw:
    declared = plan.image.properties[key]
    return Flaw(
        message=f"{key} {is_or_would_be_property(plan, key)} {declared}, but the guest has {found.value}",
        location=found.location,
        fix=Fix.by(SetField(key, found.value)),
    )


def _canonical(distro: str) -> str:
    return _OTHER_NAMES.get(distro.strip().lower(), distro.strip().lower())


def _has_versions(distro: str) -> bool:
    return _canonical(distro) not in _WITHOUT_VERSIONS


def _agree(version: str, other: str) -> bool:
    """Check whether two versions agree in the numbers that both have: 12 agrees with 12.7, but 9.4 not with 9.5."""
    numbers, others = _numbers(_CODENAMES.get(version.lower(), version)), _numbers(other)
    common = min(len(numbers), len(others))
    return version.lower() == other.lower() or (common > 0 and numbers[:common] == others[:common])


def _numbers(version: str) -> list[int]:
    number = _NUMBER.search(version[:40])
    return [int(part) for part in number[0].split(".")] if number else []
