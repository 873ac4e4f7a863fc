"""The file with the VSC's own metadata definitions agrees with the rules."""

from __future__ import annotations

import json
from importlib.resources import files

from tests import base
from vscclient.policy.known_properties import VSC, VSC_PROPERTIES


class TestMetadefsFile(base.BaseTestCase):
    def test_the_file_has_the_properties_that_the_rules_know(self) -> None:
        content = json.loads((files("vscclient") / "metadefs" / "vsc-image.json").read_text(encoding="utf-8"))

        expected = {
            one.key: {
                "title": one.title,
                "description": one.description,
                "type": str(one.type),
                **({"enum": list(one.values)} if one.values else {}),
            }
            for one in VSC_PROPERTIES
        }
        self.assertEqual((VSC, expected), (content["namespace"], content["properties"]))
        self.assertEqual([{"name": "OS::Glance::Image"}], content["resource_type_associations"])
