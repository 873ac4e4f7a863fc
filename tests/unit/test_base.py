"""The base of all tests."""

from __future__ import annotations

import unittest
from typing import Any

from tests import base


class TestSubTest(base.BaseTestCase):
    def test_a_failure_names_its_case(self) -> None:
        class Cases(base.BaseTestCase):
            def test_numbers(self) -> None:
                for number in (1, 2):
                    with self.subTest(number=number):
                        self.assertEqual(1, number)

        result: Any = unittest.TestResult()
        Cases("test_numbers").run(result)

        ((_, failure),) = result.failures
        self.assertIn("number=2", failure)
