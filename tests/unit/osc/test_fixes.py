"""Fixes as command lines."""

from __future__ import annotations

from tests import base
from vscclient.model.fix import (
    Advice,
    FileAction,
    Fix,
    GrantAccess,
    GuestAction,
    InGuest,
    OnFile,
    Recreate,
    Reference,
    SetField,
    UnsetField,
)
from vscclient.osc.fix_commands.commands import Names, command

NEW = Names.of(None, None)
OLD = Names.of("rna", "rna.qcow2")
NEW_IMAGE = "openstack vsc image create NAME --file"
MACHINE_ID = "virt-sysprep --operations machine-id -a FILE"
DELETE = Fix.by(InGuest(GuestAction.DELETE, "/root/.bash_history"))


class FixesTest(base.BaseTestCase):
    def assert_line(self, expected: str, fix: Fix, names: Names = NEW, code: str = "X101") -> None:
        """Fails unless a fix is this line."""
        self.assertEqual(expected, command(fix, code, names))


class TestFields(FixesTest):
    def test_a_new_image_is_fixed_by_an_option_of_the_command_that_makes_it(self) -> None:
        self.assert_line("use --protected", Fix.by(SetField("protected", value=True)))

    def test_an_existing_image_is_fixed_by_a_command_with_the_users_word_for_it(self) -> None:
        self.assert_line("openstack vsc image set --protected rna", Fix.by(SetField("protected", value=True)), OLD)
        spaced = Names.of("my image", None)
        self.assert_line("openstack vsc image set --min-disk 2 'my image'", Fix.by(SetField("min_disk", 2)), spaced)

    def test_fields_that_are_set_together_are_one_command(self) -> None:
        fix = Fix.by(SetField("os_distro", "debian"), SetField("os_version", "12"))

        self.assert_line("use --os-distro debian --os-version 12", fix)
        self.assert_line("openstack vsc image set --os-distro debian --os-version 12 rna", fix, OLD)

    def test_a_value_that_the_user_chooses_has_a_word(self) -> None:
        self.assert_line("use --description 'what is in it, and how to log in'", Fix.by(SetField("description")))
        self.assert_line("openstack vsc image set --name NEW_NAME rna", Fix.by(SetField("name")), OLD)
        self.assert_line("use another name", Fix.by(SetField("name")))
        self.assert_line(
            "use --kernel VALUE, or omit --kernel", Fix.by(SetField("kernel_id")) | Fix.by(UnsetField("kernel_id"))
        )
        self.assert_line("use --hidden or --unhidden", Fix.by(SetField("os_hidden")))

    def test_a_property_without_an_option_of_its_own_is_a_property(self) -> None:
        self.assert_line("use --property hw_firmware_type=uefi", Fix.by(SetField("hw_firmware_type", "uefi")))
        self.assert_line("omit --property os_glance_x", Fix.by(UnsetField("os_glance_x")))
        self.assert_line("openstack vsc image unset --property kernel_id rna", Fix.by(UnsetField("kernel_id")), OLD)

    def test_a_value_is_quoted(self) -> None:
        self.assert_line("use --os-version '12; rm -rf /'", Fix.by(SetField("os_version", "12; rm -rf /")))

    def test_every_flag_has_its_option(self) -> None:
        for field, value, option in (
            ("status", "active", "--activate"),
            ("os_hidden", False, "--unhidden"),
            ("visibility", "community", "--community"),
            ("vsc_multi_nic", "false", "--single-nic"),
        ):
            with self.subTest(field=field):
                self.assert_line(f"openstack vsc image set {option} rna", Fix.by(SetField(field, value)), OLD)


class TestAlternatives(FixesTest):
    def test_options_are_joined_in_a_sentence(self) -> None:
        several = Fix.by(SetField("vsc_multi_nic", "true")) | Fix.by(SetField("vsc_multi_nic", "false"))
        enough = Fix.by(SetField("min_disk", 2)) | Fix.by(UnsetField("min_disk"))

        self.assert_line("use --multi-nic or --single-nic", several)
        self.assert_line("use --min-disk 2, or omit --min-disk", enough)

    def test_commands_are_one_line_that_can_be_copied(self) -> None:
        several = Fix.by(SetField("vsc_multi_nic", "true")) | Fix.by(SetField("vsc_multi_nic", "false"))

        expected = "openstack vsc image set --multi-nic rna  # or: openstack vsc image set --single-nic rna"
        self.assert_line(expected, several, OLD)

    def test_an_advice_and_a_command_are_joined_in_a_sentence(self) -> None:
        fix = Fix.by(Advice("let it", Reference.RULE)) | Fix.by(SetField("vsc_multi_nic", "false"))

        expected = "let it (how: openstack vsc image rule show N202); or openstack vsc image set --single-nic rna"
        self.assert_line(expected, fix, OLD, "N202")

    def test_no_fix_is_an_empty_line(self) -> None:
        self.assert_line("", Fix())


