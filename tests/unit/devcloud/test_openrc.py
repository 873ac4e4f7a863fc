from __future__ import annotations

import os
import subprocess
from pathlib import Path

from devcloud import openrc
from devcloud.cloud import Cloud, User, read, without_proxy
from tests import base

ENVIRONMENT = {"OS_AUTH_URL": "http://127.0.0.1:1/v3", "OS_PASSWORD": "it's $HOME", "OS_REGION_NAME": "devcloud"}


def a_user(folder: Path) -> User:
    return User(
        entry="alice_2",
        name="alice",
        password="it's $HOME",
        user_id="u",
        user_domain_name="Default",
        project_name="VSC_00001",
        project_id="p",
        project_domain_name="Default",
        role="member",
        openrc=folder / "alice.sh",
        environment=ENVIRONMENT,
    )


def sourced(openrc: Path, variable: str, **inherited: str) -> str:
    environment = {"PATH": os.environ["PATH"], **inherited}
    script = f'. "$0"; printf %s "${variable}"'
    return subprocess.run(["sh", "-c", script, openrc], env=environment, capture_output=True, text=True).stdout


class TestOpenrc(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.create_tempfiles([("marker", "")])[0]).parent
        self.user = a_user(self.folder)
        openrc.write_openrc(self.user)

    def test_a_shell_reads_the_exact_values(self) -> None:
        self.assertEqual("it's $HOME", sourced(self.user.openrc, "OS_PASSWORD"))

    def test_variables_of_another_openrc_are_unset(self) -> None:
        self.assertEqual("", sourced(self.user.openrc, "OS_TOKEN", OS_TOKEN="old"))

    def test_no_proxy_is_extended_once(self) -> None:
        once = sourced(self.user.openrc, "no_proxy", no_proxy="example.org")

        self.assertEqual("127.0.0.1,localhost,example.org", once)
        self.assertEqual(once, sourced(self.user.openrc, "NO_PROXY", no_proxy=once))

    def test_an_openrc_file_is_readable_by_its_owner_only(self) -> None:
        self.assertEqual(0o600, self.user.openrc.stat().st_mode & 0o777)

    def test_an_entry_of_clouds_yaml_has_the_same_values(self) -> None:
        entry = openrc.cloud_entry(ENVIRONMENT)

        self.assertEqual({"auth_url": "http://127.0.0.1:1/v3", "password": "it's $HOME"}, entry["auth"])
        self.assertEqual(["devcloud", "versioned", "no-ranges"], entry["regions"])

    def test_a_description_of_a_cloud_is_read_as_it_was_written(self) -> None:
        cloud = Cloud(
            folder=self.folder,
            auth_url="http://127.0.0.1:1/v3",
            image_url="http://127.0.0.1:2",
            regions={"devcloud": "http://127.0.0.1:2"},
            projects={"VSC_00001": "p"},
            users={"alice_2": self.user},
            clouds_yaml=self.folder / "clouds.yaml",
            logs={"glance": self.folder / "glance.log"},
            image_store=self.folder / "store",
        )

        cloud.write()

        self.assertEqual(cloud, read(self.folder))

    def test_no_proxy_is_used_for_loopback(self) -> None:
        self.assertEqual("127.0.0.1,localhost,a.example", without_proxy({"no_proxy": "a.example"})["no_proxy"])
