"""The output of ``vsc image rule list`` and ``rule show``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from unittest import mock

import fixtures
import yaml

from tests import base
from vscclient import errors
from vscclient.osc.image.rule.list import ListRule
from vscclient.osc.image.rule.show import ShowRule


class RuleTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable("VSCCLIENT_POLICY"))
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)

    def policy(self, content: str) -> str:
        """A policy file with this content."""
        path = self.folder / "policy.yaml"
        path.write_text(content, encoding="utf-8")
        return str(path)

    def shown(self, command: type[Any], *words: str) -> Any:
        """Names and values that a command shows; nobody signs in."""
        made = command(mock.Mock(), None)
        names, values = made.take_action(made.get_parser("rule").parse_args(words))
        return tuple(names), list(values)

    def output(self, command: type[Any], *words: str) -> str:
        """Return the output of a command."""
        app = mock.Mock(stdout=io.StringIO())
        made = command(app, None)
        args = made.get_parser("rule").parse_args(words)
        made.formatter = made._formatter_plugins[args.formatter].obj
        made.produce_output(args, *made.take_action(args))
        return str(app.stdout.getvalue())


class TestList(RuleTest):
    def test_the_list_has_a_row_for_each_rule_with_a_sentence(self) -> None:
        names, rows = self.shown(ListRule)

        self.assertEqual(("Code", "Requirement", "Private", "Shared", "Community", "Public"), names)
        self.assertEqual(sorted(row[0] for row in rows), [row[0] for row in rows])
        for row in rows:
            with self.subTest(row=row):
                self.assertRegex(row[1], r"^[^\n`]+\.$")
        d305 = ("D305", "The minimum disk of the image is at least the virtual size of the disk.", *["error"] * 4)
        self.assertIn(d305, rows)

    def test_the_severities_of_a_site_are_shown(self) -> None:
        _, rows = self.shown(ListRule, "--policy", self.policy("rules: {D305: {shared: ignored}}"))

        (d305,) = (row for row in rows if row[0] == "D305")
        self.assertEqual(("error", "ignored", "error", "error"), d305[2:])

    def test_the_rows_as_yaml_are_those_of_the_list(self) -> None:
        names, rows = self.shown(ListRule)

        text = self.output(ListRule, "-f", "yaml")

        self.assertEqual([dict(zip(names, row, strict=True)) for row in rows], yaml.safe_load(text))

    def test_a_policy_file_of_the_list_gives_the_same_list(self) -> None:
        site = self.policy("publishing_role: staff\nrules: {N201: {private: error, unknown: error}}")
        text = self.output(ListRule, "--as-policy-file", "--policy", site)
        listed = self.shown(ListRule, "--policy", site)

        copy = self.policy(text)

        self.assertEqual(listed, self.shown(ListRule, "--policy", copy))
        self.assertEqual(text, self.output(ListRule, "--as-policy-file", "--policy", copy))
        self.assertIn("publishing_role: staff\n", text)
        self.assertRegex(text, r"N201: \{private: error, .*, unknown: error\}\n")


class TestShow(RuleTest):
    def test_a_rule_is_shown_with_its_page_and_severities(self) -> None:
        names, values = self.shown(ShowRule, "D305")

        keys = "code community example_fixes fix private public requirement shared unknown waivable why"
        self.assertEqual(tuple(keys.split()), names)
        shown = dict(zip(names, values, strict=True))
        self.assertEqual(
            ("D305", "error", "warning", True), tuple(shown[k] for k in "code public unknown waivable".split())
        )
        for key in ("requirement", "why", "fix"):
            with self.subTest(key=key):
                self.assertRegex(shown[key], r"^[^\n`]+\.$")

    def test_a_rule_is_shown_with_the_fixes_of_its_bad_example(self) -> None:
        names, values = self.shown(ShowRule, "D305")

        fixes = dict(zip(names, values, strict=True))["example_fixes"]
        self.assertEqual(
            [
                "new image: use --min-disk 11, or omit --min-disk",
                "image in the cloud: openstack vsc image set --min-disk 11 IMAGE",
            ],
            fixes.machine_readable(),
        )

    def test_a_code_can_be_in_small_letters(self) -> None:
        self.assertEqual("D305", self.shown(ShowRule, "d305")[1][0])

    def test_the_severities_of_a_site_are_shown(self) -> None:
        forbidden = "{private: forbidden, shared: forbidden, community: forbidden, public: forbidden, unknown: error}"

        names, values = self.shown(ShowRule, "D305", "--policy", self.policy(f"rules: {{D305: {forbidden}}}"))

        shown = dict(zip(names, values, strict=True))

        self.assertEqual(("forbidden", "error", False), tuple(shown[k] for k in "shared unknown waivable".split()))

    def test_a_rule_without_errors_is_neither_waivable_nor_forbidden(self) -> None:
        names, values = self.shown(ShowRule, "H507")

        self.assertIsNone(dict(zip(names, values, strict=True))["waivable"])

    def test_an_unknown_code_is_reported_with_the_known_ones(self) -> None:
        failure = self.assertRaises(errors.UsageError, self.shown, ShowRule, "D999")

        self.assertIn("No rule has the code D999; there are: D301, D302", str(failure))

    def test_a_policy_file_of_one_rule_has_this_rule_alone(self) -> None:
        text = self.output(ShowRule, "n201", "--as-policy-file")

        expected = "{private: note, shared: warning, community: error, public: error, unknown: warning}"
        self.assertEqual(f"rules:\n  N201: {expected}\n", text)
        self.assertEqual(self.shown(ListRule), self.shown(ListRule, "--policy", self.policy(text)))
