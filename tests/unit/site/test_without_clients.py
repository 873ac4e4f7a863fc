"""The policy, a site's file and the inspection work where no OpenStack client is installed: a server has none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fixtures

from tests import base

SCRIPT = """
import sys

CLIENTS = ("cliff", "osc_lib", "openstackclient", "keystoneauth1", "glanceclient", "openstack", "requests")

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in CLIENTS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusing())

import guestinspect.api
from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.confusable import are_confusable
from vscclient.policy.engine import check_plan
from vscclient.policy.wording import sentence
from vscclient.site.settings import load_settings

plan = Plan(image=Image(name="rna", status="active", visibility=Visibility.COMMUNITY))
for finding in check_plan(plan, Facts(), load_settings(sys.argv[1])).findings:
    if finding.code == "V104":
        print(finding.severity, finding.message, sentence(finding.fix), sep="; ")
print(are_confusable("Debian-12", "debian 12"))
print([name for name in CLIENTS if name in sys.modules])
"""


class TestWithoutClients(base.BaseTestCase):
    def test_a_plan_is_checked_by_a_sites_file(self) -> None:
        path = Path(self.useFixture(fixtures.TempDir()).path) / "policy.yaml"
        path.write_text("rules: {V104: {community: forbidden}}", encoding="utf-8")

        done = subprocess.run([sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=False)

        self.assertEqual("", done.stderr)
        self.assertEqual("forbidden; the image has no description; set description\nTrue\n[]\n", done.stdout)
