"""Fixes as data."""

from __future__ import annotations

import json

import yaml

from tests import base
from vscclient.model.fix import Fix, GrantAccess, GuestAction, InGuest, Recreate, SetField, UnsetField, to_data


class TestFix(base.BaseTestCase):
    def test_a_fix_is_empty_or_has_alternatives(self) -> None:
        self.assertFalse(Fix())
        self.assertEqual(2, len((Fix.by(Recreate()) | Fix.by(UnsetField("x"))).alternatives))

    def test_the_data_of_a_fix_is_a_list_of_ways_of_steps(self) -> None:
        fix = Fix.by(InGuest(GuestAction.DELETE, "/root/x"), Recreate()) | Fix.by(SetField("min_disk", 2))

        expected = [
            [{"kind": "in_guest", "action": "delete", "target": "/root/x"}, {"kind": "recreate"}],
            [{"kind": "set_field", "field": "min_disk", "value": 2}],
        ]
        self.assertEqual(expected, json.loads(json.dumps(to_data(fix))))

    def test_the_data_of_a_fix_can_be_written_as_yaml(self) -> None:
        fix = Fix.by(InGuest(GuestAction.DELETE, "/root/x"))

        self.assertEqual(to_data(fix), yaml.safe_load(yaml.safe_dump(to_data(fix))))

    def test_the_data_of_a_fix_has_lists_for_tuples(self) -> None:
        expected = [[{"kind": "grant_access", "image_id": "k1", "projects": ["p1"]}]]

        self.assertEqual(expected, to_data(Fix.by(GrantAccess("k1", ("p1",)))))
