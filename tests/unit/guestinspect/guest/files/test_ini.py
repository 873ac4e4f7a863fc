"""Files of sections and keys, as systemd and NetworkManager read them."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.guest.files import ini
from guestinspect.guest.files.ini import Malformed
from tests import base
from tests.trees import MemoryTree


class TestIni(base.BaseTestCase):
    def test_sections_and_keys_may_be_repeated(self) -> None:
        tree = MemoryTree(
            {"/f": "[Address]\nAddress=10.0.0.1/24\n[Network]\nDNS=1\nDNS=2\n[Address]\nAddress=10.0.0.2/24\n"}
        )

        file = ini.read_systemd_file(tree, "/f")

        self.assertEqual(["10.0.0.1/24", "10.0.0.2/24"], [entry.value for entry in file.entries("Address", "Address")])
        self.assertEqual(["/f:4", "/f:5"], [entry.location for entry in file.entries("Network", "DNS")])

    def test_systemd_joins_continued_lines_and_skips_invalid_ones(self) -> None:
        tree = MemoryTree(
            {"/f": "; first\n[Match]\nName=ens3 \\\n# not this\n  ens4\nnonsense\n[Network]\n DHCP = yes \n"}
        )

        file = ini.read_systemd_file(tree, "/f")

        found = file.last("Match", "Name")
        assert found is not None
        self.assertEqual((("ens3", "ens4"), "/f:3"), (ini.split_words(found.value), found.location))
        self.assertEqual(["yes"], [entry.value for entry in file.entries("Network", "DHCP")])

    def test_an_empty_value_drops_earlier_values(self) -> None:
        tree = MemoryTree({"/f": "[Match]\nName=a\nName=\nName=b\n"})

        self.assertEqual(
            ["b"], [entry.value for entry in ini.read_systemd_file(tree, "/f").effective_entries("Match", "Name")]
        )

    def test_a_key_file_with_an_invalid_line_is_refused(self) -> None:
        for text in ("[a]\nnonsense\n", "key=1\n", "[a]\n; comment\n"):
            with self.subTest(text=text):
                self.assertRaises(Malformed, ini.read_key_file, MemoryTree({"/f": text}), "/f")

    def test_quotes_keep_a_word_together(self) -> None:
        self.assertEqual(("a b", "c", ""), ini.split_words("'a b' c \"\""))

    def test_a_very_long_word_is_split_fast(self) -> None:
        self.assertEqual(("x" * 900_000,), ini.split_words("'" + "x" * 900_000))


class TestArbitraryContent(base.BaseTestCase):
    @settings(deadline=None)
    @given(st.binary(max_size=400))
    def test_any_content_is_read_or_refused(self, content: bytes) -> None:
        tree = MemoryTree({"/f": content})

        file = ini.read_systemd_file(tree, "/f")
        with suppress(Malformed):
            ini.read_key_file(tree, "/f")

        for section in file.sections:
            with self.subTest(section=section):
                self.assertTrue(all(entry.key and entry.location.startswith("/f:") for entry in section.entries))

    @settings(deadline=None)
    @given(st.lists(st.from_regex(r"[A-Za-z0-9*?!.:-]{1,8}", fullmatch=True), max_size=8))
    def test_words_survive_quoting(self, words: list[str]) -> None:
        self.assertEqual(tuple(words), ini.split_words(" ".join(words)))
        self.assertEqual(tuple(words), ini.split_words("  ".join(f'"{word}"' for word in words)))
