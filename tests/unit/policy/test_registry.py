"""Rules of a site's own."""

from __future__ import annotations

import io
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent

import fixtures

from tests import base, sites
from vscclient.errors.base import Terminated
from vscclient.errors.policy import UnusableRule
from vscclient.errors.request import UsageError
from vscclient.model.finding import Finding, Outcome, Severity
from vscclient.model.settings import Settings
from vscclient.policy.engine import check_plan, rules
from vscclient.policy.example import case
from vscclient.policy.rule_page import ExampleFixes, example_fixes
from vscclient.policy.wording import sentence

HEAD = """\
from vscclient.model.fix import Fix
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere

class Mine(Rule):
"""


class SiteRuleTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.MonkeyPatch("sys.path", [*sys.path, str(self.folder)]))
        self.addCleanup(self.forget)
        rules.cache_clear()

    def forget(self) -> None:
        """Forget the rules, and the packages of the site."""
        for module in ("example_image_rules", "broken_rules"):
            sys.modules.pop(module, None)
        shutil.rmtree(self.folder / "broken_rules-1.0.dist-info", ignore_errors=True)
        shutil.rmtree(self.folder / "__pycache__", ignore_errors=True)
        rules.cache_clear()


class TestRulesOfASite(SiteRuleTest):
    def why(self, content: str, entry: str = "broken_rules:Mine") -> str:
        """Return why a site's rule with this content cannot be used."""
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

    def test_a_module_that_exits_is_reported(self) -> None:
        self.assertIn("SystemExit: 0", self.why("raise SystemExit(0)"))

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


