"""The record of a new image: refused, made although refused, and different from what was requested."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.functional.faults import Fault, When, once
from tests.functional.faults.records import Glance
from tests.functional.test_endings import DATA, DELETED, RECORD, RECORDS, EndingTest

ANSWERS = RECORDS + r"(/[^/]+)?"


def done(status: int) -> Fault:
    """Return a fault: the service makes the record, but a front end refuses the request."""
    return Fault(method="POST", path=RECORDS, when=When.DONE, status=status, left=once())


def always(change: Callable[[dict[str, Any]], None]) -> Fault:
    """Return a fault: each record of the service differs from the requested one."""
    return Fault(method="POST|GET|PATCH", path=ANSWERS, change=change)


def without(*names: str) -> Fault:
    """Return a fault: the service ignores these properties."""

    def remove(record: dict[str, Any]) -> None:
        for name in names:
            record.pop(name, None)

    return always(remove)


def with_values(**values: object) -> Fault:
    """Return a fault: the service has other values."""

    def replace(record: dict[str, Any]) -> None:
        if "images" not in record:
            record.update(values)

    return always(replace)


class TestRefusal(EndingTest):
    def test_a_record_is_used_although_its_creation_is_refused(self) -> None:
        for status in (400, 403, 404, 405, 409, 413, 415):
            with self.subTest(status=status):
                self.create(done(status))

                self.assertEqual([("active", "private", False)], self.state())
                self.openstack(f"image delete {self.image}")

    def test_an_id_of_the_user_is_used_although_its_creation_is_refused(self) -> None:
        self.create(done(403), options="--id 9f1c2b4e-0000-4000-8000-000000000018")

        self.assertEqual([("active", "private", False)], self.state())
        self.openstack(f"image delete {self.image}")

    def test_a_record_without_data_is_used_although_its_creation_is_refused(self) -> None:
        self.run_with(f"vsc image create {self.image} --no-data", done(400), says=["without data"])

        self.assertEqual([("queued", "private", False)], self.state())

    def test_a_record_that_is_refused_while_the_service_goes_away_is_named(self) -> None:
        self.create(
            done(400),
            Fault(method="GET", path=RECORD, status=503),
            status=1,
            says=["rejects the request", "A record may be left. If so, delete it with: openstack image delete "],
        )

        self.assertEqual([("queued", "private", False)], self.state())

    def test_there_are_as_few_requests_as_the_answers_allow(self) -> None:
        for status, message, options, requests in (
            (400, "Something is wrong", "", 2),  # without the chosen ID and the automatic properties
            (403, "Something is wrong", "", 2),
            (403, "Attribute 'os_distro' is reserved", "", 3),  # without the properties, then without the ID
            (403, "Attribute 'os_distro' is reserved", "--id 9f1c2b4e-0000-4000-8000-000000000019", 2),
            (403, "Attribute 'os_distro' is reserved", "--os-distro debian", 1),
            (400, "'rna' is not of type 'integer': 'name'", "", 1),
            (409, "Image ID exists", "", 2),  # without the chosen ID
            (413, "Too many properties", "", 2),  # without the automatic properties
            (404, "Not found", "", 1),
            (405, "Not supported", "", 1),
        ):
            with self.subTest(status=status, message=message, options=options):
                refused = Fault(
                    method="POST",
                    path=RECORDS,
                    status=status,
                    message=message,
                    headers={"X-Openstack-Request-Id": "x"},
                )

                self.create(refused, options=options, status=1, says=[message])

                self.assertEqual(requests, refused.count)
                self.assertEqual([], self.state())

    def test_only_the_automatic_properties_are_omitted_if_the_answer_names_one(self) -> None:
        refused = Fault(
            method="POST", path=RECORDS, body_has="os_distro", status=403, message="Attribute 'os_distro' is reserved"
        )

        self.create(  # and the ID is as chosen: nothing is said about it
            refused, says=["Not set, because the cloud refuses it: os_distro (Attribute 'os_distro' is reserved)"]
        )

        self.assertEqual(1, refused.count)
        properties = self.openstack(f"image show {self.image} -f json").json()["properties"]
        self.assertEqual(("12", None), (properties["os_version"], properties.get("os_distro")))


class TestOtherVisibility(EndingTest):
    def test_nothing_is_sent_to_a_record_that_others_see(self) -> None:
        for visibility, options in (("community", ""), ("shared", ""), ("public", "--community --description d")):
            with self.subTest(visibility=visibility):
                data = Fault(method="PUT", path=DATA, delay_s=0)

                self.create(
                    with_values(visibility=visibility),
                    data,
                    options=f"{options} --single-nic",
                    status=1,
                    says=[
                        f"The Image service returned: a record that is {visibility} instead of private",
                        DELETED,
                    ],
                )

                self.assertEqual((0, []), (data.count, self.state()))

    def test_a_record_without_data_that_others_see_is_deleted(self) -> None:
        for options in ("", "--id 9f1c2b4e-0000-4000-8000-000000000020"):
            with self.subTest(options=options):
                self.run_with(
                    f"vsc image create {self.image} --no-data {options}",
                    with_values(visibility="public"),
                    status=1,
                    says=["a record that is public instead of private", DELETED],
                )

                self.assertEqual([], self.state())

    def test_an_image_that_has_data_already_is_not_deleted(self) -> None:
        """A broken front end answers with an image that exists; its ID is the requested one."""
        image_id = "9f1c2b4e-0000-4000-8000-000000000022"
        self.create(options=f"--id {image_id}")
        old = json.dumps(Glance(self.cloud).request("GET", f"/{image_id}").json() | {"visibility": "public"})

        self.create(
            Fault(method="POST", path=RECORDS, status=201, body=old, headers={"Content-Type": "application/json"}),
            options=f"--id {image_id}",
            status=1,
            says=[
                "You already have an image",
                "a record that is public instead of private",
                f"A record may be left; check with: openstack image show {image_id}",
            ],
        )

        self.assertEqual([("active", "private", False)], self.state())
        self.openstack(f"image delete {image_id}")

    def test_an_image_that_others_see_after_the_upload_is_deleted(self) -> None:
        self.create(
            Fault(method="GET", path=RECORD, change=lambda record: record.update(visibility="community")),
            status=1,
            says=["a record that is community instead of private", DELETED],
        )

        self.assertEqual([], self.state())

    def test_nothing_is_sent_to_a_record_of_another_project(self) -> None:
        data, project = Fault(method="PUT", path=DATA, delay_s=0), self.cloud.projects["VSC_00002"]

        self.create(
            with_values(owner=project), data, status=1, says=[f"a record of the project {project} instead of", DELETED]
        )

        self.assertEqual((0, []), (data.count, self.state()))

    def test_an_image_that_becomes_visible_to_more_people_than_requested_is_reported(self) -> None:
        friend = self.cloud.projects["VSC_00002"]
        answers = [
            Fault(method=method, path=RECORD, nth=nth, change=lambda record: record.update(visibility="community"))
            for method, nth in (("PATCH", 1), ("GET", 2))
        ]

        created = self.create(
            *answers,
            options=f"--share-with {friend} --description d --single-nic -f json",
            status=1,
            says=[
                "Created",
                "Not set: visibility (it is community). The Image service accepted the request",
                "Try again with: openstack image set --shared ",
                "The image appears",
            ],
        )

        self.assertEqual("community", created.json()["visibility"])

    def test_a_record_with_another_format_gets_no_data(self) -> None:
        data = Fault(method="PUT", path=DATA, delay_s=0)

        self.create(
            with_values(disk_format="iso"),
            data,
            status=1,
            says=["a record that is iso in container bare instead of qcow2 in container bare", DELETED],
        )

        self.assertEqual((0, []), (data.count, self.state()))


class TestIgnoredValues(EndingTest):
    def test_a_visibility_that_is_ignored_is_not_reported_as_set(self) -> None:
        fault = Fault(
            method="PATCH|GET", path=RECORD, change=lambda record: record.update(visibility="private", protected=False)
        )

        created = self.create(
            fault,
            options="--community --protected --description d --single-nic -f json",
            status=1,
            says=[
                f"Created {self.image}",
                "Not set: visibility (it is private), protected (it is False). The Image service accepted the request",
                "Try again with: openstack image set --community --protected ",
            ],
        )

        self.assertEqual(("private", False), (created.json()["visibility"], created.json()["protected"]))

    def test_values_of_the_user_that_are_ignored_are_named(self) -> None:
        for options, fault, names in (
            ("--property color=red --tag a", without("color"), "color"),
            ("--description d --min-ram 7", with_values(min_ram=0), "min_ram (it is 0)"),
            ("--tag a --tag b", with_values(tags=["a"]), "tags (it is ['a'])"),
            ("--min-disk 9", with_values(min_disk=10), "min_disk (it is 10)"),
            ("--no-data", with_values(name="other"), "name (it is other)"),
            ("--no-data --shared", with_values(visibility="private"), "visibility (it is private)"),
        ):
            with self.subTest(options=options):
                file = "" if "--no-data" in options else f"--file {self.disk} --single-nic"

                self.run_with(
                    f"vsc image create {self.image} {options} {file}",
                    fault,
                    status=1,
                    says=["Created", f"Not set: {names}. The Image service", "Try again with: openstack image set --"],
                )

                self.openstack(f"image delete {self.image}")

    def test_automatic_values_that_are_ignored_do_not_fail_the_command(self) -> None:
        for fault, names in (
            (without("os_distro", "os_version"), "os_distro, os_version"),
            (with_values(os_distro="windows"), "os_distro"),
            (with_values(min_disk=500), "min_disk"),
        ):
            with self.subTest(names=names):
                created = self.create(
                    fault, options="-f json", says=[f"Not set, although the cloud accepted it: {names}."]
                )

                self.assertEqual("sha512", created.json()["verified"])
                self.openstack(f"image delete {self.image}")

    def test_properties_that_a_site_adds_are_no_difference(self) -> None:
        self.create(with_values(site_billing="yes"), options="--tag a")

        self.openstack(f"image delete {self.image}")

    def test_the_policy_is_asked_about_the_record(self) -> None:
        """A community image needs a description, and this service does not keep one."""
        for name, finding in (("description", "error V104"), ("os_distro", "error M405")):
            with self.subTest(name=name):
                self.create(
                    without(name),
                    options="--community --description d --single-nic",
                    status=3,
                    says=[finding, f"--{name.replace('_', '-')}", DELETED, "Details"],
                )

                self.assertEqual([], self.state())
