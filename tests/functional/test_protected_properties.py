"""Properties that are set automatically, on a cloud that refuses them: no command fails because of them."""

from __future__ import annotations

from typing import Any

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import SharingTest
from tests.guest_disks import guest_disk

REFUSED = "Not set, because the cloud refuses it: os_distro, os_version (Attribute 'os_distro' is reserved; "


class TestProtectedProperties(SharingTest):
    """frank may set neither ``os_distro`` nor ``os_version`` nor ``vsc_waived``."""

    def create_as_frank(self, options: str, *, says: list[str], status: int = 0, stdin: bytes = b"") -> str:
        command = f"vsc image create {self.image} --min-disk 1 -f value -c id {options}"
        return self.openstack(command, user="frank", says=says, status=status, stdin=stdin).stdout.strip()

    def test_an_image_is_created_without_the_refused_properties(self) -> None:
        image = self.create_as_frank(f"--file {self.disk} --single-nic", says=[REFUSED])

        properties = self.show(image, user="frank")["properties"]
        self.assertEqual(("x86_64", "false"), (properties["architecture"], properties["vsc_multi_nic"]))
        self.assertNotIn("os_distro", properties)
        self.assertNotIn("os_version", properties)

    def test_nothing_else_is_lost_with_a_pipe(self) -> None:
        for options in ("", "--import"):
            with self.subTest(options=options):
                self.image = self.name("rna")

                image = self.create_as_frank(
                    f"--file - --protected --shared --tag a {options}",
                    stdin=self.disk.read_bytes(),
                    says=[REFUSED],
                )

                shown = self.show(image, user="frank")
                self.assertEqual(("shared", True, ["a"]), (shown["visibility"], shown["protected"], shown["tags"]))
                self.assertEqual("x86_64", shown["properties"]["architecture"])
                self.assertIn("vsc_multi_nic", shown["properties"])

    def test_a_community_image_needs_what_the_cloud_refuses(self) -> None:
        """The policy asks for ``os_distro``; the record is deleted before the data is sent."""
        for file, stdin in ((self.disk, b""), ("-", self.disk.read_bytes())):
            with self.subTest(file=file):
                self.create_as_frank(
                    f"--file {file} --community --description x --single-nic",
                    stdin=stdin,
                    status=3,
                    says=["M405", "--os-distro", "Refused by M405. The unfinished image was deleted", "Details"],
                )

                self.assert_nothing_left(self.image, user="frank")

    def test_a_property_that_the_user_sets_is_not_left_out(self) -> None:
        self.create_as_frank(
            f"--file {self.disk} --os-distro debian", status=1, says=["Attribute 'os_distro' is reserved"]
        )

        self.assert_nothing_left(self.image, user="frank")

    def test_waivers_that_cannot_be_recorded_stop_nothing(self) -> None:
        image = self.create_as_frank(
            f"--file {self.disk} --community --waive V104 --waive M405 --single-nic",
            says=["V104", "M405", "waived", "Not set, because the cloud refuses it: ", "Details", "--"],
        )

        shown = self.show(image, user="frank")
        self.assertEqual("community", shown["visibility"])
        self.assertNotIn("vsc_waived", shown["properties"])


class TestNumberOfRequests(SharingTest):
    """A property that an answer names is not tried again, the others at once."""

    def create_as(self, user: str, options: str, stdin: bytes = b"") -> tuple[int, int]:
        """Return the number of POST and PATCH requests of a creation."""
        posts, patches = (Fault(method=method, path=r"/v2/images(/[^/]+)?", delay_s=0) for method in ("POST", "PATCH"))
        with faulty_glance(self.cloud.image_url, posts, patches) as address:
            environment = environment_at(self.cloud, user, address, self.folder)
            command = f"vsc image create {self.name('rna')} --min-disk 1 {options}"
            self.openstack(command, environment=environment, stdin=stdin, says=["Not set, because the cloud refuses"])
        return posts.count, patches.count

    def test_properties_that_are_named_cost_one_request_each(self) -> None:
        self.assertEqual((2, 2), self.create_as("frank", f"--file {self.disk}"))  # os_distro, then os_version

    def test_a_property_of_the_schema_costs_one_more_record_and_one_change(self) -> None:
        gentoo = guest_disk(self.folder / "gentoo.qcow2", files={"/etc/os-release": "ID=gentoo\nVERSION_ID=2.17\n"})

        self.assertEqual((2, 1), self.create_as("alice", f"--file {gentoo}"))

    def test_what_a_pipe_shows_only_at_its_end_is_set_at_once(self) -> None:
        raw = guest_disk(self.folder / "guest.raw", disk_format="raw")

        self.assertEqual((1, 3), self.create_as("frank", "--file -", stdin=raw.read_bytes()))


