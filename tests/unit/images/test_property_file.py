from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import fixtures

from tests import base
from vscclient import errors
from vscclient.images.options.property_file import LIMIT_BYTES, merge_properties, read_properties


class TestPropertyFile(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = Path(self.useFixture(fixtures.TempDir()).path, "properties")

    def read(self, content: str | bytes) -> dict[str, str]:
        self.path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_properties(str(self.path))

    def test_each_value_is_the_text_of_the_file(self) -> None:
        found = self.read(
            "os_version: 12.10\nhw_qemu_guest_agent: yes\nhw_cpu_cores: 4\nname: 'a: b'\nx: 1_000\nt: 12:30\n"
        )

        self.assertEqual(
            {
                "os_version": "12.10",
                "hw_qemu_guest_agent": "yes",
                "hw_cpu_cores": "4",
                "name": "a: b",
                "x": "1_000",
                "t": "12:30",
            },
            found,
        )

    def test_json_is_read_with_tabs_and_its_own_numbers(self) -> None:
        found = self.read('{\n\t"os_version": 12.10,\n\t"hw_boot_menu": true,\n\t"n": 1e3,\n\t"t": "\\u00e9"\n}')

        self.assertEqual({"os_version": "12.10", "hw_boot_menu": "true", "n": "1e3", "t": "é"}, found)

    def test_a_mapping_in_braces_can_be_yaml(self) -> None:
        self.assertEqual({"a": "b"}, self.read("{a: b}"))

    def test_an_empty_file_has_no_properties(self) -> None:
        for content in ("", "# nothing\n", "---\n", "{}"):
            with self.subTest(content):
                self.assertEqual({}, self.read(content))

    def test_a_byte_order_mark_is_no_part_of_a_name(self) -> None:
        self.assertEqual({"a": "b"}, self.read(b"\xef\xbb\xbfa: b\r\n"))

    def test_a_mistake_is_reported_with_its_line(self) -> None:
        for content, line, why in (
            ("a: b\na: c\n", 2, "a is given twice"),
            ('{"a": "b", "a": "c"}', 1, "a is given twice"),
            ("a: b\nc:\n  d: e\n", 3, "the value of c is not text"),
            ("a: b\nc: [d]\n", 2, "the value of c is not text"),
            ("a: b\nc:\n", 2, "the value of c is not text"),
            ('{"c": null}', 1, "the value of c is not text"),
            ('{"c": {"d": 1}}', 1, "the value of c is not text"),
            ("- a\n- b\n", 1, "one property on each line"),
            ("a\n", 1, "one property on each line"),
            ("a: b\n'': c\n", 2, "the name of a property is empty"),
            ("a: 'b\n", 2, "it is not valid YAML"),
            ("a: b\nc: \x07\n", 2, "it has a control character"),
            (b"a: b\nc: \xff\n", 2, "it is not valid text (UTF-8)"),
            ("[" * 100_000, 1, "it is nested too deeply"),
        ):
            with self.subTest(content[:20]):
                failure = self.assertRaises(errors.UsageError, self.read, content)

                self.assertIn(f"{self.path}, line {line}: ", str(failure))
                self.assertIn(why, str(failure))

    def test_a_file_that_cannot_be_read_is_named(self) -> None:
        self.assertRaises(errors.UnusableFile, read_properties, str(self.path))
        self.assertRaises(errors.UnusableFile, read_properties, str(self.path.parent))
        self.assertRaises(errors.UsageError, read_properties, "")
        self.assertRaises(errors.UnusableFile, self.read, b"a" * (LIMIT_BYTES + 1))

    def test_standard_input_is_read(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"a: b"))))

        self.assertEqual({"a": "b"}, read_properties("-"))

    def test_the_same_value_twice_is_fine_and_another_one_is_refused(self) -> None:
        self.assertEqual({"a": "1", "b": "2"}, merge_properties({"a": "1"}, {"a": "1", "b": "2"}, "-"))
        failure = self.assertRaises(errors.UsageError, merge_properties, {"a": "1"}, {"a": "2"}, "-")
        self.assertIn("'1' by --property and as '2' in standard input", str(failure))
