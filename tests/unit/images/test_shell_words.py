"""Words of a line that is being typed, and texts that a shell reads as they are."""

from __future__ import annotations

import subprocess

from tests import base
from vscclient.images.candidates.shell_words import quoted_rest, split_words

HOSTILE = (
    "$(touch pwned)",
    "`touch pwned`",
    "a;touch pwned",
    "two  spaces",
    "it's",
    'say "x"',
    "back\\slash",
    "#comment",
    "~root",
    "a=~root:~root",
    "*?[a-z]{1,2}",
    "bang!!x!",
    "$HOME ${HOME}",
    "<in >out &",
    "hw_x=a:b@c",
    "ümläut ☃",
    "\\",
    "'",
    '"',
    "!",
)


class TestWords(base.BaseTestCase):
    def words(self, line: str, replaced: str = "") -> list[str]:
        return [word.value for word in split_words(line, replaced)]

    def test_words_are_split_as_a_shell_does(self) -> None:
        for line, expected in (
            ("a b", ["a", "b"]),
            ("a  b ", ["a", "b", ""]),
            ("", [""]),
            (r"a b\ c", ["a", "b c"]),
            ("a 'b c'd", ["a", "b cd"]),
            (r'"a\"\$\x" b', [r'a"$\x', "b"]),
            ("a ''", ["a", ""]),
            ("x; a b", ["a", "b"]),
            ("x && a | b c", ["b", "c"]),
            ("a 'b", ["a", "b"]),
            ("a b\\", ["a", "b"]),
        ):
            with self.subTest(line=line):
                self.assertEqual(expected, self.words(line))

    def test_a_redirection_is_followed_by_a_file(self) -> None:
        words = split_words("a b >c d", "d")

        self.assertEqual([("a", False), ("b", False), ("c", True), ("d", False)], [(w.value, w.is_file) for w in words])

    def test_a_word_that_the_shell_expands_is_marked(self) -> None:
        for line, is_expanded in (("$A", True), ('"$A"', True), ("'$A'", False), (r"\$A", False), ("`a", True)):
            with self.subTest(line=line):
                self.assertIs(is_expanded, split_words(line, line)[-1].is_expanded)


class TestQuoting(base.BaseTestCase):
    def test_bash_reads_each_text_as_it_is_after_any_quote(self) -> None:
        for text in HOSTILE:
            for begun in ("", "'", '"'):
                with self.subTest(text=text, begun=begun):
                    rest = quoted_rest(split_words(f"x {begun}", "")[-1], text)
                    done = subprocess.run(
                        ["bash", "-c", f"printf '%s\\0' {begun}{rest}"], capture_output=True, text=True, check=True
                    )
                    self.assertEqual(f"{text}\0", done.stdout)

    def test_an_exclamation_mark_is_never_between_double_quotes(self) -> None:
        self.assertEqual('a"\\!"b"', quoted_rest(split_words('x "', "")[-1], "a!b"))

    def test_only_the_part_that_the_shell_replaces_is_given(self) -> None:
        for line, replaced, expected in (
            ("x hw_disk_bus=vi", "vi", "virtio"),
            ("x hw_disk_bus=vi", "hw_disk_bus=vi", "hw_disk_bus=virtio"),
            ("x 'hw_disk_bus=vi", "hw_disk_bus=vi", "hw_disk_bus=virtio'"),
            ("x hw_disk_bus=", "", "virtio"),
            ("x os_type=", "", None),
        ):
            with self.subTest(line=line, replaced=replaced):
                self.assertEqual(expected, quoted_rest(split_words(line, replaced)[-1], "hw_disk_bus=virtio"))
