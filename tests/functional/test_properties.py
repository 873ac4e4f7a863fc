"""The properties that an image can have: the cloud's catalogue, its commands, and what the rules make of it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at

METADEFS = files("vscclient") / "metadefs" / "vsc-image.json"


CATALOGUE = r".*/v2/metadefs/.*"

HOSTILE = "x\nforged line\x1b[2J\u2028\u202e"


class TestPropertyList(FunctionalTest):
    def test_nova_the_vsc_and_the_catalogue_are_listed_together(self) -> None:
        rows = self.openstack("vsc image property list -f json").json()

        by_key = {row["Property"]: row for row in rows}
        self.assertEqual(sorted(by_key), [row["Property"] for row in rows])
        self.assertEqual(["Nova", "OS::Compute::LibvirtImage"], by_key["hw_disk_bus"]["Namespaces"])
        self.assertEqual(["Nova", "OS::Compute::VirtCPUTopology"], by_key["hw_cpu_cores"]["Namespaces"])
        self.assertEqual("integer", by_key["hw_cpu_cores"]["Type"])
        self.assertEqual(["true", "false"], by_key["vsc_multi_nic"]["Values"])
        self.assertIn("sw_database_mysql_version", by_key)

    def test_one_namespace_and_one_word_are_listed(self) -> None:
        namespace = self.openstack("vsc image property list --namespace OS::Compute::Watchdog -f value -c Property")
        word = self.openstack("vsc image property list --search 'network interface' -f value -c Property")

        self.assertEqual("hw_watchdog_action\n", namespace.stdout)
        self.assertIn("vsc_multi_nic\n", word.stdout)

    def test_each_word_is_searched_and_an_empty_list_is_explained(self) -> None:
        both = self.openstack("vsc image property list --search bus --search disk -f value -c Property").stdout

        self.assertIn("hw_disk_bus\n", both)
        self.assertNotIn("hw_input_bus", both)
        self.openstack("vsc image property list --search qwertyuiop", says=["No property fits."])
        self.openstack("vsc image property list --namespace nova", says=["No namespace is called nova; there are: "])

    def test_the_properties_in_use_are_listed_with_their_values(self) -> None:
        key = self.name("own").replace("-", "_")
        for value in ("a", "a", "b"):
            self.openstack(f"image create {self.name('rna')} --property {key}={value}", stdin=b"x", says=None)

        rows = self.openstack("vsc image property list --used -f json").json()

        (used,) = (row for row in rows if row["Property"] == key)
        self.assertEqual({"a": 2, "b": 1}, used["Used"])

    def test_a_property_is_shown(self) -> None:
        shown = self.openstack("vsc image property show hw_disk_bus -f json").json()

        self.assertEqual(("hw_disk_bus", "Disk Bus", "string"), tuple(shown[key] for key in ("key", "title", "type")))
        self.assertIn("virtio", shown["values"])

    def test_a_property_of_glances_own_list_is_shown(self) -> None:
        shown = self.openstack("vsc image property show os_version -f json").json()

        self.assertEqual("OS::Glance::CommonImageProperties", shown["namespaces"][0])
        self.assertIsNone(shown["minimum"])

    def test_the_values_of_a_boolean_are_true_and_false(self) -> None:
        shown = self.openstack("vsc image property show hw_qemu_guest_agent -f json").json()

        self.assertEqual(["true", "false"], shown["values"])

    def test_a_misspelt_property_is_not_found_and_the_nearest_is_named(self) -> None:
        self.openstack(
            "vsc image property show hw_disk_buss", status=1, says=["No property is called hw_disk_buss", "hw_disk_bus"]
        )

    def test_a_catalogue_that_cannot_be_read_is_reported_once(self) -> None:
        refusal = Fault(method="GET", path=CATALOGUE, status=403)
        with faulty_glance(self.cloud.regions["devcloud"], refusal) as address:
            listed = self.openstack(
                "vsc image property list -f json",
                environment=environment_at(self.cloud, "alice", address, self.folder),
                says=["Only the properties of Nova and the VSC are listed"],
            )

        self.assertIn("hw_disk_bus", {row["Property"] for row in listed.json()})

    def test_texts_of_the_catalogue_make_no_line_and_move_no_cursor(self) -> None:
        def change(answer: Any) -> None:
            for key, definition in list(answer.get("properties", {}).items()):
                definition |= {"description": HOSTILE, "title": HOSTILE, "default": HOSTILE, "enum": [HOSTILE]}
                answer["properties"][f"{key}{HOSTILE}"] = definition

        hostile = Fault(method="GET", path=rf"{CATALOGUE}OS%3A%3ACompute%3A%3AWatchdog.*", change=change)
        with faulty_glance(self.cloud.regions["devcloud"], hostile) as address:
            environment = environment_at(self.cloud, "alice", address, self.folder)
            listed = self.openstack("vsc image property list --search watchdog", environment=environment)
            shown = self.openstack("vsc image property show hw_watchdog_action", environment=environment)
            exact = self.openstack("vsc image property list --search watchdog -f json", environment=environment)

        self.assertEqual(1, hostile.count)
        for text in (listed.stdout, shown.stdout):
            self.assertNotIn("\x1b", text)
            self.assertFalse([line for line in text.splitlines() if not line.startswith(("|", "+"))])
        self.assertTrue(any(HOSTILE in row["Property"] for row in exact.json()))


class TestDefinitions(FunctionalTest):
    def glance(self, words: str, *, status: int = 0) -> str:
        """Run python-glanceclient's own command as staff; return its output."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("glance")), *shlex.split(words)],
            env=self.cloud.users["admin"].environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(status, done.returncode, done.stderr)
        return done.stdout

    def test_the_development_cloud_has_loaded_the_definitions_of_the_vsc(self) -> None:
        rows = self.openstack("vsc image property list --namespace VSC::Image -f json").json()

        self.assertEqual(["vsc_multi_nic", "vsc_waived"], [row["Property"] for row in rows])
        self.assertTrue(all("VSC::Image" in row["Namespaces"] for row in rows))

    def test_the_definitions_can_be_imported_through_the_api(self) -> None:
        content = json.loads(METADEFS.read_text(encoding="utf-8"))
        content["namespace"] = self.name("Copy")
        file = self.folder / "definitions.json"
        file.write_text(json.dumps(content))

        self.glance(f"md-namespace-import --file {shlex.quote(str(file))}")

        self.addCleanup(self.delete_namespace, content["namespace"])
        self.assertIn("vsc_multi_nic", self.glance(f"md-property-list {content['namespace']}"))

    def delete_namespace(self, name: str) -> None:
        self.glance(f"md-namespace-update {name} --protected False")
        self.glance(f"md-namespace-delete {name}")

    def test_the_form_of_the_dashboard_has_a_title_and_a_description_for_each(self) -> None:
        schema: dict[str, Any] = json.loads(METADEFS.read_text(encoding="utf-8"))

        for key, definition in schema["properties"].items():
            with self.subTest(key):
                self.assertTrue(definition["title"] and definition["description"] and definition["type"] == "string")


