"""The codes that can be waived."""

from __future__ import annotations

from tests import base
from vscclient import errors
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.site.settings import reject_waivers


def _everywhere(code: str, severity: Severity) -> Settings:
    return Settings(severities={(code, visibility): severity for visibility in Visibility})


class TestWaivers(base.BaseTestCase):
    def message(self, code: str, settings: Settings) -> str:
        """Return why a code cannot be waived."""
        return str(self.assertRaises(errors.UsageError, reject_waivers, frozenset({code}), settings))

    def test_an_unknown_code_is_reported_with_all_codes(self) -> None:
        self.assertIn("No rule has the code D999; there are: D301", self.message("D999", Settings()))

    def test_a_forbidden_rule_cannot_be_waived(self) -> None:
        self.assertIn("D307 cannot be waived", self.message("D307", Settings()))

    def test_a_rule_that_a_site_forbids_cannot_be_waived(self) -> None:
        self.assertIn("D305 cannot be waived", self.message("D305", _everywhere("D305", Severity.FORBIDDEN)))

    def test_a_rule_that_a_site_lowers_to_an_error_can_be_waived(self) -> None:
        reject_waivers(frozenset({"D307"}), _everywhere("D307", Severity.ERROR))

    def test_a_waiver_that_a_site_makes_unnecessary_is_accepted(self) -> None:
        for severity in (Severity.IGNORED, Severity.NOTE, Severity.WARNING):
            reject_waivers(frozenset({"D305"}), _everywhere("D305", severity))
