"""Which operating system a guest is, as it says itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.model.fact import Fact, Unknown

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
"""The first one that is there counts. Source: os-release(5)."""

_SENTENCES = (
    *("/etc/oracle-release", "/etc/centos-release", "/etc/rocky-release", "/etc/almalinux-release"),
    *("/etc/fedora-release", "/etc/redhat-release", "/etc/system-release", "/etc/SuSE-release"),
    *("/etc/gentoo-release", "/etc/slackware-version"),
)
"""Files with a sentence: ``CentOS release 6.10 (Final)``. They stand in for os-release in systems before 2012."""

_NUMBERS = {"/etc/alpine-release": "alpine", "/etc/debian_version": "debian"}
"""Files with nothing but a version."""

_LSB_RELEASE = "/etc/lsb-release"

_BEGINNINGS = {
    "red hat enterprise linux": "rhel",
    "centos": "centos",
    "rocky": "rocky",
    "almalinux": "almalinux",
    "oracle linux": "ol",
    "scientific linux": "scientific",
    "fedora": "fedora",
    "amazon linux": "amzn",
    "suse linux enterprise server": "sles",
    "suse linux enterprise desktop": "sled",
    "opensuse": "opensuse",
    "gentoo": "gentoo",
    "slackware": "slackware",
}
_OTHER_NAMES = {
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "sles_sap": "sles",
    "redhat": "rhel",
    "redhatenterpriseserver": "rhel",
    "oracleserver": "ol",
    "archlinux": "arch",
    "alpinelinux": "alpine",
}
"""What a guest calls itself, and the word for it in Glance's list. Source: Glance, "Useful image properties"."""

_LIMIT_BYTES = 64 * 1024
_MOST_LINES = 10
"""Of a file with a sentence: SuSE-release has three."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_VERSION = re.compile(r"[0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_VERSION_IN_SENTENCE = re.compile(r"(?:^|\s)([0-9]{1,5}(?:\.[0-9]{1,6}){0,4})(?=\s|$)", re.ASCII)

Said = Mapping[str, Fact[str]]
"""What the guest says: ``distro`` and ``version``."""


def find_distro(tree: Tree) -> Fact[str]:
    """Its name in Glance's words, ``debian``.

    Raises:
        Unknown: It does not say, or no sensible word.
    """
    return _one(tree, "distro", "which operating system it is")


def find_version(tree: Tree) -> Fact[str]:
    """Its version, ``12`` or ``9.4``.

    Raises:
        Unknown: It does not say: a distribution without releases has none.
    """
    return _one(tree, "version", "which version of the operating system it is")


def _one(tree: Tree, what: str, in_words: str) -> Fact[str]:
    said = _said(tree).get(what)
    if said is None:
        raise Unknown(f"nothing in the guest says {in_words}")
    return said


def _said(tree: Tree) -> Said:
    for path in _OS_RELEASE:
        if is_file(tree, path):
            return _assigned(tree, path, "ID", "VERSION_ID")
    if is_file(tree, _LSB_RELEASE):
        said = _assigned(tree, _LSB_RELEASE, "DISTRIB_ID", "DISTRIB_RELEASE")
        if said:
            return said
    for path in _SENTENCES:
        said = _in_sentence(tree, path)
        if said:
            return said
    return _in_number(tree)


def _assigned(tree: Tree, path: str, distro_key: str, version_key: str) -> Said:
    said = {}
    for number, text in lines(tree, path, _LIMIT_BYTES):
        key, sign, value = text.strip().partition("=")
        value = value.strip().strip("\"'")
        location = f"{path}:{number}"
        if sign and key == distro_key and _WORD.fullmatch(value):
            said["distro"] = Fact(_OTHER_NAMES.get(value.lower(), value.lower()), location)
        elif sign and key == version_key and _VERSION.fullmatch(value):
            said["version"] = Fact(value, location)
    return said


def _in_sentence(tree: Tree, path: str) -> Said:
    """What the first line says that begins with a known name."""
    for number, text in islice(lines(tree, path, _LIMIT_BYTES), _MOST_LINES):
        for beginning, name in _BEGINNINGS.items():
            if text.lower().startswith(beginning):
                location = f"{path}:{number}"
                found = _VERSION_IN_SENTENCE.search(text[:200])
                return {"distro": Fact(name, location)} | ({"version": Fact(found[1], location)} if found else {})
    return {}


def _in_number(tree: Tree) -> Said:
    for path, name in _NUMBERS.items():
        if is_file(tree, path):
            number = _first_line(tree, path)
            said = {"distro": Fact(name, path)}
            return said | {"version": Fact(number, f"{path}:1")} if _VERSION.fullmatch(number) else said
    return {}


def _first_line(tree: Tree, path: str) -> str:
    """``trixie/sid`` is no version: it is on its way to one."""
    return next((text.strip() for _, text in lines(tree, path, _LIMIT_BYTES)), "")
