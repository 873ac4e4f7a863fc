"""Kernel parameters that start another program than the init system."""

from __future__ import annotations

from guestinspect.guest.services.init_parameters import require_usual_init
from guestinspect.model.fact import Unknown
from tests import base
from tests.trees import MemoryTree

SYSTEMD = MemoryTree(
    {"/usr/lib/systemd/systemd": "", "/usr/bin/bash": "", "/opt/systemd": "", "/sbin/runit": ""},
    links={
        "/lib/systemd/systemd": "/usr/lib/systemd/systemd",
        "/bin/systemd": "/lib/systemd/systemd",
        "/sbin/init": "/lib/systemd/systemd",
    },
)
OPENRC = MemoryTree({"/sbin/openrc": "", "/sbin/init": "", "/sbin/openrc-init": "", "/etc/runlevels/": ""})
SYSV = MemoryTree({"/sbin/init": "", "/etc/inittab": "", "/lib/systemd/systemd": ""})


class TestInitParameters(base.BaseTestCase):
    def assertOther(self, says: str, words: str, tree: MemoryTree = SYSTEMD) -> None:
        self.assertIn(says, self.assertRaises(Unknown, require_usual_init, tree, tuple(words.split())).why)

    def test_another_program_leaves_the_services_unknown(self) -> None:
        for path in (
            "/bin/bash",
            "/usr/lib/raspi-config/init_resize.sh",
            "/linuxrc",
            "/opt/systemd",
            "/sbin/runit",
            "sh",
        ):
            with self.subTest(path=path):
                self.assertOther(
                    f"the kernel parameter init={path} starts another program than systemd", f"ro init={path}"
                )
        self.assertOther("init=/lib/systemd/systemd starts another", "init=/lib/systemd/systemd", SYSV)

    def test_a_program_that_is_missing_is_not_the_init_system(self) -> None:
        self.assertOther("init=/sbin/openrc-init", "init=/sbin/openrc-init", SYSV)
        self.assertOther("init=/usr/bin/systemd", "init=/usr/bin/systemd")

    def test_the_init_system_itself_changes_nothing(self) -> None:
        for path in (
            "/sbin/init",
            "/usr/sbin/init",
            "/lib/systemd/systemd",
            "/usr/lib/systemd/systemd",
            "/bin/systemd",
        ):
            with self.subTest(path=path):
                require_usual_init(SYSTEMD, ("ro", f"init={path}"))
        require_usual_init(OPENRC, ("init=/sbin/openrc-init",))
        require_usual_init(SYSTEMD, ("init=", "quiet", "rdinit=/init"))

    def test_the_last_program_counts(self) -> None:
        require_usual_init(SYSTEMD, ("init=/bin/bash", "init=/sbin/init"))
        self.assertOther("init=/bin/bash", "init=/sbin/init init=/bin/bash")

    def test_a_boot_that_stops_in_a_shell_is_unknown(self) -> None:
        for word in ("rd.break", "rd.break=pre-mount", "break", "break=premount", "rd.systemd.unit=emergency.target"):
            with self.subTest(word=word):
                self.assertOther(f"the kernel parameter {word} stops the boot", word)
        self.assertOther("rdinit=/bin/sh starts another program in the initramfs", "rdinit=/bin/sh")

    def test_single_user_mode_is_unknown_without_systemd(self) -> None:
        for word in ("single", "1", "S", "emergency"):
            with self.subTest(word=word):
                self.assertOther(f"the kernel parameter {word} stops the boot", word, SYSV)
                self.assertOther(f"the kernel parameter {word} stops the boot", word, OPENRC)
                require_usual_init(SYSTEMD, (word,))  # the forecast follows systemd to its rescue.target
        for word in ("quiet", "3", "singles", "breakpoint=1"):
            require_usual_init(SYSV, (word,))
