"""The policy, a site's file and the inspection work where no OpenStack client is installed: a server has none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fixtures

from tests import base
from tests.server_program import CLIENTS, OUTPUT, POLICY_FILE, PROGRAM

HIDE_CLIENTS = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in CLIENTS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusing())
"""

REPORT_CLIENTS = "print([name for name in CLIENTS if name in sys.modules])"


class TestWithoutClients(base.BaseTestCase):
    def test_a_plan_is_checked_by_a_sites_file(self) -> None:
        path = Path(self.useFixture(fixtures.TempDir()).path) / "policy.yaml"
        path.write_text(POLICY_FILE, encoding="utf-8")
        script = f"CLIENTS = {CLIENTS}\n{HIDE_CLIENTS}{PROGRAM}{REPORT_CLIENTS}"

        done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)

        self.assertEqual("", done.stderr)
        self.assertEqual(f"{OUTPUT}[]\n", done.stdout)
