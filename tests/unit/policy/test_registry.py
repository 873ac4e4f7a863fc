"""Rules of a site's own."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import fixtures

from tests import base, sites
from vscclient.errors.policy import UnusableRule
from vscclient.model.settings import Settings
from vscclient.policy.engine import check_plan
from vscclient.policy.example import case
from vscclient.policy.registry import rules

HEAD = """\
from vscclient.policy.rule import ERROR, Rule, everywhere

class Mine(Rule):
"""


class TestRulesOfASite(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.MonkeyPatch("sys.path", [*sys.path, str(self.folder)]))
        for module in ("example_image_rules", "broken_rules"):
            self.addCleanup(sys.modules.pop, module, None)
        self.addCleanup(rules.cache_clear)
        rules.cache_clear()

    def why(self, content: str, entry: str = "broken_rules:Mine") -> str:
        """Why a site's rule with this content is not taken."""
        (self.folder / "broken_rules.py").write_text(content, encoding="utf-8")
        sites.install(self.folder, "broken-rules", {"mine": entry})

        failure = self.assertRaises(UnusableRule, rules)

        self.assertEqual(("broken-rules", f"'mine' ({entry})"), (failure.package, failure.entry))
        return str(failure.reason)

    def test_a_rule_of_a_site_is_listed_in_the_order_of_the_codes(self) -> None:
        ours = [rule.code for rule in rules()]
        sites.install_example(self.folder)
        rules.cache_clear()

        self.assertEqual(sorted([*ours, "X101"]), [rule.code for rule in rules()])

    def test_an_image_is_checked_by_the_rule_of_a_site(self) -> None:
        sites.install_example(self.folder)
        example = case(image={"name": "rna tools"})

        (found,) = (f for f in check_plan(example.plan, example.facts, Settings()).findings if f.code == "X101")

        self.assertEqual("there are spaces in the name 'rna tools'", found.message)

    def test_the_example_package_proves_itself(self) -> None:
        sites.install_example(self.folder)
        (rule,) = (rule for rule in rules() if rule.code == "X101")
        good, bad = rule.good(), rule.bad()

        self.assertEqual([], list(rule.check(good.plan, good.facts)))
        self.assertEqual(1, len(list(rule.check(bad.plan, bad.facts))))

    def test_a_missing_module_is_reported(self) -> None:
        self.assertIn("ModuleNotFoundError", self.why("", entry="no_such_rules:Mine"))

    def test_a_missing_class_is_reported(self) -> None:
        self.assertIn("AttributeError", self.why(""))

    def test_a_module_that_fails_is_reported(self) -> None:
        self.assertIn("ZeroDivisionError", self.why("1 / 0"))

    def test_an_object_that_is_not_a_rule_is_reported(self) -> None:
        self.assertIn("not a subclass", self.why("class Mine:\n    code = 'X101'"))
        self.assertIn("not a subclass", str(self.assertRaises(UnusableRule, rules).reason))

    def test_a_rule_without_a_code_is_reported(self) -> None:
        self.assertIn("its code", self.why(HEAD + "    severity = everywhere(ERROR)"))

    def test_an_invalid_code_is_reported(self) -> None:
        self.assertIn("its code", self.why(HEAD + "    code, severity = 'x 1,2', everywhere(ERROR)"))

    def test_a_rule_without_a_severity_is_reported(self) -> None:
        self.assertIn("its severity", self.why(HEAD + "    code = 'X101'"))

    def test_a_severity_without_a_visibility_is_reported(self) -> None:
        self.assertIn("its severity", self.why(HEAD + "    code, severity = 'X101', {'private': ERROR}"))

    def test_a_severity_of_another_type_is_reported(self) -> None:
        self.assertIn("its severity", self.why(HEAD + "    code, severity = 'X101', everywhere(5)"))

    def test_a_rule_without_a_check_is_reported(self) -> None:
        self.assertIn("method check", self.why(HEAD + "    code, severity = 'X101', everywhere(ERROR)"))

    def test_a_rule_without_a_docstring_is_reported(self) -> None:
        complete = "    code, severity = 'X101', everywhere(ERROR)\n    def check(self, plan, facts): return iter(())"

        self.assertIn("docstring", self.why(HEAD + complete))

    def test_a_rule_that_cannot_be_instantiated_is_reported(self) -> None:
        body = dedent("""\
            "It asks."
            code, severity = "X101", everywhere(ERROR)
            def __init__(self, needed): pass
            def check(self, plan, facts): return iter(())
        """)
        indented = "".join(f"    {line}\n" for line in body.splitlines())

        self.assertIn("TypeError", self.why(HEAD + indented))

    def test_a_code_that_exists_already_is_reported(self) -> None:
        body = (
            '    "It asks."\n    code, severity = "D305", everywhere(ERROR)\n    def check(self, plan, facts): pass\n'
        )

        why = self.why(HEAD + body)

        self.assertIn("D305", why)
        self.assertIn("d305_min_disk_covers_virtual_size:MinDiskCoversVirtualSize", why)
