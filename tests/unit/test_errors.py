from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import Any

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

    def test_the_only_line_ends_are_those_of_the_sentence(self) -> None:
        """For each error: a name with a line end must not look like a second message."""
        for kind in _kinds():
            fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
            texts = {field.name for field in fields if field.type == "str"} - kind.composed
            lists = {
                field.name for field in fields if field.type in ("Iterable[str]", "tuple[str, ...]")
            } - kind.composed
            others: dict[str, Any] = {
                field.name: 1 for field in fields if field.name not in texts | lists | kind.composed
            }
            others |= {field.name: "x" for field in fields if field.name in kind.composed}
            if "report" in others:
                others["report"] = Report.of([])
            harmless = kind(**dict.fromkeys(texts, "x"), **{name: ["x"] for name in lists}, **others)
            for end in LINE_ENDS:
                with self.subTest(kind=kind, end=end):
                    text = f"x{end}Created rna"
                    hostile = kind(**dict.fromkeys(texts, text), **{name: [text] for name in lists}, **others)

                    self.assertEqual(len(str(harmless).splitlines()), len(str(hostile).splitlines()), str(hostile))
                    self.assertTrue(str(hostile).replace("\n", "").isprintable(), str(hostile))


LINE_ENDS = (
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x1b[2J",
    "\u202e",
)


def _kinds() -> list[Any]:
    """Return all errors that can be made."""
    things = [getattr(errors, name) for name in errors.__all__]
    kinds = [thing for thing in things if isinstance(thing, type) and issubclass(thing, errors.Error)]
    return [kind for kind in kinds if kind not in (errors.Error, errors.UnusableRule)]
