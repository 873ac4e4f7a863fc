from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import CloudInit
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Outcome
from vscclient.model.fix import Fix, GuestAction, InGuest
from vscclient.model.visibility import Visibility


def cloud_init(disabled_by: str = "", datasources: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"cloud_init": CloudInit("22.4.2", datasources, disabled_by, makes_host_keys=True)}


class TestN205(base.BaseTestCase):
    def test_a_guest_without_an_agent_is_an_error(self) -> None:
        (found,) = findings("N205", image={"visibility": Visibility.COMMUNITY}, guest={"cloud_init": None})

        self.assertTrue(found.stops)
        self.assertEqual("no agent installs the user's SSH key: cloud-init is not installed", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.INSTALL, "cloud-init")), found.fix)

    def test_another_agent_is_enough(self) -> None:
        self.assertEqual([], findings("N205", guest={"cloud_init": None, "key_agents": ("afterburn",)}))

    def test_a_guest_without_an_ssh_server_needs_no_agent(self) -> None:
        without = {"cloud_init": None, "ssh_server": False}

        self.assertEqual([], findings("N205", guest=without))
        disabled = cloud_init("/etc/cloud/cloud-init.disabled") | {"ssh_server": False}
        self.assertEqual(1, len(findings("N205", guest=disabled)))

    def test_a_disabled_agent_installs_no_keys(self) -> None:
        (by_file,) = findings("N205", guest=cloud_init("/etc/cloud/cloud-init.disabled"))
        (by_kernel,) = findings("N205", guest=cloud_init("the kernel's parameter cloud-init=disabled disables it"))

        self.assertEqual("/etc/cloud/cloud-init.disabled", by_file.location)
        self.assertIn("cloud-init=disabled", by_kernel.message)

    def test_cloud_init_must_look_for_openstack(self) -> None:
        (found,) = findings("N205", guest=cloud_init(datasources=("NoCloud", "None")))

        self.assertIn("looks for NoCloud, None only", found.message)
        for datasource in ("OpenStack", "ConfigDrive", "Ec2"):
            with self.subTest(datasource=datasource):
                self.assertEqual([], findings("N205", guest=cloud_init(datasources=("NoCloud", datasource))))

    def test_an_unreadable_agent_is_unknown(self) -> None:
        (found,) = findings("N205", guest={"cloud_init": None, "key_agents": Unknown("/etc could not be read")})

        self.assertEqual(Outcome.UNKNOWN, found.outcome)
