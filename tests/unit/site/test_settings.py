"""A site's policy file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import fixtures

from guestinspect.model.machine import MachineType
from tests import base, sites
from vscclient import errors
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import rules
from vscclient.site.policy_file import LIMIT_BYTES
from vscclient.site.settings import VARIABLE, load_machine_type, load_settings
from vscclient.site.writer import write_policy

DIFFERENCES = """\
publishing_role: image_publisher
rules:
  N201: {private: warning, community: forbidden, unknown: error}
  D305: {shared: ignored}
"""


class SiteTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE))
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)

    def file(self, content: str | bytes) -> str:
        """A policy file with this content."""
        path = self.folder / "policy.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


class TestPolicyFile(SiteTest):
    def test_the_settings_of_a_file_are_its_differences(self) -> None:
        settings = load_settings(self.file(DIFFERENCES))

        expected = Settings(
            publishing_role="image_publisher",
            severities={
                ("N201", Visibility.PRIVATE): Severity.WARNING,
                ("N201", Visibility.COMMUNITY): Severity.FORBIDDEN,
                ("D305", Visibility.SHARED): Severity.IGNORED,
            },
            unknown_is_error=frozenset({"N201"}),
        )
        self.assertEqual(expected, settings)

    def test_the_machine_type_is_named_as_qemu_does(self) -> None:
        for text in ("q35", "pc-q35-6.2"):
            self.assertIs(MachineType.Q35, load_settings(self.file(f"machine_type: {text}\n")).machine_type)
        for text in ("pc", "i440fx", "pc-i440fx-7.2"):
            self.assertIs(MachineType.I440FX, load_settings(self.file(f"machine_type: {text}\n")).machine_type)
        self.assertIs(MachineType.I440FX, load_settings(self.file("rules: {}\n")).machine_type)

    def test_no_rule_is_loaded_for_the_machine_type_without_a_policy_file(self) -> None:
        self.useFixture(fixtures.MockPatch("vscclient.site.settings.rules", side_effect=AssertionError))

        self.assertIs(MachineType.I440FX, load_machine_type(None))
        self.assertRaises(errors.UsageError, load_machine_type, "")

    def test_the_machine_type_is_written(self) -> None:
        text = write_policy(Settings(machine_type=MachineType.Q35), ())

        self.assertIs(MachineType.Q35, load_settings(self.file(text)).machine_type)

    def test_an_empty_file_changes_nothing(self) -> None:
        for content in (
            "",
            "# to be done\n",
            "---\n",
            "{}",
            "rules:\n#  N201: {private: error}\n",
            "rules:\n  N201:\n",
        ):
            with self.subTest(content=content):
                self.assertEqual(Settings(), load_settings(self.file(content)), content)

    def test_unknown_as_a_warning_is_the_built_in_setting(self) -> None:
        self.assertEqual(Settings(), load_settings(self.file("rules: {N201: {unknown: warning}}")))

    def test_a_file_can_begin_with_a_byte_order_mark(self) -> None:
        settings = load_settings(self.file(b"\xef\xbb\xbfpublishing_role: staff\n"))

        self.assertEqual("staff", settings.publishing_role)

    def test_namespaces_can_be_trusted_and_are_written_again(self) -> None:
        settings = load_settings(self.file("trusted_namespaces: [OS::Compute::Libvirt, 'Our::Cloud']\n"))

        self.assertEqual({"OS::Compute::Libvirt", "Our::Cloud"}, settings.trusted_namespaces)
        self.assertEqual(
            settings.trusted_namespaces, load_settings(self.file(write_policy(settings, ()))).trusted_namespaces
        )
        self.assertEqual(frozenset(), load_settings(self.file("trusted_namespaces:\n")).trusted_namespaces)

    def test_settings_can_be_written_and_read_again(self) -> None:
        settings = load_settings(self.file(DIFFERENCES))

        text = write_policy(settings, rules())

        again = load_settings(self.file(text))
        for rule in rules():
            with self.subTest(rule=rule):
                for visibility in Visibility:
                    self.assertEqual(rule.severity_for(visibility, settings), rule.severity_for(visibility, again))
        self.assertEqual(settings.unknown_is_error, again.unknown_is_error)
        self.assertEqual(text, write_policy(again, rules()))

    def test_a_role_of_any_name_can_be_written_and_read_again(self) -> None:
        for role in ("yes", "12", "null", "a: b # c", "Bildbehörde 🖼", "'\""):
            with self.subTest(role=role):
                text = write_policy(Settings(publishing_role=role), ())

                self.assertEqual(role, load_settings(self.file(text)).publishing_role)


class TestMistakes(SiteTest):
    def refused(self, content: str | bytes, line: int) -> str:
        """The reason why a file is refused, and the line that it names."""
        path = self.file(content)

        failure = self.assertRaises(errors.InvalidPolicyFile, load_settings, path)

        self.assertTrue(str(failure).startswith(f"{path}, line {line}: "), str(failure))
        self.assertEqual(2, failure.exit_status)
        return str(failure)

    def test_another_machine_type_is_refused(self) -> None:
        for text in ("q53", "virt", "[q35]", "35", "''", ""):
            with self.subTest(text=text):
                refusal = self.refused(f"# ours\nmachine_type: {text}\n", 2)

                self.assertIn("machine_type cannot be", refusal)
                self.assertIn("possible: i440fx, q35", refusal)

    def test_trusted_namespaces_must_be_a_list_of_names(self) -> None:
        self.assertIn("needs a list", self.refused("trusted_namespaces: Our::Cloud\n", 1))
        self.refused("trusted_namespaces:\n- a\n- 7\n", 3)

    def test_an_unknown_key_is_refused(self) -> None:
        said = self.refused("# ours\npublishing_roles: staff\n", 2)

        self.assertIn("'publishing_roles'", said)
        self.assertIn("publishing_role, rules", said)

    def test_an_unknown_code_is_refused(self) -> None:
        said = self.refused("rules:\n  D305: {shared: error}\n  D999: {shared: error}\n", 3)

        self.assertIn("'D999'", said)
        self.assertIn("D301, D302", said)

    def test_an_unknown_visibility_is_refused(self) -> None:
        said = self.refused("rules:\n  D305:\n    shared: error\n    everybody: error\n", 4)

        self.assertIn("D305", said)
        self.assertIn("private, shared, community, public, unknown", said)

    def test_an_unknown_severity_is_refused(self) -> None:
        said = self.refused("rules:\n  D305:\n    shared: fatal\n", 3)

        self.assertIn("shared of D305 cannot be 'fatal'", said)
        self.assertIn("ignored, note, warning, error, forbidden", said)

    def test_a_severity_that_unknown_cannot_have_is_refused(self) -> None:
        self.assertIn("possible: warning, error", self.refused("rules:\n  D305: {unknown: forbidden}\n", 2))

    def test_a_key_that_is_given_twice_is_refused(self) -> None:
        self.refused("publishing_role: a\npublishing_role: b\n", 2)
        self.refused("rules:\n  D305: {shared: error}\n  D305: {shared: warning}\n", 3)
        self.assertIn("twice", self.refused("rules:\n  D305:\n    shared: error\n    'shared': warning\n", 4))

    def test_a_value_that_yaml_does_not_read_as_text_is_refused(self) -> None:
        for value in ("yes", "true", "12", "1.5", "2026-01-01", "~", "[a]", "{a: b}", "!!binary aGk="):
            self.refused(f"\npublishing_role: {value}\n", 2)
            self.refused(f"rules:\n  D305:\n    shared: {value}\n", 3)

    def test_a_text_in_quotes_is_accepted(self) -> None:
        self.assertEqual("yes", load_settings(self.file("publishing_role: 'yes'")).publishing_role)

    def test_an_empty_role_is_refused(self) -> None:
        self.refused("publishing_role: ''\n", 1)

    def test_a_list_in_place_of_a_mapping_is_refused(self) -> None:
        self.refused("- rules\n", 1)
        self.refused("rules:\n  - D305\n", 2)
        self.refused("rules:\n  D305: error\n", 2)

    def test_a_key_that_is_not_text_is_refused(self) -> None:
        self.refused("12: a\n", 1)
        self.refused("rules:\n  ? [D305]\n  : {shared: error}\n", 2)
        self.refused("<<: {publishing_role: a}\n", 1)

    def test_invalid_yaml_is_refused(self) -> None:
        self.assertIn("not valid YAML", self.refused("rules:\n  D305: {shared: error\n", 3))
        self.refused("rules:\n\tD305: {shared: error}\n", 2)
        self.refused("a: b: c\n", 1)
        self.refused("rules: *ours\n", 1)

    def test_two_documents_are_refused(self) -> None:
        self.refused("publishing_role: a\n---\npublishing_role: b\n", 2)

    def test_bytes_that_are_not_text_are_refused(self) -> None:
        self.assertIn("UTF-8", self.refused(b"publishing_role: a\n# \xff\n", 2))
        self.refused(b"publishing_role: a\n# \x1b[2J\n", 2)
        self.refused(b"\x7fELF\x02\x01\x01\x00", 1)

    def test_an_object_is_refused(self) -> None:
        self.refused("publishing_role: !!python/object/apply:os.getcwd []\n", 1)

    def test_a_file_that_costs_much_to_read_is_refused(self) -> None:
        laughs = "a: &a [x, x]\n" + "".join(
            f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        )

        self.refused(laughs, 1)
        self.refused("rules: &r\n  D305: *r\n", 2)
        self.refused("[" * 10_000, 1)

    def test_names_are_shown_without_control_characters(self) -> None:
        self.assertIn("\\x1b", self.refused('"\\e[2J": a\n', 1))


class TestSource(SiteTest):
    def test_the_file_of_the_environment_is_used(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE, self.file("publishing_role: staff")))

        self.assertEqual("staff", load_settings(None).publishing_role)

    def test_the_file_of_the_user_overrides_the_environment(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE, "/nonexistent"))

        self.assertEqual("staff", load_settings(self.file("publishing_role: staff")).publishing_role)

    def test_no_file_is_needed(self) -> None:
        self.assertEqual(Settings(), load_settings(None))

    def test_an_empty_variable_names_no_file(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE, ""))

        self.assertEqual(Settings(), load_settings(None))

    def test_an_empty_option_is_refused(self) -> None:
        self.assertRaises(errors.UsageError, load_settings, "")

    def test_an_unreadable_file_is_reported(self) -> None:
        missing = str(self.folder / "missing.yaml")

        failure = self.assertRaises(errors.UnusableFile, load_settings, missing)

        self.assertEqual(f"{missing}: no such file or directory", str(failure))
        self.assertRaises(errors.UnusableFile, load_settings, str(self.folder))

    def test_an_unreadable_file_of_the_environment_is_reported_with_the_variable(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE, "/nonexistent"))

        failure = self.assertRaises(errors.UnusableFile, load_settings, None)

        self.assertEqual(f"/nonexistent: no such file or directory ({VARIABLE} names it)", str(failure))

    def test_a_file_that_is_too_long_is_refused(self) -> None:
        self.assertRaises(errors.UnusableFile, load_settings, self.file("#" * (LIMIT_BYTES + 1)))

    def test_a_file_can_be_a_pipe(self) -> None:
        source, sink = os.pipe()
        self.addCleanup(os.close, source)
        with open(sink, "wb") as pipe:
            pipe.write(b"publishing_role: staff")

        self.assertEqual("staff", load_settings(f"/dev/fd/{source}").publishing_role)


class TestRulesOfASite(SiteTest):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch("sys.path", [*sys.path, str(self.folder)]))
        self.addCleanup(rules.cache_clear)
        self.addCleanup(sys.modules.pop, "example_image_rules", None)
        rules.cache_clear()

    def test_the_severity_of_a_sites_rule_can_change(self) -> None:
        sites.install_example(self.folder)

        settings = load_settings(self.file("rules: {X101: {private: error}}"))

        self.assertEqual(Severity.ERROR, settings.severities["X101", Visibility.PRIVATE])

    def test_an_unusable_rule_is_reported_with_its_package(self) -> None:
        sites.install(self.folder, "broken-rules", {"mine": "no_such_rules:Mine"})

        failure = self.assertRaises(errors.UnusableRule, load_settings, None)

        self.assertIn("'mine' (no_such_rules:Mine) of the package broken-rules", str(failure))
        self.assertEqual(1, failure.exit_status)
