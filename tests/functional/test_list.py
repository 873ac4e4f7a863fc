"""Lists of images: the rows of the standard command, and more."""

from __future__ import annotations

import subprocess
from typing import Any, ClassVar

import fixtures
import requests
from openstackclient.image.v2.image import ListImage

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at

OURS = ("Access", "Owner", "Multi-NIC")

OPTIONS = (
    "",
    "--all",
    "--private",
    "--public",
    "--shared",
    "--community",
    "--hidden",
    "--hidden --all --long",
    "--long",
    "--long --shared",
    "--member-status accepted",
    "--member-status pending",
    "--member-status rejected --long",
    "--member-status all",
    "--member-status all --all",
    "--shared --member-status all",
    "--shared --member-status pending",
    "--status active",
    "--status queued --all",
    "--tag second",
    "--tag second --tag nosuch",
    "--property flavour=sweet",
    "--property flavour=sweet --property os_distro=debian",
    "--property os_distro=debian",
    "--property visibility=private",
    "--property flavour=sour",
    "--limit 3",
    "--limit 1 --all",
    "--limit 3 --property flavour=sweet",
    "--limit 0",
    "--limit 5000",
    "--sort name:desc",
    "--sort status,name:desc --long",
    "--sort created_at",
    "--page-size 2",
    "--max-items 2",
    "--max-items 0",
    "--max-items 5 --limit 2",
    "-c ID -c Name",
    "--sort-column Status --sort-column ID",
)
"""The options of ``image list`` that users type."""


ODD_PROPERTIES = (
    "cls",
    "connection",
    "_synchronized",
    "microversion",
    "owner_id",
    "is_protected",
    "instance_type_rxtx_factor",
    "hw_boot_menu",
    "hw_vif_multiqueue_enabled",
    "properties",
    "metadata",
    "keys",
)
"""Properties that break the standard command, or that it reads as fields."""


