from __future__ import annotations

import importlib
import pkgutil

from tests import base
from vscclient import errors
from vscclient.model.finding import Finding, Report, Severity


def _refused(*severities: Severity) -> errors.RefusedByPolicy:
    findings = [Finding(code=f"D30{n}", severity=severity, message="m") for n, severity in enumerate(severities)]
    return errors.RefusedByPolicy(Report.of(findings))


class TestErrors(base.BaseTestCase):
    def test_the_tree_in_the_docstring_has_each_class(self) -> None:
        tree = errors.__doc__ or ""

        for name, thing in vars(errors).items():
            with self.subTest(name=name, thing=thing):
                if isinstance(thing, type) and issubclass(thing, errors.Error):
                    self.assertIn(name, tree)

    def test_the_package_exports_each_class(self) -> None:
        for module in pkgutil.iter_modules(errors.__path__, "vscclient.errors."):
            with self.subTest(module=module):
                for name, thing in vars(importlib.import_module(module.name)).items():
                    if isinstance(thing, type) and issubclass(thing, errors.Error):
                        self.assertIs(thing, getattr(errors, name))

    def test_control_characters_in_a_strangers_text_are_escaped(self) -> None:
        error = errors.NoSuchImage("rna\x1b[2J\u202e")

        self.assertNotIn("\x1b", str(error))
        self.assertNotIn("\u202e", str(error))

    def test_a_refusal_names_the_option_to_waive_it(self) -> None:
        self.assertIn("--waive D300", str(_refused(Severity.ERROR)))

    def test_a_refusal_that_cannot_be_waived_names_no_option(self) -> None:
        self.assertNotIn("--waive", str(_refused(Severity.ERROR, Severity.FORBIDDEN)))

    def test_each_kind_of_error_has_its_exit_status(self) -> None:
        self.assertEqual(
            (2, 3, 1), (errors.UsageError("x").exit_status, _refused().exit_status, errors.NotFound("x").exit_status)
        )