class TestProtectedWaivers(SharingTest):
    """``vsc_waived`` is set and removed automatically; frank may do neither."""

    refused = "Not changed, because the cloud refuses it: vsc_waived (Attribute 'vsc_waived' is reserved)"

    def setUp(self) -> None:
        super().setUp()
        command = f"image create {self.image} --disk-format qcow2 --file {self.disk} --min-disk 1 -f value -c id"
        self.image_id = self.openstack(command, user="frank").stdout.strip()

    def change(self, command: str, *says: str) -> dict[str, Any]:
        expected = ["Changed", "visibility", *says]
        self.openstack(f"vsc image {command}", user="frank", says=expected)
        return self.show(self.image_id, user="frank")

    def waive_as_staff(self) -> None:
        self.openstack(f"image set {self.image_id} --property vsc_waived=V104", user="admin")

    def test_an_image_is_published_although_its_waivers_cannot_be_recorded(self) -> None:
        waived = " ".join(f"--waive {code}" for code in ("V104", "M404", "M405", "N201"))

        shown = self.change(
            f"community {self.image_id} {waived}",
            self.refused,
            "waived",
            *("V104", "M404", "M405", "N201", "Details"),
        )

        self.assertEqual("community", shown["visibility"])
        self.assertNotIn("vsc_waived", shown["properties"])

    def test_an_image_is_made_private_although_its_waivers_cannot_be_removed(self) -> None:
        self.waive_as_staff()
        self.openstack(f"image set --community {self.image_id}", user="frank")

        shown = self.change(
            f"private {self.image_id} --yes", self.refused, "loses access", "If the image is shared again"
        )

        self.assertEqual(("private", "V104"), (shown["visibility"], shown["properties"]["vsc_waived"]))

    def test_an_image_is_tagged_although_its_waivers_cannot_be_removed(self) -> None:
        self.waive_as_staff()

        self.openstack(f"vsc image set {self.image_id} --tag a", user="frank", says=["Changed", "tags", self.refused])

        self.assertEqual(["a"], self.show(self.image_id, user="frank")["tags"])

    def test_waivers_that_the_user_removes_are_not_left_out(self) -> None:
        self.waive_as_staff()

        self.openstack(
            f"vsc image unset {self.image_id} --property vsc_waived",
            user="frank",
            status=1,
            says=["does not allow this: Attribute 'vsc_waived' is reserved"],
        )


class TestSchema(SharingTest):
    """Glance's ``schema-image.json`` forbids the ``os_distro`` of this guest."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = guest_disk(
            self.folder / "gentoo.qcow2", files={"/etc/os-release": 'ID=gentoo\nVERSION_ID="2.17"\n'}
        )

    def test_an_image_is_created_without_the_property_that_the_schema_forbids(self) -> None:
        for options, stdin in ((f"--file {self.disk}", b""), ("--file -", self.disk.read_bytes())):
            with self.subTest(options=options):
                self.image = self.name("rna")

                image = self.openstack(
                    f"vsc image create {self.image} --min-disk 1 {options} -f value -c id",
                    stdin=stdin,
                    says=["Not set, because the cloud refuses it: os_distro (Provided object does not match schema"],
                ).stdout.strip()

                properties = self.show(image)["properties"]
                self.assertEqual(("2.17", "x86_64"), (properties["os_version"], properties["architecture"]))
                self.assertNotIn("os_distro", properties)
                self.assertEqual(1, len(self.images_named(self.image)))

    def test_an_image_without_the_forbidden_property_is_not_published(self) -> None:
        """The policy asks for ``os_distro``."""
        self.openstack(
            f"vsc image create {self.image} --file {self.disk} --community --description d --single-nic",
            status=3,
            says=["error M405", "--os-distro", "Refused by M405. The unfinished image was deleted", "Details"],
        )

        self.assert_nothing_left(self.image)

    def test_a_forbidden_value_of_the_user_is_an_error(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk} --os-distro gentoo",
            status=1,
            says=["The Image service rejects the request: Provided object does not match schema 'image': 'gentoo' "],
        )

        self.assert_nothing_left(self.image)


class TestPropertyQuota(SharingTest):
    """Glance allows 128 properties."""

    def test_an_image_gets_as_many_properties_as_there_may_be(self) -> None:
        many = " ".join(f"--property p{number}=x" for number in range(125))

        image = self.create(many, says=["Not set, because the cloud refuses it: "])

        properties = self.show(image)["properties"]
        self.assertEqual(125, sum(name.startswith("p") for name in properties))
        self.assertIn("os_distro", properties)
        self.assertNotIn("architecture", properties)

    def test_another_refusal_of_the_cloud_is_reported_as_it_is(self) -> None:
        full = Fault(
            method="POST",
            path="/v2/images",
            status=413,
            message="Too many images",
            headers={"X-Openstack-Request-Id": "x"},
        )
        with faulty_glance(self.cloud.image_url, full) as address:
            self.openstack(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment_at(self.cloud, "alice", address, self.folder),
                status=1,
                says=["This exceeds your quota or a limit of the Image service: Too many images"],
            )
