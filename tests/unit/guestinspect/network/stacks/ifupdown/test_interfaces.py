"""The contents of /etc/network/interfaces, and of the files that it includes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.model.fact import Unknown
from guestinspect.network.stacks.ifupdown.interfaces import INTERFACES, Interfaces, Syntax, read_interfaces
from tests import base
from tests.trees import MemoryTree


def reading(text: str, files: Mapping[str, str] | None = None, syntax: Syntax = Syntax.STRICT) -> Interfaces:
    folder = {f"/etc/network/interfaces.d/{name}": content for name, content in (files or {}).items()}
    return read_interfaces(MemoryTree({INTERFACES: text} | folder), syntax)


class TestInterfaces(base.BaseTestCase):
    def test_a_stanza_has_the_lines_below_it(self) -> None:
        found = reading("# mine\nauto ens3\n\niface ens3 inet static\n\taddress 10.0.0.2/24\n  up a b\n  # no\n")

        (stanza,) = found.of_name("ens3")

        self.assertEqual(("inet", "static", f"{INTERFACES}:4"), (stanza.family, stanza.method, stanza.location))
        self.assertEqual(["10.0.0.2/24"], [line.text for line in stanza.values("address")])
        self.assertEqual([(f"{INTERFACES}:2", "ens3")], [(line.location, line.text) for line in found.of_class("auto")])

    def test_a_backslash_continues_a_line(self) -> None:
        found = reading("auto ens3 \\\n  ens4\nallow-hotplug ens5\n")

        self.assertEqual(["ens3", "ens4"], [line.text for line in found.of_class("auto")])
        self.assertEqual([f"{INTERFACES}:3"], [line.location for line in found.of_class("hotplug")])

    def test_auto_alone_is_about_the_stanza_above(self) -> None:
        found = reading("iface ens3 inet dhcp\n  auto\n  metric 5\n")

        self.assertIsNone(found.invalid)
        self.assertEqual(["ens3"], [line.text for line in found.of_class("auto")])

    def test_a_pattern_includes_files_in_their_order(self) -> None:
        files = {"b": "auto b\n", "a": "auto a\n", ".c": "auto c\n", "d.cfg": "auto d\n"}

        found = reading("source interfaces.d/*\n", files)

        self.assertEqual(["a", "b", "d"], [line.text for line in found.of_class("auto")])

    def test_a_folder_is_included_except_for_odd_names(self) -> None:
        found = reading(
            "source-directory /etc/network/interfaces.d\n",
            {"50-cloud-init": "auto a\n", "50-cloud-init.cfg": "auto b\n"},
        )

        self.assertEqual(["a"], [line.text for line in found.of_class("auto")])

    def test_a_file_is_read_once(self) -> None:
        found = reading(f"source {INTERFACES}\nsource {INTERFACES}.d/*\nsource {INTERFACES}.d/a\n", {"a": "auto a\n"})

        self.assertEqual(1, len(found.of_class("auto")))

    def test_a_path_that_only_a_shell_knows_is_unknown(self) -> None:
        self.assertRaises(Unknown, reading, "source /etc/$HOSTNAME\n")

    def test_a_stanza_inherits(self) -> None:
        found = reading("iface base inet static\n  address 10.0.0.2/24\niface ens3 inherits base\n  mtu 9000\n")

        (stanza,) = found.of_name("ens3")

        self.assertEqual(("inet", "static", 2), (stanza.family, stanza.method, len(stanza.options)))

    def test_an_unknown_parent_is_a_mistake(self) -> None:
        self.assertIsNotNone(reading("iface ens3 inet dhcp inherits base\n").invalid)

    def test_a_lenient_syntax_ignores_unknown_lines(self) -> None:
        found = reading("hello\niface ens3\n  use dhcp\nauto ens3\n", syntax=Syntax.LENIENT)

        self.assertIsNone(found.invalid)
        self.assertEqual(1, len(found.of_name("ens3")))

    def test_too_many_lines_are_unknown(self) -> None:
        self.assertRaises(Unknown, reading, "auto a\n" * 3000)
        self.assertRaises(Unknown, reading, "iface a inet dhcp\n" + "  x y\n" * 600)

    def test_a_file_that_cannot_be_read_is_not_empty(self) -> None:
        tree = MemoryTree(
            {INTERFACES: "source /etc/network/interfaces.d/*\n"}, unreadable=["/etc/network/interfaces.d"]
        )

        self.assertRaises(Unreadable, read_interfaces, tree)

    @given(st.text(), st.sampled_from(Syntax))
    def test_any_text_can_be_read(self, text: str, syntax: Syntax) -> None:
        with suppress(Unknown):
            reading(text, syntax=syntax)