class ListTest(FunctionalTest):
    """Tests with images of alice and bob."""

    tokens: ClassVar[dict[str, str]] = {}
    """A token of each user, for all tests: it is valid for an hour."""

    def setUp(self) -> None:
        super().setUp()
        self.mark = self.name("rna")
        self.ids: dict[str, str] = {}

    def make_images(self) -> None:
        """Alice's images, those of bob, who has shared some with her, and a public one."""
        for visibility in ("private", "shared", "community"):
            self.image(f"mine-{visibility}", "alice", visibility=visibility)
            self.image(f"bobs-{visibility}", "bob", visibility=visibility)
        self.image("vscs", "admin", visibility="public", vsc_multi_nic="true")
        self.image("mine-hidden", "alice", os_hidden=True, visibility="community")
        self.image("sweet", "alice", flavour="sweet", os_distro="debian", tags=["second"], vsc_multi_nic="True")
        self.image("single", "alice", flavour="sweet", vsc_multi_nic="false", visibility="private")
        for status in ("pending", "accepted", "rejected"):
            self.image(status, "bob", visibility="shared", flavour="sweet", vsc_multi_nic="true")
            self.share(status, "VSC_00001", answer=status)
        self.upload("mine-private", b"x")

    def image(self, about: str, user: str, **fields: Any) -> None:
        """A record, and its ID under a name that only this test uses."""
        tags = [self.mark, *fields.pop("tags", ())]
        made = self.glance("POST", "", user, json={"name": f"{about}-{self.mark}", "tags": tags} | fields).json()
        self.ids[about] = made["id"]

    def share(self, about: str, project: str, *, answer: str) -> None:
        """Share an image of bob with a project of alice, and answer for her."""
        member = self.cloud.projects[project]
        self.glance("POST", f"/{self.ids[about]}/members", "bob", json={"member": member})
        self.glance("PUT", f"/{self.ids[about]}/members/{member}", "alice", json={"status": answer})

    def upload(self, about: str, data: bytes) -> None:
        path = f"/{self.ids[about]}"
        operations = [
            {"op": "replace", "path": f"/{field}", "value": value}
            for field, value in (("disk_format", "raw"), ("container_format", "bare"))
        ]
        kind = "application/openstack-images-v2.1-json-patch"
        self.glance("PATCH", path, "alice", json=operations, headers={"Content-Type": kind})
        kind = "application/octet-stream"
        self.glance("PUT", f"{path}/file", "alice", data=data, headers={"Content-Type": kind})

    def glance(
        self, verb: str, path: str, user: str, headers: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        """Send a request to Glance without a client."""
        if user not in self.tokens:
            self.tokens[user] = self.openstack("token issue -f value -c id", user=user).stdout.strip()
        headers = {"X-Auth-Token": self.tokens[user]} | (headers or {})
        url = f"{self.cloud.image_url}/v2/images{path}"
        with requests.Session() as session:
            session.trust_env = False  # no proxy for a server on loopback
            answer = session.request(verb, url, headers=headers, timeout=60, **more)
        answer.raise_for_status()
        return answer

    def listed(self, options: str, *, user: str = "alice") -> dict[str, Any]:
        """List images with our command; return the access to each of them, by its subject."""
        rows = self.openstack(f"vsc image list --tag {self.mark} {options} -f json", user=user).json()
        about = {image_id: about for about, image_id in self.ids.items()}
        return {about[row["ID"]]: row["Access"] for row in rows}

    def assert_like_the_standard(self, options: str, user: str) -> None:
        if "--max-items" in options and not _standard_knows("--max-items"):
            return
        words = f"image list --tag {self.mark} {options} -f json"
        standard = self.openstack(words, user=user).json()

        ours = self.openstack(f"vsc {words}", user=user).json()

        shown = [{column: value for column, value in row.items() if column not in OURS} for row in ours]
        self.assertEqual(standard, shown, options)
        self.assertEqual([list(row) for row in standard], [list(row) for row in shown], options)


class TestList(ListTest):
    """Lists of images that are created once for all of these tests."""

    made: ClassVar[tuple[str, dict[str, str]] | None] = None

    def setUp(self) -> None:
        super().setUp()
        if TestList.made is None:
            self.make_images()
            TestList.made = self.mark, self.ids
        self.mark, self.ids = TestList.made

    def test_the_list_has_the_rows_and_columns_of_the_standard_list(self) -> None:
        for options in OPTIONS:
            with self.subTest(options=options):
                self.assert_like_the_standard(options, "alice")

    def test_the_list_of_other_users_and_staff_is_the_standard_list(self) -> None:
        for user in ("bob", "rita", "admin"):
            with self.subTest(user=user):
                for options in ("", "--all --long", "--shared --member-status all", "--community", "--hidden"):
                    self.assert_like_the_standard(options, user)

    def test_the_filtered_list_is_the_standard_list(self) -> None:
        project = self.cloud.projects["VSC_00002"]
        name = f"accepted-{self.mark}"

        for options in (
            f"--name {name}",
            f"--name {name} --member-status pending",
            f"--marker {self.ids['sweet']}",
            f"--marker {name} --limit 2",
            f"--project {project} --all",
        ):
            with self.subTest(options=options):
                self.assert_like_the_standard(options, "alice")
        self.assert_like_the_standard("--project VSC_00002", "admin")

    def test_a_list_of_many_pages_has_all_rows(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("vscclient.glance.images.PAGE_SIZE", 2))

        for options in ("", "--all", "--member-status all", "--limit 3", "--max-items 3", "--hidden"):
            with self.subTest(options=options):
                self.assert_like_the_standard(options, "alice")
        self.assertEqual({"accepted", "sweet", "vscs"}, set(self.listed("--multi-nic")))
        self.assertEqual({"accepted"}, set(self.listed("--shared-with-me --limit 1")))

    def test_the_default_list_is_the_standard_list(self) -> None:
        standard = self.openstack("image list -f json").json()

        ours = self.openstack("vsc image list -f json").json()

        expected, seen = ([row["ID"] for row in rows if row["ID"] in self.ids.values()] for rows in (standard, ours))
        self.assertEqual(expected, seen)
        self.assertEqual(7, len(seen))

    def test_the_list_shows_the_access_to_each_image(self) -> None:
        mine = {"mine-private", "mine-shared", "mine-community", "sweet", "single"}
        expected = dict.fromkeys(mine, "mine") | {"accepted": "shared", "vscs": "public"}

        self.assertEqual(expected, self.listed(""))
        self.assertEqual(expected | {"bobs-community": "community"}, self.listed("--all"))
        pending = {"pending": "pending", "rejected": "rejected"}
        self.assertEqual(expected | pending, self.listed("--member-status all"))

    def test_the_list_shows_the_access_of_an_admin(self) -> None:
        listed = self.listed("--all", user="admin")

        self.assertEqual("mine", listed["vscs"])
        self.assertEqual("community", listed["bobs-community"])
        self.assertEqual(["admin"] * 3, [listed[about] for about in ("mine-private", "accepted", "pending")])

    def test_mine_lists_own_images_of_each_visibility(self) -> None:
        self.assertEqual(
            {"mine-private", "mine-shared", "mine-community", "sweet", "single"}, set(self.listed("--mine"))
        )
        self.assertEqual({"mine-community"}, set(self.listed("--mine --community")))
        self.assertEqual({"mine-hidden"}, set(self.listed("--mine --hidden")))
        self.assertEqual({"vscs"}, set(self.listed("--mine", user="admin")))

    def test_shared_with_me_lists_accepted_and_pending_images(self) -> None:
        self.assertEqual({"accepted": "shared"}, self.listed("--shared-with-me"))
        self.assertEqual({"pending": "pending"}, self.listed("--pending"))
        self.assertEqual({"accepted": "shared"}, self.listed("--shared-with-me --limit 1"))
        self.assertEqual({}, self.listed("--pending", user="bob"))

    def test_multi_nic_accepts_each_spelling_of_true(self) -> None:
        self.assertEqual({"accepted", "sweet", "vscs"}, set(self.listed("--multi-nic")))
        self.assertEqual({"sweet": "mine"}, self.listed("--multi-nic --mine"))
        self.assertEqual(2, len(self.listed("--multi-nic --limit 2")))

    def test_owner_and_nics_follow_the_standard_columns(self) -> None:
        rows = self.openstack(f"vsc image list --tag {self.mark} -f json").json()

        named = {row["ID"]: row for row in rows}
        project = self.cloud.projects["VSC_00001"]
        for about, nics in (("sweet", True), ("single", False), ("mine-private", None)):
            with self.subTest(about=about, nics=nics):
                row = named[self.ids[about]]
                self.assertEqual(["ID", "Name", "Status", *OURS], list(row))
                self.assertEqual(["mine", project, nics], [row[column] for column in OURS])

    def test_no_column_is_shown_twice(self) -> None:
        for row in self.openstack(f"vsc image list --long --tag {self.mark} -f json").json():
            with self.subTest(row=row):
                self.assertEqual(["Access", "Multi-NIC"], list(row)[-2:])
                self.assertNotIn("Owner", row)

    def test_an_empty_list_is_the_standard_list(self) -> None:
        for form in ("table", "json", "value"):
            with self.subTest(form=form):
                words = f"image list --tag {self.name('nosuch')} -f {form}"

                self.assertEqual(self.openstack(words).stdout, self.openstack(f"vsc {words}").stdout)

    def test_contradicting_options_are_refused(self) -> None:
        for options in (
            "--mine --project VSC_00001",
            "--pending --public",
            "--shared-with-me --private",
            "--pending --member-status rejected",
        ):
            self.openstack(f"vsc image list {options}", status=2, says=["contradict each other"])

    def test_an_unknown_project_is_reported(self) -> None:
        self.openstack("vsc image list --project nosuch", status=1, says=["'nosuch' is neither one of your projects"])

    def test_an_own_project_is_found_by_its_name(self) -> None:
        listed = self.listed("--project VSC_00001 --private")

        self.assertEqual({"mine-private", "single"}, set(listed))

    def test_an_unknown_marker_is_reported(self) -> None:
        self.openstack("vsc image list --marker nosuch", status=1, says=["No image has the name or ID 'nosuch'"])

    def test_options_in_another_encoding_are_refused(self) -> None:
        for option in ("--name", "--project"):
            with self.subTest(option=option):
                process = self.process(f"vsc image list {option} x\udcff", stderr=subprocess.PIPE)

                _, stderr = process.communicate(timeout=60)

                self.assertEqual((2, rb"'x\udcff' is not valid text (UTF-8)"), (process.returncode, stderr.strip()))

    def test_a_failing_image_service_is_reported(self) -> None:
        for answer, says in ((403, "does not allow this"), (503, "The Image service failed")):
            with faulty_glance(self.cloud.image_url, Fault(method="GET", path="/v2/images", status=answer)) as url:
                environment = environment_at(self.cloud, "alice", url, self.folder)
                self.openstack("vsc image list", environment=environment, status=1, says=[says])

    def test_an_unreachable_image_service_is_reported(self) -> None:
        environment = environment_at(self.cloud, "alice", "http://127.0.0.1:9", self.folder)

        self.openstack("vsc image list", environment=environment, status=1, says=["does not answer"])

    def test_missing_credentials_are_reported(self) -> None:
        self.openstack("vsc image list", environment={}, status=1, says=["Not signed in"])


class TestListOfMore(ListTest):
    """Lists of images that are created for one test."""

    def test_staff_list_only_images_shared_with_their_project(self) -> None:
        self.make_images()
        member = self.cloud.users["admin"].project_id
        self.glance("POST", f"/{self.ids['bobs-shared']}/members", "bob", json={"member": member})

        self.assertEqual({"bobs-shared": "pending"}, self.listed("--pending", user="admin"))
        self.assertEqual({}, self.listed("--shared-with-me", user="admin"))

    def test_a_name_is_not_read_as_an_operator(self) -> None:
        odd = f"in:accepted-{self.mark},x"
        self.image(odd, "alice")

        listed = self.openstack(f"vsc image list --name {odd}-{self.mark} -f value -c ID")
        other = self.openstack(f"vsc image list --name {odd} -f value -c ID")

        self.assertEqual([self.ids[odd]], listed.stdout.split())
        self.assertEqual([], other.stdout.split())

    def test_control_characters_in_a_name_are_escaped_except_in_json(self) -> None:
        evil = "\x1b[2Jrna\u202e"
        self.image(evil, "bob", visibility="community")
        words = f"vsc image list --community --tag {self.mark}"

        table = self.openstack(words).stdout
        names = [row["Name"] for row in self.openstack(f"{words} -f json").json()]

        self.assertNotIn("\x1b", table)
        self.assertNotIn("\u202e", table)
        self.assertIn(f"{evil}-{self.mark}", names)

    def test_odd_properties_of_others_do_not_change_the_list(self) -> None:
        for number, name in enumerate(ODD_PROPERTIES):
            self.image(f"odd-{number}", "bob", visibility="community", flavour="odd", **{name: "maybe"})

        words = f"vsc image list --community --long --tag {self.mark} --property flavour=odd -f json"
        rows = self.openstack(words).json()

        self.assertEqual(len(ODD_PROPERTIES), len(rows))
        self.assertEqual({self.cloud.projects["VSC_00002"]}, {row["Project"] for row in rows})
        self.assertEqual({False}, {row["Protected"] for row in rows})


def _standard_knows(option: str) -> bool:
    parser = ListImage(None, None).get_parser("image list")  # type: ignore[arg-type]  # a parser needs no app
    return any(option in action.option_strings for action in parser._actions)
