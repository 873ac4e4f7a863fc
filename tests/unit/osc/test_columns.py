"""openstacksdk's image with the properties of a stranger."""

from __future__ import annotations

from typing import Any

from tests import base
from vscclient.osc.columns import standard_image

RECORD: dict[str, Any] = {
    "id": "6a2e",
    "name": "rna",
    "status": "active",
    "owner": "bobs",
    "visibility": "community",
    "protected": True,
    "tags": ["a"],
    "os_hash_algo": "sha512",
    "os_hash_value": "c0ffee",
    "self": "/v2/images/6a2e",
    "flavour": "sweet",
}


class TestStandardImage(base.BaseTestCase):
    def test_no_property_changes_what_is_shown_of_the_image(self) -> None:
        usual = standard_image(RECORD)
        columns = ("id", "name", "status", "owner_id", "visibility", "is_protected", "tags", "hash_algo", "hash_value")

        for name in (
            *("cls", "connection", "_synchronized", "microversion", "owner_id", "is_protected", "is_hidden"),
            *("hash_algo", "hash_value", "hw_boot_menu", "instance_type_rxtx_factor", "attrs", "kwargs", "location"),
            *("properties", "metadata", "needs_secure_boot", "has_auto_disk_config", "needs_config_drive"),
        ):
            with self.subTest(name=name):
                odd = standard_image(RECORD | {name: "maybe"})

                self.assertEqual([usual[column] for column in columns], [odd[column] for column in columns], name)
                self.assertEqual("sweet", odd["properties"]["flavour"])

    def test_a_property_with_a_name_of_openstacksdk_is_shown_under_its_own_name(self) -> None:
        for name in ("properties", "metadata", "needs_secure_boot", "is_hw_boot_menu_enabled"):
            with self.subTest(name=name):
                self.assertEqual("odd", standard_image(RECORD | {name: "odd"})["properties"][name])
