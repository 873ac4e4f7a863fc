"""ifcfg files, read without a shell."""

from __future__ import annotations

import re
import subprocess

from hypothesis import example, given, settings
from hypothesis import strategies as st

from guestinspect.model.fact import Unknown
from guestinspect.network.stacks.ifcfg import file as ifcfg
from tests import base
from tests.trees import MemoryTree

PATH = "/etc/sysconfig/network-scripts/ifcfg-eth0"


class TestIfcfg(base.BaseTestCase):
    def read(self, content: str) -> ifcfg.Ifcfg:
        return ifcfg.read_ifcfg(MemoryTree({PATH: content}), PATH)

    def test_quotes_are_not_a_part_of_a_value(self) -> None:
        found = self.read("DEVICE=\"eth0\"\nBOOTPROTO='dhcp'\nNAME=System\\ eth0\nONBOOT=yes # always\n")

        values = [found.text(key) for key in ("DEVICE", "BOOTPROTO", "NAME", "ONBOOT")]

        self.assertEqual(["eth0", "dhcp", "System eth0", "yes"], values)

    def test_the_last_value_counts(self) -> None:
        found = self.read("ONBOOT=no\n# ONBOOT=no\n  ONBOOT=yes\n")

        self.assertEqual(("yes", f"{PATH}:3"), (found.text("ONBOOT"), found.location("ONBOOT")))

    def test_words_for_yes_and_no_are_those_of_the_scripts(self) -> None:
        self.assertTrue(self.read("ONBOOT=No\n").is_no("ONBOOT"))
        self.assertTrue(self.read("SLAVE=TRUE\n").is_yes("SLAVE"))
        self.assertFalse(self.read("").is_no("ONBOOT"))

    def test_commands_are_text_and_their_value_is_unknown(self) -> None:
        for value in ("$(hostname)", '"`id`"', "$NAME", '"$NAME"', "a;reboot", "'open", "LANG=C ls", ";;"):
            with self.subTest(value=value):
                found = self.read(f"DEVICE={value}\n")

                self.assertEqual(("DEVICE",), found.needs_shell, value)
                self.assertRaises(Unknown, found.text, "DEVICE")

    def test_a_quoted_dollar_is_a_dollar(self) -> None:
        self.assertEqual("$(id)", self.read("NAME='$(id)'\n").text("NAME"))
        self.assertEqual("$(id)", self.read('NAME="\\$(id)"\n').text("NAME"))

    def test_lines_without_an_assignment_need_a_shell(self) -> None:
        self.assertEqual(("",), self.read(". /etc/sysconfig/other\nDEVICE=eth0\n").needs_shell)

    def test_files_with_ignored_endings_are_skipped(self) -> None:
        folder = PATH.rpartition("/")[0]
        tree = MemoryTree({f"{folder}/{name}": "" for name in ("ifcfg-eth0", "ifcfg-eth0.bak", "ifup", "ifcfg-")})

        found = ifcfg.list_ifcfg_files(tree, folder, re.compile(r"\.bak$"))

        self.assertEqual(["eth0"], [file.name for file in found])

    @settings(deadline=None)
    @given(st.text(alphabet="aB1 \\\"'$`#;&|()=\t", max_size=12))
    @example("'a'\"b\"\\c d")
    @example(";;")
    @example("a ;# b")
    def test_a_value_that_needs_no_shell_equals_that_of_a_shell(self, text: str) -> None:
        value, is_certain = ifcfg.unquote(text)

        if is_certain:
            shell = ["/bin/bash", "--norc", "--restricted", "-c", f'set -f; A={text}\nprintf %s "$A"']
            done = subprocess.run(shell, capture_output=True, text=True, env={}, check=True)
            self.assertEqual(done.stdout, value)

    @settings(deadline=None)
    @given(st.binary(max_size=400))
    def test_any_file_can_be_read(self, content: bytes) -> None:
        found = ifcfg.read_ifcfg(MemoryTree({PATH: content}), PATH)

        for entry in found.entries:
            with self.subTest(entry=entry):
                if entry.key in found.needs_shell:
                    self.assertRaises(Unknown, found.text, entry.key)
                else:
                    found.text(entry.key)
