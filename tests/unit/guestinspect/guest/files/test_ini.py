"""Files of sections and keys, as systemd and NetworkManager read them."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.guest.files import ini
from guestinspect.guest.files.ini import Malformed
from tests import base
from tests.trees import MemoryTree

FOLDERS = ("/etc/x", "/run/x", "/usr/lib/x")


class TestFiles(base.BaseTestCase):
    def test_sections_and_keys_may_come_again(self) -> None:
        tree = MemoryTree(
            {"/f": "[Address]\nAddress=10.0.0.1/24\n[Network]\nDNS=1\nDNS=2\n[Address]\nAddress=10.0.0.2/24\n"}
        )

        file = ini.systemd_file(tree, "/f")

        self.assertEqual(["10.0.0.1/24", "10.0.0.2/24"], [entry.value for entry in file.entries("Address", "Address")])
        self.assertEqual(["/f:4", "/f:5"], [entry.location for entry in file.entries("Network", "DNS")])

    def test_systemd_joins_lines_and_passes_over_what_it_does_not_understand(self) -> None:
        tree = MemoryTree(
            {"/f": "; first\n[Match]\nName=ens3 \\\n# not this\n  ens4\nnonsense\n[Network]\n DHCP = yes \n"}
        )

        file = ini.systemd_file(tree, "/f")

        found = file.last("Match", "Name")
        assert found is not None
        self.assertEqual((("ens3", "ens4"), "/f:3"), (ini.words(found.value), found.location))
        self.assertEqual(["yes"], [entry.value for entry in file.entries("Network", "DHCP")])

    def test_an_empty_value_drops_those_before(self) -> None:
        tree = MemoryTree({"/f": "[Match]\nName=a\nName=\nName=b\n"})

        self.assertEqual(["b"], [entry.value for entry in ini.systemd_file(tree, "/f").gathered("Match", "Name")])

    def test_a_key_file_with_a_line_that_is_none_is_refused(self) -> None:
        for text in ("[a]\nnonsense\n", "key=1\n", "[a]\n; comment\n"):
            with self.subTest(text=text):
                self.assertRaises(Malformed, ini.key_file, MemoryTree({"/f": text}), "/f")

    def test_quotes_hold_a_word_together(self) -> None:
        self.assertEqual(("a b", "c", ""), ini.words("'a b' c \"\""))

    def test_a_word_without_end_takes_no_time(self) -> None:
        self.assertEqual(("x" * 900_000,), ini.words("'" + "x" * 900_000))


class TestFolders(base.BaseTestCase):
    def test_the_first_folder_hides_those_behind_it(self) -> None:
        tree = MemoryTree({"/usr/lib/x/b.network": "lib", "/etc/x/b.network": "etc", "/run/x/a.network": "run"})

        self.assertEqual(("/run/x/a.network", "/etc/x/b.network"), ini.in_folders(tree, FOLDERS, ".network"))

    def test_an_empty_file_or_a_link_to_nothing_masks(self) -> None:
        tree = MemoryTree(
            {"/usr/lib/x/a.link": "lib", "/usr/lib/x/b.link": "lib", "/etc/x/b.link": ""},
            links={"/etc/x/a.link": "/dev/null"},
        )

        self.assertEqual((), ini.in_folders(tree, FOLDERS, ".link"))

    def test_drop_ins_of_all_folders_follow_the_file(self) -> None:
        tree = MemoryTree(
            {
                "/etc/x/a.network": "[Network]\nDHCP=no\n",
                "/usr/lib/x/a.network.d/20.conf": "[Network]\nDHCP=ipv6\n",
                "/etc/x/a.network.d/10.conf": "[Network]\nDHCP=yes\n",
            }
        )

        file = ini.with_drop_ins(tree, "/etc/x/a.network", FOLDERS)

        self.assertEqual(["no", "yes", "ipv6"], [entry.value for entry in file.entries("Network", "DHCP")])


class TestAnything(base.BaseTestCase):
    @settings(deadline=None)
    @given(st.binary(max_size=400))
    def test_whatever_is_there_is_read_or_refused(self, content: bytes) -> None:
        tree = MemoryTree({"/f": content})

        file = ini.systemd_file(tree, "/f")
        with suppress(Malformed):
            ini.key_file(tree, "/f")

        for section in file.sections:
            with self.subTest(section=section):
                self.assertTrue(all(entry.key and entry.location.startswith("/f:") for entry in section.entries))

    @settings(deadline=None)
    @given(st.lists(st.from_regex(r"[A-Za-z0-9*?!.:-]{1,8}", fullmatch=True), max_size=8))
    def test_words_come_back_as_they_were(self, said: list[str]) -> None:
        self.assertEqual(tuple(said), ini.words(" ".join(said)))
        self.assertEqual(tuple(said), ini.words("  ".join(f'"{word}"' for word in said)))