class TestRules(FunctionalTest):
    def test_a_misspelt_value_is_a_warning_and_does_not_stop_a_private_image(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --no-data --property hw_disk_bus=virtoi -f json",
            says=["M408", "use --property hw_disk_bus=virtio", "1 warning", "without data"],
        )

    def test_a_number_in_words_is_refused_before_a_record_is_made(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --no-data --property hw_cpu_cores=four",
            status=3,
            says=["M401", "hw_cpu_cores", "1 error", "Refused by M401"],
        )
        self.assert_nothing_left(name)

    def test_the_catalogue_is_asked_for_once_a_day_and_only_if_it_is_needed(self) -> None:
        asked = Fault(method="GET", path=CATALOGUE)
        with faulty_glance(self.cloud.regions["devcloud"], asked) as address:
            environment = environment_at(self.cloud, "alice", address, self.folder)
            counts = []
            for key in ("hw_disk_bus=virtio", "our_own=1", "our_other=2"):
                self.openstack(
                    f"vsc image create {self.name('rna')} --no-data --property {key}",
                    environment=environment,
                    says=["without data"],
                )
                counts.append(asked.count)

        self.assertEqual(0, counts[0])
        self.assertGreater(counts[1], 10)
        self.assertEqual(counts[1], counts[2])

    def test_without_a_catalogue_nobody_is_stopped_and_it_is_said_once(self) -> None:
        refusal = Fault(method="GET", path=CATALOGUE, status=404)
        with faulty_glance(self.cloud.regions["devcloud"], refusal) as address:
            self.openstack(
                f"vsc image create {self.name('rna')} --no-data --property our_own=1",
                environment=environment_at(self.cloud, "alice", address, self.folder),
                says=["without data", "M401, M402, M408 could not be checked", "3 rules could not be checked"],
            )

    def test_the_properties_of_a_file_are_set(self) -> None:
        name, file = self.name("rna"), self.folder / "properties.yaml"
        file.write_text("os_version: 12.10\nhw_qemu_guest_agent: yes\n")

        created = self.openstack(
            f"vsc image create {name} --no-data --property-file {shlex.quote(str(file))} -f json", says=["without data"]
        ).json()

        self.assertEqual("12.10", created["properties"]["os_version"])
        self.assertEqual("yes", created["properties"]["hw_qemu_guest_agent"])

    def test_two_values_of_one_property_are_refused(self) -> None:
        file = self.folder / "properties.yaml"
        file.write_text("os_version: 12\n")

        self.openstack(
            f"vsc image set x --property os_version=13 --property-file {shlex.quote(str(file))}",
            status=2,
            says=["os_version is given twice"],
        )

    def test_standard_input_cannot_be_two_things(self) -> None:
        self.openstack(
            "vsc image create x --file - --property-file -", status=2, says=["cannot both be standard input"]
        )
