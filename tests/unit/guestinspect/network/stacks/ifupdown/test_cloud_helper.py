"""The helper of Debian's cloud images, which writes a stanza for each NIC."""

from __future__ import annotations

from tests.unit.guestinspect.network.stacks.ifupdown.guests import (
    CLOUD_DEBIAN,
    DEBIAN,
    INTERFACES,
    IfupdownTest,
    a_guest,
)


class TestCloudHelper(IfupdownTest):
    def test_the_helper_brings_up_every_nic(self) -> None:
        self.assert_up("ens3 ens4 ens5 ens6", a_guest(files=CLOUD_DEBIAN))

    def test_the_helper_ignores_a_nic_with_a_stanza(self) -> None:
        more = {"/etc/network/interfaces.d/50-cloud-init": "auto ens3\niface ens3 inet manual\n"}

        self.assert_up("ens4 ens5 ens6", a_guest(files=CLOUD_DEBIAN, more=more))

    def test_the_stanza_of_the_helper_must_be_included(self) -> None:
        self.assert_up("", a_guest("source-directory /etc/network/interfaces.d\n", files=CLOUD_DEBIAN))

    def test_a_rule_for_other_names_does_not_start_it(self) -> None:
        self.assert_up("", a_guest(files=CLOUD_DEBIAN, names="nic0 nic1 nic2 nic3"))

    def test_a_helper_may_write_the_stanza_itself(self) -> None:
        helper = (
            "#!/bin/sh\ncat > /run/network/interfaces.d/$INTERFACE <<END\n"
            "allow-hotplug $INTERFACE\niface $INTERFACE inet dhcp\nEND\n"
        )
        more = {"/etc/network/cloud-ifupdown-helper": helper}

        self.assert_up("ens3 ens4 ens5 ens6", a_guest(files=CLOUD_DEBIAN, more=more))

    def test_a_helper_in_another_folder_may_print_the_stanza(self) -> None:
        files = DEBIAN | {
            INTERFACES: "source-directory /run/network/interfaces.d\n",
            "/etc/udev/rules.d/75-cloud-ifupdown.rules": (
                'SUBSYSTEM=="net", ACTION=="add", ATTR{type}=="1", NAME!="lo*", RUN+="/usr/local/sbin/helper x $name"\n'
            ),
            "/usr/local/sbin/helper": (
                '#!/bin/sh\nD=/run/network/interfaces.d\nif [ -n "$2" ]; then\n'
                '    printf \'auto %s\\nallow-hotplug %s\\niface %s inet dhcp\\n\' "$2" "$2" "$2" >"$D/$2"\nfi\n'
            ),
        }

        self.assert_up("ens3 ens4 ens5", a_guest(files=files))  # a later one is handed over as eth3, and then renamed
        self.assert_up("eth0 eth1 eth2 eth3", a_guest(files=files, names="eth0 eth1 eth2 eth3"))

    def test_a_helper_that_does_something_else_brings_nothing_up(self) -> None:
        self.assertIsNone(
            a_guest(files=CLOUD_DEBIAN, more={"/etc/network/cloud-ifupdown-helper": "#!/bin/sh\nexit 0\n"})
        )

    def test_a_stanza_that_cannot_be_derived_from_the_text_is_unknown(self) -> None:
        helper = "#!/bin/sh\n/usr/bin/make-stanza > /run/network/interfaces.d/$INTERFACE\n"

        self.assert_unknown(a_guest(files=CLOUD_DEBIAN, more={"/etc/network/cloud-ifupdown-helper": helper}))
