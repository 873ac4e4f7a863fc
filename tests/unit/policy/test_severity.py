"""The severity of a rule where a site changes it."""

from __future__ import annotations

from tests import base
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import rules
from vscclient.policy.rule import Rule


def _rule(code: str) -> Rule:
    return next(rule for rule in rules() if rule.code == code)


def _everywhere(code: str, severity: Severity) -> Settings:
    return Settings(severities={(code, visibility): severity for visibility in Visibility})


class TestSeverityOfASite(base.BaseTestCase):
    def test_the_severity_of_a_site_replaces_the_built_in_one(self) -> None:
        settings = Settings(severities={("D305", Visibility.SHARED): Severity.IGNORED})

        self.assertEqual(Severity.IGNORED, _rule("D305").severity_for(Visibility.SHARED, settings))
        self.assertEqual(Severity.ERROR, _rule("D305").severity_for(Visibility.PRIVATE, settings))


class TestWaiving(base.BaseTestCase):
    def test_an_error_can_be_waived(self) -> None:
        self.assertTrue(_rule("D305").is_waivable(Settings()))

    def test_a_forbidden_rule_cannot_be_waived(self) -> None:
        self.assertFalse(_rule("D307").is_waivable(Settings()))
        self.assertTrue(_rule("D307").is_absolute(Settings()))
        self.assertTrue(_rule("V101").is_absolute(Settings()))

    def test_a_rule_that_a_site_forbids_cannot_be_waived(self) -> None:
        settings = _everywhere("D305", Severity.FORBIDDEN)

        self.assertFalse(_rule("D305").is_waivable(settings))
        self.assertTrue(_rule("D305").is_absolute(settings))

    def test_a_rule_that_a_site_makes_an_error_can_be_waived(self) -> None:
        self.assertTrue(_rule("D307").is_waivable(_everywhere("D307", Severity.ERROR)))

    def test_a_waiver_of_a_warning_or_an_ignored_rule_is_accepted(self) -> None:
        for severity in (Severity.WARNING, Severity.IGNORED):
            with self.subTest(severity=severity):
                self.assertFalse(_rule("D305").is_absolute(_everywhere("D305", severity)))
