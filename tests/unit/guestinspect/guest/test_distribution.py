"""The distribution of a guest and its version."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.distribution import find_distro, find_version
from guestinspect.model.fact import Unknown
from tests import base
from tests.trees import MemoryTree

OLDER_FILES = {
    ("rhel", "6.10"): ("/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n"),
    ("centos", "6.10"): ("/etc/centos-release", "CentOS release 6.10 (Final)\n"),
    ("centos", "7.9.2009"): ("/etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n"),
    ("ol", "6.9"): ("/etc/oracle-release", "Oracle Linux Server release 6.9\n"),
    ("amzn", "2018.03"): ("/etc/system-release", "Amazon Linux AMI release 2018.03\n"),
    ("sles", "11"): ("/etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n"),
    ("opensuse", "12.1"): ("/etc/SuSE-release", "openSUSE 12.1 (x86_64)\n"),
    ("ubuntu", "12.04"): ("/etc/lsb-release", 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_DESCRIPTION="x"\n'),
    ("debian", "6.0.10"): ("/etc/debian_version", "6.0.10\n"),
    ("alpine", "3.4.6"): ("/etc/alpine-release", "3.4.6\n"),
    ("gentoo", "2.2"): ("/etc/gentoo-release", "Gentoo Base System release 2.2\n"),
}


def os_release(text: str) -> MemoryTree:
    return MemoryTree({"/usr/lib/os-release": text}, links={"/etc/os-release": "../usr/lib/os-release"})


class TestOsRelease(base.BaseTestCase):
    def test_os_release_has_name_and_version(self) -> None:
        tree = os_release('NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n')

        self.assertEqual(("debian", "/etc/os-release:3"), (find_distro(tree).value, find_distro(tree).location))
        self.assertEqual("12", find_version(tree).value)

    def test_os_release_takes_precedence_over_older_files(self) -> None:
        tree = MemoryTree({"/usr/lib/os-release": "ID=rocky\nVERSION_ID='9.4'\n", "/etc/redhat-release": "Fedora 1\n"})

        self.assertEqual(("rocky", "9.4"), (find_distro(tree).value, find_version(tree).value))

    def test_names_are_translated_to_those_of_glance(self) -> None:
        self.assertEqual("opensuse", find_distro(os_release('ID="opensuse-leap"\n')).value)

    def test_debian_testing_has_no_version(self) -> None:
        tree = MemoryTree({"/etc/os-release": "ID=debian\n", "/etc/debian_version": "forky/sid\n"})

        self.assertEqual("debian", find_distro(tree).value)
        self.assertRaises(Unknown, find_version, tree)

    def test_invalid_words_are_unknown(self) -> None:
        for word in ("$(touch x)", "a b", "\x1b[31mred", "x" * 40, "", "\u202eevil", "-x"):
            with self.subTest(word=word):
                self.assertRaises(Unknown, find_distro, os_release(f"ID='{word}'\n"))
                self.assertRaises(Unknown, find_version, os_release(f"VERSION_ID='{word}'\n"))

    def test_an_unreadable_os_release_is_reported(self) -> None:
        tree = MemoryTree({"/etc/redhat-release": "Fedora release 1\n"}, unreadable=["/etc/os-release"])

        self.assertRaises(Unreadable, find_distro, tree)


class TestOlderFiles(base.BaseTestCase):
    def test_older_files_are_understood(self) -> None:
        for (name, number), (path, text) in OLDER_FILES.items():
            with self.subTest(name=name, number=number, path=path, text=text):
                tree = MemoryTree({path: text})

                self.assertEqual((name, number), (find_distro(tree).value, find_version(tree).value), path)

    def test_ubuntu_is_not_debian(self) -> None:
        tree = MemoryTree(dict([OLDER_FILES["ubuntu", "12.04"], ("/etc/debian_version", "wheezy/sid\n")]))

        self.assertEqual("ubuntu", find_distro(tree).value)

    def test_a_guest_without_release_files_is_unknown(self) -> None:
        self.assertRaises(Unknown, find_distro, MemoryTree())

    @settings(max_examples=100, deadline=1000)
    @given(st.text())
    def test_any_text_is_a_short_word_or_unknown(self, text: str) -> None:
        for path in ("/etc/os-release", *(path for path, _ in OLDER_FILES.values())):
            with self.subTest(path=path):
                for fact in (find_distro, find_version):
                    with suppress(Unknown):
                        self.assertRegex(fact(MemoryTree({path: text})).value, r"\A[A-Za-z0-9._-]{1,32}\Z")