class TestData(FixesTest):
    def test_a_file_that_was_named_is_in_the_command(self) -> None:
        self.assert_line("virt-customize -a rna.qcow2 --delete /root/.bash_history", DELETE, OLD)

    def test_a_word_stands_for_a_file_without_a_name(self) -> None:
        self.assert_line("virt-customize -a FILE --delete /root/.bash_history", DELETE)
        self.assert_line("virt-customize -a FILE --delete /root/.bash_history", DELETE, Names.of(None, "-"))

    def test_a_file_name_with_spaces_is_one_word(self) -> None:
        names = Names.of(None, "my guest.qcow2")

        self.assert_line("virt-customize -a 'my guest.qcow2' --delete /root/.bash_history", DELETE, names)

    def test_a_path_in_the_guest_stays_as_it_is(self) -> None:
        fix = Fix.by(InGuest(GuestAction.DELETE, "/root/my FILE x"))

        self.assert_line("virt-customize -a a.raw --delete '/root/my FILE x'", fix, Names.of(None, "a.raw"))

    def test_a_fix_of_the_data_of_an_image_in_the_cloud_makes_a_new_image(self) -> None:
        fix = Fix.by(*DELETE.alternatives[0], Recreate())

        then = f"# then make a new image of the file: {NEW_IMAGE} rna.qcow2"
        self.assert_line(f"virt-customize -a rna.qcow2 --delete /root/.bash_history  {then}", fix, OLD)

    def test_an_advice_is_followed_by_the_new_image(self) -> None:
        fix = Fix.by(Advice("copy it again"), Recreate())

        self.assert_line(f"copy it again, and make a new image of the file: {NEW_IMAGE} FILE", fix)
        self.assert_line(f"make a new image: {NEW_IMAGE} FILE", Fix.by(Recreate()))

    def test_a_file_is_converted_or_unpacked(self) -> None:
        for step, line in (
            (OnFile(FileAction.CONVERT, "qcow2"), "qemu-img convert -O qcow2 rna.qcow2 NEW_FILE"),
            (OnFile(FileAction.UNPACK, "gzip"), "gunzip rna.qcow2"),
            (OnFile(FileAction.UNPACK, "cpio"), "unpack it first"),
        ):
            with self.subTest(line=line):
                self.assert_line(line, Fix.by(step), OLD)


class TestGuests(FixesTest):
    def test_each_action_has_its_command(self) -> None:
        for action, target, line in (
            (GuestAction.EDIT, "/etc/fstab", "virt-edit -a FILE /etc/fstab"),
            (GuestAction.EMPTY, "/etc/x", "virt-customize -a FILE --truncate /etc/x"),
            (GuestAction.INSTALL, "cloud-init", "virt-customize -a FILE --install cloud-init"),
            (GuestAction.LOCK_PASSWORD, "alice", "virt-customize -a FILE --password alice:disabled"),
            (GuestAction.RUN, "find /var/log -delete", "virt-customize -a FILE --run-command 'find /var/log -delete'"),
            (GuestAction.DELETE, "/etc/ssh/ssh_host_*key*", "virt-sysprep --operations ssh-hostkeys -a FILE"),
            (GuestAction.EMPTY, "/etc/machine-id", MACHINE_ID),
        ):
            with self.subTest(line=line):
                self.assert_line(line, Fix.by(InGuest(action, target)))

    def test_the_command_that_installs_a_boot_loader_depends_on_the_guest(self) -> None:
        for firmware, words in (("uefi", "UEFI"), ("bios", "a BIOS")):
            with self.subTest(firmware=firmware):
                fix = Fix.by(InGuest(GuestAction.INSTALL_BOOT_LOADER, firmware))

                how = "(how: openstack vsc image rule show D306)"
                self.assert_line(f"install a boot loader for {words} in the guest {how}", fix, code="D306")

    def test_changes_that_follow_each_other_are_one_command(self) -> None:
        first, second = (InGuest(GuestAction.DELETE, path) for path in ("/a b", "/c"))
        last = InGuest(GuestAction.EMPTY, "/etc/machine-id")

        self.assert_line(
            f"virt-customize -a FILE --delete '/a b' --delete /c; {MACHINE_ID}", Fix.by(first, second, last)
        )

    def test_a_command_and_an_advice_are_one_line(self) -> None:
        fix = Fix.by(InGuest(GuestAction.DELETE, "/a"), Advice("let it"))

        self.assert_line("virt-customize -a FILE --delete /a; let it", fix)

    def test_the_lines_for_the_ssh_server_are_inserted_at_the_top(self) -> None:
        line = command(Fix.by(InGuest(GuestAction.REFUSE_PASSWORDS, "/etc/ssh/sshd_config")), "H508", NEW)

        self.assertTrue(line.startswith("virt-customize -a FILE --edit '/etc/ssh/sshd_config:$_ = \"Password"))
        self.assertNotIn("\n", line)


class TestOtherImages(FixesTest):
    def test_others_get_access_by_a_command(self) -> None:
        self.assert_line("openstack vsc image community k1", Fix.by(GrantAccess("k1")))
        self.assert_line("openstack vsc image share k1 p1 p2", Fix.by(GrantAccess("k1", ("p1", "p2"))))


class TestReferences(FixesTest):
    def test_an_advice_names_the_command_that_shows_more(self) -> None:
        for reference, expected in (
            (Reference.PROJECT_ID, "look: openstack token issue -c project_id -f value"),
            (Reference.PROJECTS, "look: openstack project list"),
            (Reference.VOLUME, "look: openstack image create --volume VOLUME NAME"),
            (Reference.STATUS, "look: openstack vsc image show rna -c status"),
            (Reference.LEFTOVERS, "look: openstack vsc image inspect --file rna.qcow2 -c hygiene"),
            (Reference.RULE, "look (how: openstack vsc image rule show X101)"),
            (None, "look"),
        ):
            with self.subTest(reference=reference):
                self.assert_line(expected, Fix.by(Advice("look", reference)), OLD)
