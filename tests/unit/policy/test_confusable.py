"""Names that can be confused with one another."""

from __future__ import annotations

import subprocess
import sys

from tests import base
from vscclient.policy.confusable import are_confusable, skeleton


class NamesTest(base.BaseTestCase):
    def assert_confusable(self, *pairs: tuple[str, str]) -> None:
        for name, other in pairs:
            self.assertTrue(are_confusable(name, other), (name, other))

    def assert_distinct(self, *pairs: tuple[str, str]) -> None:
        for name, other in pairs:
            self.assertFalse(are_confusable(name, other), (name, other))


class TestLooks(NamesTest):
    def test_upper_and_lower_case_are_the_same(self) -> None:
        self.assert_confusable(("Debian-12", "DEBIAN-12"), ("straße", "STRASSE"), ("ПРИВЕТ", "привет"))

    def test_letters_of_another_script_look_alike(self) -> None:
        self.assert_confusable(
            ("centos", "сеntоs"), ("debian", "dеbіаn"), ("DEBIAN", "DΕΒΙΑΝ"), ("facebook", "faϲebook")
        )

    def test_letters_and_digits_look_alike(self) -> None:
        self.assert_confusable(("AlmaLinux-9", "AImaLinux-9"), ("Debian-10", "Debian-lO"), ("rnatools", "matools"))
        self.assert_confusable(("MATH", "rnath"), ("win|1", "WIN11"))

    def test_letters_look_alike_in_names_of_capitals(self) -> None:
        self.assert_confusable(("ALMALINUX", "AImaLinux"), ("привет O", "ПРИВЕТ 0"))

    def test_wide_and_joined_letters_are_the_usual_ones(self) -> None:
        self.assert_confusable(("debian", "ｄｅｂｉａｎ"), ("profile", "proﬁle"), ("𝐫𝐨𝐜𝐤𝐲", "rocky"))

    def test_an_accent_is_the_same_in_one_piece_or_two(self) -> None:
        self.assert_confusable(("caf\u00e9", "cafe\u0301"), ("\u00d8", "O\u0338"), ("\u04ad", "\u1d1b\u0329"))
        self.assert_confusable(("a\u0337", "a\u0338"))

    def test_characters_with_marks_of_direction_in_the_table_are_found(self) -> None:
        self.assert_confusable(("o", "\u07c0"))

    def test_other_letters_are_distinct(self) -> None:
        self.assert_distinct(("debian", "fedora"), ("debian-11", "debian-12"), ("cafe", "café"), ("rocky", "rockz"))


class TestIgnoredCharacters(NamesTest):
    def test_spaces_hyphens_and_underscores_do_not_count(self) -> None:
        self.assert_confusable(("rocky 9", "rocky-9"), ("rocky_9", "rocky   9"), ("rocky9", " rocky--9 "))
        self.assert_confusable(("rocky—9", "rocky9"), ("rocky\u22129", "rocky9"), ("rocky\u00a09", "rocky9"))

    def test_invisible_characters_do_not_count(self) -> None:
        for invisible in (
            "\u200b",
            "\u200d",
            "\ufeff",
            "\u00ad",
            "\u034f",
            "\ufe0f",
            "\u3164",
            "\u2800",
            "\U000e0041",
            "\u202e",
        ):
            with self.subTest(invisible=invisible):
                self.assert_confusable((f"roc{invisible}ky", "rocky"))

    def test_characters_that_this_python_does_not_know_count(self) -> None:
        self.assert_distinct(("rocky\U0001faf8", "rocky"), ("rocky\ue000", "rocky"))


class TestDots(NamesTest):
    def test_dots_between_digits_count(self) -> None:
        self.assert_distinct(("rocky-1.2", "rocky-12"), ("ubuntu-24.04", "ubuntu-2404"), ("v1.2.3", "v12.3"))

    def test_other_dots_do_not_count(self) -> None:
        self.assert_confusable(
            ("foo.bar", "foobar"), (".rocky.", "rocky"), ("rocky.9", "rocky9"), ("9.rocky", "9rocky")
        )

    def test_other_separators_of_numbers_are_read_as_a_dot(self) -> None:
        for other in ("24-04", "24_04", "24 04", "24,04", "24\u00b704", "24\u300204", "24:04", "24 \u2013 04", "24/04"):
            self.assert_confusable(("ubuntu-24.04", f"ubuntu-{other}"))
        self.assert_distinct(("ubuntu-24.04", "ubuntu-24x04"), ("ubuntu-24.04", "ubuntu-24-10"), ("1.2.3", "1-23"))

    def test_a_look_alike_of_a_digit_is_a_digit(self) -> None:
        self.assert_confusable(("rocky-9.1", "rocky-9.l"), ("rocky-1.0", "rocky-I.O"))
        self.assert_distinct(("rocky-9.l", "rocky-91"))

    def test_a_look_alike_of_a_dot_is_a_dot(self) -> None:
        self.assert_confusable(("rocky-9.3", "rocky-9\u20243"), ("rocky-9.3", "rocky-9．3"))

    def test_more_dots_or_spaces_beside_a_dot_make_no_difference(self) -> None:
        self.assert_confusable(
            ("rocky-9.3", "rocky-9..3"), ("rocky-9.3", "rocky-9 . 3"), ("rocky-9.3", "rocky-9\u200b.3")
        )


class TestSkeleton(NamesTest):
    def test_a_name_of_ignored_characters_has_no_skeleton(self) -> None:
        self.assertEqual("", skeleton(" -_. \u200b"))

    def test_the_table_is_read_only_when_names_are_compared(self) -> None:
        script = "import sys, vscclient.policy.confusable; print('confusable_homoglyphs' in sys.modules)"

        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

        self.assertEqual("False", done.stdout.strip())
