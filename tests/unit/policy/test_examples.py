"""The examples of the rules are for tests and the manual: a command builds none of them."""

from __future__ import annotations

import subprocess
import sys

from tests import base

COUNT = """
import gc
from vscclient.policy import example
from vscclient.policy.engine import rules
from vscclient.site.settings import load_settings
load_settings(None)
print(len(rules()) > 20, sum(isinstance(one, (example.Example, example.Plan)) for one in gc.get_objects()))
"""


class TestExamples(base.BaseTestCase):
    def test_loading_the_rules_builds_no_examples(self) -> None:
        counted = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)

        self.assertEqual("True 0\n", counted.stdout)
