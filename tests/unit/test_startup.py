"""The start of ``openstack``: each command imports our modules, so they must be light."""

from __future__ import annotations

import json
import subprocess
import sys

from tests import base

LOAD_ENTRY_POINTS = """
import importlib, importlib.metadata, json, sys
import openstackclient.shell
from osc_lib.command import command
from osc_lib.cli import format_columns, parseractions
before = set(sys.modules)
groups = ("openstack.cli.extension", "openstack.vsc.v1")
ours = [e for group in groups for e in importlib.metadata.entry_points(group=group) if e.value.startswith("vscclient")]
assert len(ours) > 1, "vscclient is not installed"
for entry in ours:
    importlib.import_module(entry.module)
print(json.dumps(sorted(set(sys.modules) - before)))
"""

HEAVY = (
    "confusable_homoglyphs",
    "glanceclient",
    "jsonschema",
    "keystoneauth1",
    "openstack",
    "oslo_utils",
    "requests",
    "rich",
    "warlock",
    "yaml",
)

MODEL_WITH_DATACLASSES = {"disk", "fact", "facts", "finding", "image", "member", "plan", "project", "settings"}
"""Modules of the model whose import takes a millisecond or two each."""

LOAD_PLUGIN = """
import json, sys
import vscclient.plugin
print(json.dumps(sorted(sys.modules)))
"""


def _modules(script: str) -> list[str]:
    """Return the modules that a fresh interpreter has loaded after a script."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules: list[str] = json.loads(done.stdout)
    return modules


def _heavy(modules: list[str]) -> list[str]:
    return [module for module in modules if module.split(".")[0] in HEAVY]


class TestStartup(base.BaseTestCase):
    def test_our_commands_load_only_light_modules_of_osc_and_model(self) -> None:
        added = _modules(LOAD_ENTRY_POINTS)

        rooms = {".".join(module.split(".")[:2]) for module in added if module.startswith("vscclient.")}
        self.assertEqual([], _heavy(added))
        self.assertEqual({"vscclient.model", "vscclient.osc"}, rooms)
        words = {module.split(".")[2] for module in added if module.startswith("vscclient.model.")}
        self.assertEqual(set(), words & MODEL_WITH_DATACLASSES)

    def test_our_plugin_module_loads_only_light_modules(self) -> None:
        self.assertEqual([], _heavy(_modules(LOAD_PLUGIN)))
