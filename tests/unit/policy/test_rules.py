"""Every rule proves itself."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from tests import base
from vscclient.model.settings import Settings
from vscclient.policy.engine import check_image, rules
from vscclient.policy.example import Example
from vscclient.policy.rule import Rule

TESTS = Path(__file__).parent


class TestEveryRule(base.BaseTestCase):
    def test_each_rule_has_a_page_with_what_why_and_fix(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule):
                page = inspect.getdoc(rule) or ""
                self.assertRegex(page, r"(?s)\A\S.+\.\n\nWhy: .+\nFix: .+", rule.code)

    def test_each_rule_is_in_the_file_with_its_name(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule):
                expected = rule.code.lower() + re.sub(r"([A-Z])", r"_\1", type(rule).__name__).lower()
                self.assertEqual(expected, type(rule).__module__.rpartition(".")[2])

    def test_each_rule_has_its_own_code(self) -> None:
        codes = [rule.code for rule in rules()]

        self.assertEqual(sorted(set(codes)), codes)

    def test_each_rule_has_a_test_module_with_its_code(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule):
                self.assertTrue((TESTS / f"test_{rule.code.lower()}.py").exists(), rule.code)

    def test_each_rule_accepts_its_good_example(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule):
                self.assertEqual([], _found(rule, rule.good()), rule.code)

    def test_each_rule_reports_its_bad_example(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule):
                self.assertNotEqual([], _found(rule, rule.bad()), rule.code)

    def test_each_finding_has_a_fix(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule):
                bad = rule.bad()
                for flaw in rule.check(bad.plan, bad.facts):
                    self.assertTrue(flaw.fix, rule.code)


def _found(rule: Rule, example: Example) -> list[str]:
    findings = check_image(example.plan, example.facts, Settings()).findings
    return [found.message for found in findings if found.code == rule.code]
