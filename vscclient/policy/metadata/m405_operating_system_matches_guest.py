"""M405."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.model.guest import Guest
from vscclient.model.plan import Plan
from vscclient.policy.disk.disk_rule import is_or_would_be_property
from vscclient.policy.example import Example, case
from vscclient.policy.guest_rule import GuestRule, suggested
from vscclient.policy.rule import ERROR, INFORMATION, WARNING, Flaw, by_visibility, saying

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
"""Words for the same distribution, of Glance's list, of libosinfo's, and of os-release."""

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
    """The image says which operating system its guest is and of which version, and says it right.

    Why: people look for images by it, and so do tools that have to know how to log in or how to update.
    Fix: say ``--os-distro``, such as ``debian`` or ``rocky``, and ``--os-version``, such as ``12`` or ``9.4``; as many
    numbers of the version as you like.
    """

    code = "M405"
    severity = by_visibility(private=INFORMATION, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"os_distro": "debian", "os_version": "12"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"os_distro": "ubuntu", "os_version": "12"}})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        distro, version = (plan.image.properties.get(key, "").strip() for key in (_DISTRO, _VERSION))
        yield from _unsaid(plan, guest)
        if distro:
            found = guest.os_distro()
            if _distro(distro) != _distro(found.value):
                yield _wrong(plan, _DISTRO, found.value, found.location)
        if version and _has_versions(distro):
            found = guest.os_version()
            if not _is_version(version, found.value):
                yield _wrong(plan, _VERSION, found.value, found.location)


def _unsaid(plan: Plan, guest: Guest) -> Iterator[Flaw]:
    """One flaw for all that is not said, so that one command mends it."""
    said, options = plan.image.properties, []
    if not said.get(_DISTRO, "").strip():
        options.append(f"--os-distro {suggested(guest.os_distro, 'debian')}")
    if not said.get(_VERSION, "").strip() and _has_versions(said.get(_DISTRO, "")):
        options.append(f"--os-version {suggested(guest.os_version, '12')}")
    if options:
        what = "which version of its operating system" if said.get(_DISTRO, "").strip() else "which operating system"
        yield Flaw(message=f"it does not say {what} its guest is", fix=saying(plan, " ".join(options)))


def _wrong(plan: Plan, key: str, found: str, location: str) -> Flaw:
    said = plan.image.properties[key]
    return Flaw(
        message=f"{key} {is_or_would_be_property(plan, key)} {said}, but its guest says {found}",
        location=location,
        fix=saying(plan, f"--{key.replace('_', '-')} {found}"),
    )


def _distro(word: str) -> str:
    return _OTHER_NAMES.get(word.strip().lower(), word.strip().lower())


def _has_versions(distro: str) -> bool:
    return _distro(distro) not in _WITHOUT_VERSIONS


def _is_version(said: str, found: str) -> bool:
    """Whether two versions agree as far as both go: 12 is 12.7, and 9.4 is not 9.5."""
    mine, its = _numbers(_CODENAMES.get(said.lower(), said)), _numbers(found)
    common = min(len(mine), len(its))
    return said.lower() == found.lower() or (common > 0 and mine[:common] == its[:common])


def _numbers(version: str) -> list[int]:
    number = _NUMBER.search(version[:40])
    return [int(part) for part in number[0].split(".")] if number else []
