"""A program such as a server could have: it checks a plan by the policy file of a site, and knows no client."""

from __future__ import annotations

CLIENTS = ("cliff", "osc_lib", "openstackclient", "keystoneauth1", "glanceclient", "openstack", "requests")

PROGRAM = """
import sys

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
"""
"""The program; its argument is the path of the policy file."""

POLICY_FILE = "rules: {V104: {community: forbidden}}"

OUTPUT = "forbidden; the image has no description; set description\nTrue\n"
"""The output of the program with this policy file."""
