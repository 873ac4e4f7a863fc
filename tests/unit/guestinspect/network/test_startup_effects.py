"""What runs at boot beside the network stacks: they make only NICs unknown that are down anyhow."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests.unit.guestinspect.network.guests import (
    ALPINE,
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETPLAN_FOR_ALL,
    NETWORK_MANAGER,
    NETWORKD,
    SYSTEM,
    WANTS,
    Part,
    files,
    links,
    program,
)
from tests.unit.guestinspect.network.verdicts import VerdictTest

DHCLIENT = "#!/bin/sh\nfor nic in ens3 ens4 ens5; do\n    dhclient $nic\ndone\n"
HARMLESS = "#!/bin/sh\necho ready > /run/ready\nsystemctl restart sshd\n"
FIRST = files({"/etc/network/interfaces": "auto ens3\niface ens3 inet dhcp\n"})
ONLY_FIRST = files(
    {"/etc/NetworkManager/conf.d/10.conf": "[keyfile]\nunmanaged-devices=*,except:interface-name:ens3\n"}
)
LAN = "/usr/local/sbin/lan"


def unit(command: str, more: str = "", path: str = "/etc/systemd/system/lan.service") -> Part:
    """Return an enabled unit."""
    text = f"[Service]\nType=oneshot\nExecStart={command}\n{more}\n[Install]\nWantedBy=multi-user.target\n"
    return files({path: text}) | links({f"{WANTS}/{path.rpartition('/')[2]}": path})


class TestUnits(VerdictTest):
    def test_the_script_of_a_unit_is_read(self) -> None:
        self.assert_verdict(DEBIAN | unit(LAN) | program(LAN, DHCLIENT), "unknown", "no")
        self.assert_verdict(DEBIAN | unit(LAN) | program(LAN, HARMLESS), "none", "no")

    def test_the_reason_names_the_line_of_the_script(self) -> None:
        facts = self.inspect_guest(DEBIAN | unit(LAN) | program(LAN, DHCLIENT))

        self.assertIn(f"{LAN}:3", self.assertRaises(Unknown, facts["nics_at_boot"]).why)

    def test_scripts_are_followed(self) -> None:
        inner = program("/opt/lab/net.sh", DHCLIENT)
        for command, more in (
            ("/bin/sh /opt/lab/net.sh", inner),
            ("/bin/bash -c 'sleep 5; /opt/lab/net.sh'", inner),
            (LAN, inner | program(LAN, "#!/bin/sh\n. /opt/lab/net.sh\n")),
            (LAN, inner | program(LAN, "#!/bin/sh\nstart-nics\n") | program("/usr/local/bin/start-nics", DHCLIENT)),
            ("/usr/bin/python3 /opt/lab/net.py", program("/opt/lab/net.py", "import os\nos.system('dhclient ens4')\n")),
        ):
            with self.subTest(command=command, more=more.files):
                self.assert_verdict(DEBIAN | unit(command) | more, "unknown", "no")

    def test_a_program_that_cannot_be_followed_is_unknown(self) -> None:
        library = files({"/opt/lib.sh": "up_all() { dhclient ens3; }\n"})
        folder = program("/etc/boot.d/1net", "#!/bin/sh\ndhclient\n")
        for text, more, verdict in (
            ("#!/usr/bin/python3\nimport sys\nfrom netagent.cli import main\nsys.exit(main())\n", Part(), "unknown"),
            ("#!/usr/bin/python3\nimport os, sys, netagent\n", Part(), "unknown"),
            ("#!/usr/bin/python3\nimport os\nfrom pathlib import Path\nprint(os.uname())\n", Part(), "none"),
            ("#!/usr/bin/perl\nuse strict;\nuse Net::Agent;\n", Part(), "unknown"),
            ("#!/usr/bin/perl\nuse strict;\nuse POSIX qw(uname);\n", Part(), "none"),
            ("#!/usr/bin/env ruby\nputs 1\n", Part(), "unknown"),
            ("#!/bin/bash\n. /opt/lib.sh\nup_all\n", library, "unknown"),
            ("#!/bin/bash\nsource '/opt/lib.sh'\n", library, "unknown"),
            ("#!/bin/bash\ncat /opt/lib.sh\n", library, "none"),
            ("#!/bin/sh\nrun-parts --verbose /etc/boot.d\n", folder, "unknown"),
            ('#!/bin/sh\nfor f in /etc/boot.d/*; do "$f"; done\n', folder, "unknown"),
            ("#!/bin/sh\npython3 -m netagent\n", Part(), "unknown"),
            ("#!/bin/sh\npython3 -m http.server\n", Part(), "none"),
            ("#!/bin/sh\npython3 /opt/nic.py $1\n", files({"/opt/nic.py": "import mynic\n"}), "unknown"),
            ("#!/bin/sh\nglean --debug\n", Part(), "unknown"),
        ):
            with self.subTest(text=text):
                self.assertEqual(verdict, self.at_boot_in_a_word(DEBIAN | unit(LAN) | program(LAN, text) | more))

    def test_a_package_of_python_in_a_unit_is_unknown(self) -> None:
        self.assert_verdict(DEBIAN | unit("/usr/bin/python3 -m netagent"), "unknown", "unknown")

    def test_every_command_of_a_unit_counts(self) -> None:
        for setting in ("ExecCondition", "ExecStartPre", "ExecStartPost"):
            with self.subTest(setting=setting):
                guest = DEBIAN | unit("/usr/bin/true", f"{setting}={LAN}") | program(LAN, DHCLIENT)

                self.assert_verdict(guest, "unknown", "no")

    def test_a_unit_that_follows_another_counts(self) -> None:
        for key in ("OnFailure", "OnSuccess"):
            with self.subTest(key=key):
                follower = files({"/etc/systemd/system/lan2.service": f"[Service]\nExecStart={LAN}\n"})
                guest = DEBIAN | unit("/usr/bin/false", f"[Unit]\n{key}=lan2.service") | follower

                self.assert_verdict(guest | program(LAN, DHCLIENT), "unknown", "no")
                self.assert_verdict(guest | program(LAN, HARMLESS), "none", "no")

    def test_a_doubt_lowers_no_nic_that_comes_up(self) -> None:
        doubt = unit(LAN) | program(LAN, DHCLIENT)

        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | NETPLAN_FOR_ALL | doubt, "all", "yes")
        self.assert_verdict(DEBIAN | NETWORK_MANAGER | doubt, "all", "yes")
        self.assert_verdict(DEBIAN | IFUPDOWN | FIRST | doubt, "unknown", "no")

    def test_a_unit_that_is_not_started_has_no_effect(self) -> None:
        enabled = unit(LAN) | program(LAN, DHCLIENT)

        self.assert_verdict(DEBIAN | enabled | unit(LAN, "[Unit]\nConditionPathExists=/etc/lan"), "none", "no")
        self.assert_verdict(DEBIAN | enabled | links({"/etc/systemd/system/lan.service": "/dev/null"}), "none", "no")

    def test_a_unit_of_an_unknown_package_may_do_anything(self) -> None:
        path = f"{SYSTEM}/vendor-agent.service"
        agent = program("/usr/sbin/vendor-agent", "\x7fELF\0")

        self.assert_verdict(DEBIAN | unit("/usr/sbin/vendor-agent", path=path) | agent, "unknown", "unknown")
        self.assert_verdict(DEBIAN | agent, "none", "no")

    def test_units_of_common_packages_configure_no_nic(self) -> None:
        for name in ("ssh", "cron", "docker", "slurmd", "qemu-guest-agent", "getty@tty1"):
            with self.subTest(name=name):
                path = f"{SYSTEM}/{name}.service"
                enabled = files({path: f"[Service]\nExecStart=/usr/sbin/{name}\n"}) | links(
                    {f"{WANTS}/{name}.service": path}
                )

                self.assert_verdict(DEBIAN | enabled, "none", "no")

    def test_a_drop_in_of_a_common_service_is_read(self) -> None:
        enabled = files({f"{SYSTEM}/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd\n"}) | links(
            {f"{WANTS}/ssh.service": f"{SYSTEM}/ssh.service"}
        )
        drop_in = files({"/etc/systemd/system/ssh.service.d/lan.conf": f"[Service]\nExecStartPost={LAN}\n"})

        self.assert_verdict(DEBIAN | enabled | drop_in | program(LAN, DHCLIENT), "unknown", "no")
        self.assert_verdict(DEBIAN | enabled | drop_in | program(LAN, HARMLESS), "none", "no")

    def test_a_timer_may_run_a_script_when_a_nic_is_there(self) -> None:
        timer = files(
            {
                "/etc/systemd/system/lan.timer": "[Timer]\nOnUnitActiveSec=1min\nOnBootSec=1min\n",
                "/etc/systemd/system/lan.service": f"[Service]\nExecStart={LAN}\nRestart=always\n",
            }
        ) | links({"/etc/systemd/system/timers.target.wants/lan.timer": "/etc/systemd/system/lan.timer"})

        self.assert_verdict(DEBIAN | timer | program(LAN, DHCLIENT), "unknown", "unknown")

    def test_a_script_that_starts_a_network_service_may_configure_later_nics(self) -> None:
        script = program(LAN, "#!/bin/sh\nsystemctl start systemd-networkd\n")

        self.assert_verdict(DEBIAN | unit(LAN) | script, "unknown", "unknown")

    def test_endless_and_long_scripts_are_unknown(self) -> None:
        around = program(LAN, f"#!/bin/sh\n{LAN}\n/opt/a\n") | program("/opt/a", f"#!/bin/sh\n{LAN}\n/opt/a\n")

        self.assert_verdict(DEBIAN | unit(LAN) | around, "none", "no")
        self.assert_verdict(DEBIAN | unit(LAN) | program(LAN, "#!/bin/sh\n" + "true\n" * 40_000), "unknown", "unknown")
        many = "#!/bin/sh\n" + "".join(f"/opt/{number}\n" for number in range(99))
        chain = {f"/opt/{number}": "#!/bin/sh\n" for number in range(99)}
        self.assert_verdict(DEBIAN | unit(LAN) | program(LAN, many) | files(chain), "unknown", "unknown")


class TestLocalScripts(VerdictTest):
    RC_LOCAL = program("/etc/rc.local", DHCLIENT)

    def test_rc_local_is_run_by_its_generator(self) -> None:
        self.assert_verdict(DEBIAN | self.RC_LOCAL, "unknown", "no")
        self.assert_verdict(DEBIAN | program("/etc/rc.d/rc.local", DHCLIENT), "unknown", "no")
        self.assert_verdict(DEBIAN | program("/etc/rc.local", HARMLESS), "none", "no")
        self.assert_verdict(DEBIAN | files({"/etc/rc.local": DHCLIENT}), "none", "no")
        masked = links({"/etc/systemd/system/rc-local.service": "/dev/null"})
        self.assert_verdict(DEBIAN | self.RC_LOCAL | masked, "none", "no")

    def test_rc_local_may_call_a_script(self) -> None:
        calls = program("/etc/rc.local", "#!/bin/sh -e\n/opt/lab/net.sh &\nexit 0\n")

        self.assert_verdict(DEBIAN | calls | program("/opt/lab/net.sh", DHCLIENT), "unknown", "no")

    def test_openrc_runs_local_scripts(self) -> None:
        script = program("/etc/local.d/nics.start", "#!/bin/sh\nudhcpc -i eth1\n")
        local = Part(
            {"/etc/init.d/local": "#!/sbin/openrc-run\n"}, {"/etc/runlevels/default/local": "/etc/init.d/local"}
        )

        self.assert_verdict(ALPINE | script | local, "unknown", "no")
        self.assert_verdict(ALPINE | script, "none", "no")
        self.assert_verdict(ALPINE | local | files({"/etc/local.d/nics.start": "udhcpc\n"}), "none", "no")
        self.assert_verdict(ALPINE | local | program("/etc/local.d/nics.stop", DHCLIENT), "none", "no")

    def test_openrc_runs_the_scripts_of_services(self) -> None:
        for script, verdict in (
            ("#!/sbin/openrc-run\nstart() {\n\tudhcpc -b -i eth1\n}\n", ("unknown", "no")),
            ("#!/sbin/openrc-run\ncommand=/opt/lab/agent\n", ("unknown", "unknown")),
            ("#!/sbin/openrc-run\nstart() {\n\tebegin\n}\n", ("none", "no")),
        ):
            with self.subTest(script=script):
                service = program("/etc/init.d/lab", script) | links({"/etc/runlevels/default/lab": "/etc/init.d/lab"})

                self.assert_verdict(ALPINE | service | program("/opt/lab/agent", "\x7fELF\0"), *verdict)

    def test_jobs_of_upstart_are_read(self) -> None:
        upstart = Part(
            {
                "/etc/os-release": 'ID=ubuntu\nVERSION_ID="14.04"\n',
                "/sbin/init": "ELF",
                "/sbin/initctl": "ELF",
                "/sbin/ifup": "ELF",
                "/sbin/dhclient": "ELF",
                "/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n",
                "/etc/init/networking.conf": "start on stopped udevtrigger\npre-start exec ifup -a\n",
                "/etc/init/network-interface.conf": "start on net-device-added\nexec ifup --allow auto $INTERFACE\n",
            }
        )
        job = files({"/etc/init/lan.conf": "start on runlevel [2345]\nscript\n    dhclient eth1\nend script\n"})

        self.assertEqual("first", self.at_boot_in_a_word(upstart))
        self.assertEqual("unknown", self.at_boot_in_a_word(upstart | job))
        off = files({"/etc/init/lan.override": "manual\n"})
        self.assertEqual("first", self.at_boot_in_a_word(upstart | job | off))

    def test_an_inittab_runs_commands(self) -> None:
        lines = "::sysinit:/sbin/openrc sysinit\n::wait:/etc/lab/net.sh\ntty1::respawn:/sbin/getty 38400 tty1\n"

        inittab = files({"/etc/inittab": lines})
        self.assert_verdict(ALPINE | inittab | program("/etc/lab/net.sh", DHCLIENT), "unknown", "no")
        self.assert_verdict(ALPINE | inittab | program("/etc/lab/net.sh", HARMLESS), "none", "no")


class TestHooks(VerdictTest):
    """Scripts that run when a NIC comes up."""

    def test_a_stanza_may_configure_another_nic(self) -> None:
        for command, which in (
            ("dhclient ens4", "unknown"),
            ("/usr/local/sbin/lan", "unknown"),
            ("logger up", "first"),
        ):
            with self.subTest(command=command):
                stanza = f"auto ens3\niface ens3 inet dhcp\n    post-up {command}\n"
                guest = DEBIAN | IFUPDOWN | files({"/etc/network/interfaces": stanza}) | program(LAN, DHCLIENT)

                self.assert_verdict(guest, which, "no")

    def test_scripts_of_a_started_program_are_read(self) -> None:
        for folder, stack in (
            ("/etc/network/if-up.d", IFUPDOWN | FIRST),
            ("/etc/NetworkManager/dispatcher.d", NETWORK_MANAGER | ONLY_FIRST),
        ):
            with self.subTest(folder=folder):
                self.assert_verdict(DEBIAN | stack, "first", "no")
                self.assert_verdict(DEBIAN | stack | program(f"{folder}/50-lan", DHCLIENT), "unknown", "no")
                self.assert_verdict(DEBIAN | stack | program(f"{folder}/50-lan", HARMLESS), "first", "no")
                self.assert_verdict(DEBIAN | stack | files({f"{folder}/50-lan": DHCLIENT}), "first", "no")
                self.assert_verdict(DEBIAN | program(f"{folder}/50-lan", DHCLIENT), "none", "no")

    def test_an_unknown_generator_may_write_any_unit(self) -> None:
        for folder in ("/etc", "/usr/local/lib", "/usr/lib"):
            with self.subTest(folder=folder):
                path = f"{folder}/systemd/system-generators"

                self.assert_verdict(DEBIAN | program(f"{path}/lan", "#!/bin/sh\nln -s x $1\n"), "unknown", "unknown")
                self.assert_verdict(DEBIAN | program(f"{path}/systemd-fstab-generator", "\x7fELF\0"), "none", "no")
                self.assert_verdict(DEBIAN | files({f"{path}/lan": "x"}), "none", "no")
        masked = links({"/etc/systemd/system-generators/lan": "/dev/null"})
        packaged = program("/usr/lib/systemd/system-generators/lan", "\x7fELF\0")
        self.assert_verdict(DEBIAN | packaged | masked, "none", "no")


class TestCron(VerdictTest):
    CRON = files({f"{SYSTEM}/cron.service": "[Service]\nExecStart=/usr/sbin/cron -f\n"}) | links(
        {f"{WANTS}/cron.service": f"{SYSTEM}/cron.service"}
    )

    def test_commands_at_boot_and_later(self) -> None:
        for path, line, verdict in (
            ("/etc/crontab", "@reboot root dhclient ens4", ("unknown", "no")),
            ("/etc/cron.d/lan", "@reboot root /usr/local/sbin/lan", ("unknown", "no")),
            ("/etc/cron.d/lan", "*/5 * * * * root /usr/local/sbin/lan", ("unknown", "unknown")),
            ("/var/spool/cron/crontabs/root", "@reboot /usr/local/sbin/lan", ("unknown", "no")),
            ("/var/spool/cron/root", "@reboot sleep 10 && /usr/local/sbin/lan", ("unknown", "no")),
            ("/etc/cron.d/lan", "# @reboot root dhclient", ("none", "no")),
            ("/etc/cron.d/lan", "PATH=/usr/local/sbin/lan", ("none", "no")),
            ("/etc/cron.d/e2scrub_all", "10 3 * * * root /sbin/e2scrub_all -A -r", ("none", "no")),
            ("/etc/cron.d/e2scrub_all", "30 3 * * 0 root test -e /run/systemd/system || /sbin/x", ("none", "no")),
        ):
            with self.subTest(path=path, line=line):
                scrub = program("/usr/sbin/e2scrub_all", "#!/bin/bash\nsystemctl start $unit\n")
                guest = DEBIAN | self.CRON | program(LAN, DHCLIENT) | scrub | files({path: f"{line}\n"})

                self.assert_verdict(guest, *verdict)

    def test_crontabs_have_no_effect_without_cron(self) -> None:
        self.assert_verdict(DEBIAN | files({"/etc/cron.d/lan": "@reboot root dhclient ens4\n"}), "none", "no")


class TestCloudInit(VerdictTest):
    FIRST_ONLY = files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [None]\n"})
    GUEST = DEBIAN | IFUPDOWN | CLOUD_INIT | FIRST_ONLY

    def test_commands_of_the_configuration(self) -> None:
        for text, verdict in (
            ("runcmd:\n  - dhclient ens4\n", ("unknown", "no")),
            ("runcmd:\n  - [sh, -c, 'dhclient ens4']\n", ("unknown", "no")),
            ("bootcmd:\n  - /usr/local/sbin/lan\n", ("unknown", "no")),
            ("runcmd:\n  - [netplan, apply]\n", ("unknown", "unknown")),
            ("runcmd:\n  - echo ready\n", ("first", "no")),
            ("runcmd: 5\nbootcmd: {a: b}\n", ("first", "no")),
        ):
            with self.subTest(text=text):
                guest = self.GUEST | program(LAN, DHCLIENT) | files({"/etc/cloud/cloud.cfg.d/95.cfg": text})

                self.assert_verdict(guest, *verdict)

    def test_scripts_in_its_folders(self) -> None:
        for folder in ("per-boot", "per-once", "per-instance"):
            with self.subTest(folder=folder):
                path = f"/var/lib/cloud/scripts/{folder}/nics"

                self.assert_verdict(self.GUEST | program(path, DHCLIENT), "unknown", "no")
                self.assert_verdict(self.GUEST | files({path: DHCLIENT}), "first", "no")
        once = program("/var/lib/cloud/scripts/per-once/nics", DHCLIENT)
        done = files({"/var/lib/cloud/sem/config_scripts_per_once.once": ""})
        self.assert_verdict(self.GUEST | once | done, "first", "no")

    def test_a_disabled_cloud_init_runs_nothing(self) -> None:
        script = program("/var/lib/cloud/scripts/per-boot/nics", DHCLIENT)
        off = files({"/etc/cloud/cloud-init.disabled": ""})

        self.assert_verdict(DEBIAN | IFUPDOWN | FIRST | CLOUD_INIT | off | script, "first", "no")

    def test_a_doubt_leaves_the_data_sources_nics_up(self) -> None:
        script = program("/var/lib/cloud/scripts/per-boot/nics", DHCLIENT)

        self.assert_verdict(DEBIAN | NETWORKD | CLOUD_INIT | script, "all", "no")