class TestFailures(SiteRuleTest):
    """A rule that fails is unknown; the message has the rule, its package, and the line for its authors."""

    FAILED = "the rule Mine of the package broken-rules failed"

    def findings(self, body: str, settings: Settings | None = None) -> list[Finding]:
        """Return the findings of a site's rule whose ``check`` has this body."""
        content = HEAD + f'    "It asks."\n    code, severity = "X101", everywhere(ERROR)\n{indent(body, "    ")}'
        (self.folder / "broken_rules.py").write_text(content, encoding="utf-8")
        sites.install(self.folder, "broken-rules", {"mine": "broken_rules:Mine"})
        example = case()
        report = check_plan(example.plan, example.facts, settings or Settings())
        return [finding for finding in report.findings if finding.code == "X101"]

    def why(self, body: str) -> str:
        """Return why the rule is unknown."""
        (found,) = self.findings(body)
        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))
        self.assertIn(self.FAILED, found.message)
        return found.message

    def test_a_rule_that_fails_is_unknown_with_its_package_and_line(self) -> None:
        why = self.why("def check(self, plan, facts):\n    return 1 / 0")

        self.assertEqual(
            f"{self.FAILED} (ZeroDivisionError: division by zero, in broken_rules.py, line 8); "
            "report this to its authors",
            why,
        )

    def test_a_rule_that_fails_after_a_flaw_keeps_the_flaw(self) -> None:
        body = "def check(self, plan, facts):\n    yield Flaw(message='too big')\n    raise KeyError('x')"

        found = self.findings(body)

        self.assertEqual([(Outcome.BROKEN, "too big")], [(one.outcome, one.message) for one in found[:1]])
        self.assertIn("KeyError: 'x'", found[1].message)

    def test_a_rule_that_exits_is_unknown(self) -> None:
        self.assertIn("SystemExit: 0", self.why("def check(self, plan, facts):\n    raise SystemExit(0)"))

    def test_what_a_rule_prints_is_one_line_of_the_log(self) -> None:
        stdout, stderr = io.StringIO(), io.StringIO()
        body = (
            "print('imported')\n"
            "def check(self, plan, facts):\n    import sys\n    print('a' * 9)\n    yield Flaw(message='too big')\n"
            "    print('Created', '\\x1b[2J', 'x' * 999, file=sys.stderr)"
        )
        with self.assertLogs("vscclient.policy", "INFO") as logs, redirect_stdout(stdout), redirect_stderr(stderr):
            found = self.findings(body)
            self.assertEqual((sys.stdout, sys.stderr), (stdout, stderr))

        self.assertEqual(["too big"], [one.message for one in found])
        self.assertEqual(("", ""), (stdout.getvalue(), stderr.getvalue()))
        loaded, checked = (record.getMessage() for record in logs.records)
        self.assertEqual("The rule 'mine' of the package broken-rules printed: imported", loaded)
        self.assertTrue(checked.startswith("The rule Mine of the package broken-rules printed: aaaaaaaaa Created "))
        self.assertLess(len(checked), 300)

    def test_rules_that_print_in_several_threads_are_logged_apart(self) -> None:
        body = (
            "def check(self, plan, facts):\n    import time\n    print(plan.image.name)\n    time.sleep(0.05)\n"
            "    print('end')\n    return ()"
        )
        self.findings(body)
        stdout, names = io.StringIO(), [f"image-{number}" for number in range(8)]

        def check(name: str) -> None:
            plan = case().plan
            check_plan(replace(plan, image=replace(plan.image, name=name)), case().facts, Settings())

        with (
            self.assertLogs("vscclient.policy", "INFO") as logs,
            redirect_stdout(stdout),
            ThreadPoolExecutor(4) as pool,
        ):
            list(pool.map(check, names))
            self.assertIs(stdout, sys.stdout)

        printed = sorted(record.getMessage().partition(": ")[2] for record in logs.records)
        self.assertEqual((sorted(f"{name} end" for name in names), ""), (printed, stdout.getvalue()))

    def test_a_rule_that_fails_stops_where_a_site_sets_that(self) -> None:
        body = "def check(self, plan, facts):\n    raise SystemExit('no')"

        (found,) = self.findings(body, Settings(unknown_is_error=frozenset({"X101"})))

        self.assertTrue(found.stops)
        self.assertEqual(Severity.ERROR, found.severity)

    def test_the_text_of_a_failure_is_one_short_line(self) -> None:
        why = self.why("def check(self, plan, facts):\n    raise ValueError('a\\nerror: b\\u2028c ' + 'x ' * 999)")

        self.assertIn("(ValueError: a error: b c x", why)
        self.assertLess(len(why), 400)

    def test_a_signal_ends_the_command(self) -> None:
        body = (
            "def check(self, plan, facts):\n    from vscclient.errors.base import Terminated\n    raise Terminated(143)"
        )

        self.assertRaises(Terminated, self.findings, body)

    def test_an_error_of_the_cloud_is_not_a_failure_of_the_rule(self) -> None:
        body = "def check(self, plan, facts):\n    from vscclient import errors\n    raise errors.UsageError('no')"

        self.assertRaises(UsageError, self.findings, body)

    def test_a_rule_that_returns_nothing_is_unknown(self) -> None:
        self.assertIn("TypeError: 'NoneType'", self.why("def check(self, plan, facts):\n    pass"))

    def test_a_rule_that_yields_a_text_is_unknown(self) -> None:
        self.assertIn("check yields a str, not a Flaw", self.why("def check(self, plan, facts):\n    yield 'too big'"))

    def test_values_of_other_types_are_rejected_in_the_line_of_the_rule(self) -> None:
        for values in ("message=5", "message='x', fix=None", "message='x', location=None", "message='x', at_most=1"):
            with self.subTest(values=values):
                why = self.why(f"def check(self, plan, facts):\n    yield Flaw({values})")

                self.assertIn("of a Flaw cannot be", why)
                self.forget()

    def test_a_step_of_another_type_is_rejected_in_the_line_of_the_rule(self) -> None:
        body = "def check(self, plan, facts):\n    yield Flaw(message='x', fix=Fix((({'set': 1},),)))"

        self.assertIn("{'set': 1} is not a step of a fix", self.why(body))

    def test_a_fix_can_be_a_text(self) -> None:
        body = "def check(self, plan, facts):\n    yield Flaw(message='x', fix='ask the help desk')"

        (found,) = self.findings(body)

        self.assertEqual("ask the help desk", sentence(found.fix))

    def test_a_step_of_a_fix_can_be_a_text(self) -> None:
        body = "def check(self, plan, facts):\n    yield Flaw(message='x', fix=Fix.by('convert it', 'ask us') | Fix())"

        (found,) = self.findings(body)

        self.assertEqual("convert it, then ask us", sentence(found.fix))

    def test_a_rule_whose_example_fails_is_shown_without_commands(self) -> None:
        self.findings("@staticmethod\ndef bad():\n    return 1 / 0\ndef check(self, plan, facts):\n    return iter(())")
        (rule,) = (rule for rule in rules() if rule.code == "X101")

        self.assertEqual(ExampleFixes(), example_fixes(rule))
