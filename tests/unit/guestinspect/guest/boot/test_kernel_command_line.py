"""The parameters that the kernel of a guest gets."""

from __future__ import annotations

import struct
from contextlib import suppress
from textwrap import dedent

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.boot.kernel_command_line import NO_LOADER, find_command_line, list_default_entries
from guestinspect.model.fact import Unknown
from tests import base
from tests.trees import MemoryTree

DEBIAN = dedent("""\
    if [ -s $prefix/grubenv ]; then
      set have_grubenv=true
      load_env
    fi
    if [ "${next_entry}" ] ; then
       set default="${next_entry}"
       set next_entry=
    else
       set default="DEFAULT"
    fi
    if [ x"${feature_menuentry_id}" = xy ]; then
      menuentry_id_option="--id"
    else
      menuentry_id_option=""
    fi
    function load_video {
      if [ x$feature_all_video_module = xy ]; then insmod all_video; else insmod vga; fi
    }
    # a comment { that opens nothing
    menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-1' {
        load_video
        linux   /boot/vmlinuz-6.1.0-9 root=UUID=1 ro  net.ifnames=0 quiet $vt_handoff
        initrd  /boot/initrd.img-6.1.0-9
    }
    submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1' {
        menuentry 'Debian, with Linux 6.1.0-9' --class debian $menuentry_id_option 'gnulinux-6.1.0-9-advanced-1' {
            linux   /boot/vmlinuz-6.1.0-9 root=UUID=1 ro  net.ifnames=0 quiet
        }
        menuentry 'Debian, with Linux 5.10' $menuentry_id_option 'gnulinux-5.10-advanced-1' {
            linux   /boot/vmlinuz-5.10 root=UUID=1 ro old
        }
    }
    menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
        fwsetup
    }
    if [ -f ${config_directory}/custom.cfg ]; then
      source ${config_directory}/custom.cfg
    fi
""")
ROCKY = dedent("""\
    set default="${saved_entry}"
    if [ -z "${kernelopts}" ]; then
      set kernelopts="root=/dev/vda1 ro "
    fi
    insmod blscfg
    blscfg
    menuentry 'UEFI Firmware Settings' {
        fwsetup
    }
""")
ROCKY_8 = "title Rocky\nversion 4.18.0-553\nlinux /vmlinuz\noptions $kernelopts $tuned_params\n"


def grub(text: str, environment: str = "", **files: str) -> MemoryTree:
    """Return a guest with this ``grub.cfg``."""
    saved = {"/boot/grub/grubenv": f"# GRUB Environment Block\n{environment}\n####"} if environment else {}
    return MemoryTree({"/boot/grub/grub.cfg": text} | saved | files)


class CommandLineTestCase(base.BaseTestCase):
    def assertParameters(self, expected: str, tree: MemoryTree) -> None:
        self.assertEqual(tuple(expected.split()), find_command_line(tree).value)

    def assertUnknown(self, says: str, tree: MemoryTree) -> None:
        self.assertIn(says, self.assertRaises(Unknown, find_command_line, tree).why)


class TestGrub(CommandLineTestCase):
    def test_the_first_entry_is_the_default(self) -> None:
        found = find_command_line(grub(DEBIAN.replace("DEFAULT", "0")))

        self.assertEqual(("root=UUID=1", "ro", "net.ifnames=0", "quiet"), found.value)
        self.assertEqual("/boot/grub/grub.cfg:22", found.location)

    def test_the_default_may_be_in_a_submenu(self) -> None:
        for default in ("1>1", "gnulinux-advanced-1>gnulinux-5.10-advanced-1", "Advanced options>1"):
            with self.subTest(default=default):
                self.assertParameters("root=UUID=1 ro old", grub(DEBIAN.replace("DEFAULT", default)))

    def test_the_default_of_a_submenu_is_its_first_entry(self) -> None:
        self.assertParameters("root=UUID=1 ro net.ifnames=0 quiet", grub(DEBIAN.replace("DEFAULT", "1")))

    def test_an_unknown_name_selects_the_first_entry(self) -> None:
        self.assertParameters("root=UUID=1 ro net.ifnames=0 quiet", grub(DEBIAN.replace("DEFAULT", "gone")))

    def test_the_saved_entry_is_the_default(self) -> None:
        text = DEBIAN.replace("DEFAULT", "${saved_entry}")

        self.assertParameters("root=UUID=1 ro old", grub(text, "saved_entry=1>1"))

    def test_an_entry_for_one_boot_has_to_agree(self) -> None:
        text = DEBIAN.replace("DEFAULT", "0")

        self.assertRaises(Unknown, find_command_line, grub(text, "next_entry=1>1"))
        self.assertParameters("root=UUID=1 ro net.ifnames=0 quiet", grub(text, "next_entry=1>0"))

    def test_a_default_without_a_kernel_is_unknown(self) -> None:
        says = "the default entry 'UEFI Firmware Settings' of /boot/grub/grub.cfg boots no Linux kernel"

        self.assertUnknown(says, grub(DEBIAN.replace("DEFAULT", "uefi-firmware")))

    def test_the_users_file_is_read(self) -> None:
        custom = {"/boot/grub/custom.cfg": "set default=mine\nmenuentry mine {\nlinux /vmlinuz mine=1\n}\n"}
        text = DEBIAN.replace("DEFAULT", "0")

        self.assertRaises(Unknown, find_command_line, grub(text, **custom))  # either may be the default
        self.assertParameters("mine=1", grub(text.replace('set default="0"', ""), **custom))

    def test_a_file_on_the_efi_partition_includes_the_configuration(self) -> None:
        stub = "search.fs_uuid 12-34 root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n"
        tree = grub(DEBIAN.replace("DEFAULT", "0"), **{"/boot/efi/EFI/debian/grub.cfg": stub})

        self.assertParameters("root=UUID=1 ro net.ifnames=0 quiet", tree)

    def test_two_configurations_have_to_agree(self) -> None:
        other = {"/boot/efi/EFI/rocky/grub.cfg": "menuentry x {\n linux /vmlinuz root=UUID=2 biosdevname=0\n}\n"}

        self.assertRaises(Unknown, find_command_line, grub(DEBIAN.replace("DEFAULT", "0"), **other))

    def test_kernels_under_conditions_have_to_agree(self) -> None:
        both = "menuentry x {{\n if [ $a = 1 ]; then\n linux /v ro a=1\n else\n linux /v ro {} panic=-1\n fi\n}}\n"

        self.assertParameters("ro a=1", grub(both.format("a=1")))
        self.assertRaises(Unknown, find_command_line, grub(both.format("a=2")))

    def test_a_default_that_is_set_by_its_title_is_found(self) -> None:
        """The text is that of grub2-mkconfig on CentOS 7."""
        title = "CentOS Linux (3.10.0-862.el7.x86_64) 7 (Core)"
        text = dedent(f"""\
            set default="${{saved_entry}}"
            menuentry '{title}' --unrestricted $menuentry_id_option 'gnulinux-3.10.0-862.el7.x86_64' {{
            \tlinux16 /vmlinuz-3.10.0-862.el7.x86_64 root=/dev/mapper/x ro net.ifnames=0 quiet{" "}
            }}
            if [ "x$default" = '{title}' ]; then default='Advanced options for CentOS Linux>{title}'; fi;
        """)

        self.assertParameters("root=/dev/mapper/x ro net.ifnames=0 quiet", grub(text, f"saved_entry={title}"))

    def test_quotes_keep_a_parameter_together(self) -> None:
        text = "menuentry x {\n linux /v 'a=b c' \"d=$e f\" g\\ h; initrd /i\n}\n"

        self.assertEqual(("a=b c", "d= f", "g h"), find_command_line(grub(text)).value)

    def test_files_that_include_each_other_are_unknown(self) -> None:
        says = "/boot/grub/grub.cfg is included more than 8 levels deep"

        self.assertUnknown(says, grub("source $prefix/grub.cfg\n" * 20))

    def test_endless_expansion_is_unknown(self) -> None:
        value, says = f"set a={'x' * 10_000}\n", "/boot/grub/grub.cfg has variables that expand to more than"

        self.assertUnknown(says, grub(value + 'menuentry "' + "$a" * 100_000 + '" {\n}\n'))
        self.assertUnknown(says, grub(value + "set b=$a$a\n" * 200))

    def test_a_configuration_beyond_the_limits_is_unknown(self) -> None:
        for text, says in (
            ("x" * 70_000, "has a word of more than 65536 characters"),
            ("set a='" + "x " * 8_000 + "'\n" + "echo $a\n" * 20, "has more than 100000 words"),
            ("submenu a {\n" * 20, ":8: the menu is nested more than 8 levels deep"),
            ("".join(f"set default={number}\n" for number in range(20)), "sets more than 16 default entries"),
        ):
            with self.subTest(says=says):
                self.assertUnknown(says, grub(text))

    def test_an_unreadable_file_is_reported(self) -> None:
        self.assertRaises(Unreadable, find_command_line, MemoryTree({"/boot/": ""}, unreadable=["/boot/grub/grub.cfg"]))

    @settings(max_examples=200, deadline=1000)
    @given(st.text(alphabet="{}$'\"\\\n ;#=ab>") | st.lists(st.sampled_from(DEBIAN.splitlines())).map("\n".join))
    def test_any_text_has_parameters_or_is_unknown(self, text: str) -> None:
        with suppress(Unknown):
            find_command_line(grub(text, text))


class TestLoaderEntries(CommandLineTestCase):
    def test_entries_of_rocky_8_use_the_saved_variable(self) -> None:
        tree = MemoryTree(
            {
                "/boot/grub2/grub.cfg": ROCKY,
                "/boot/grub2/grubenv": "saved_entry=1f-4.18.0-553\nkernelopts=root=/dev/vda2 ro net.ifnames=0\n",
                "/boot/loader/entries/1f-4.18.0-553.conf": ROCKY_8,
                "/boot/loader/entries/1f-0-rescue.conf": ROCKY_8.replace("$kernelopts", "rescue"),
            }
        )

        self.assertParameters("root=/dev/vda2 ro net.ifnames=0", tree)

    def test_entries_use_the_variable_of_the_configuration(self) -> None:
        tree = MemoryTree({"/boot/grub2/grub.cfg": ROCKY, "/boot/loader/entries/1f-4.18.conf": ROCKY_8})

        self.assertParameters("root=/dev/vda1 ro", tree)

    def test_the_newest_entry_is_the_default(self) -> None:
        files = {f"/boot/loader/entries/1f-5.14.0-{n}.el9.conf": f"options n={n}\n" for n in ("9", "70", "503.11")}

        found = find_command_line(MemoryTree({"/boot/grub2/grub.cfg": ROCKY} | files))

        self.assertEqual(("n=503.11",), found.value)
        self.assertEqual("/boot/loader/entries/1f-5.14.0-503.11.el9.conf:1", found.location)

    def test_entries_without_grub_belong_to_systemd_boot(self) -> None:
        entry = {"/boot/efi/loader/entries/debian-6.12.conf": "title x\noptions root=UUID=1 net.ifnames=0\n"}

        self.assertParameters("root=UUID=1 net.ifnames=0", MemoryTree(entry))

    def test_systemd_boot_has_a_setting_for_the_default(self) -> None:
        entries = {f"/efi/loader/entries/{n}.conf": f"options {n}\n" for n in ("one", "two")}

        self.assertRaises(Unknown, find_command_line, MemoryTree(entries))
        self.assertParameters("two", MemoryTree(entries | {"/efi/loader/loader.conf": "timeout 3\ndefault two.conf\n"}))


class TestUnifiedKernels(CommandLineTestCase):
    PATH = "/boot/efi/EFI/Linux/debian-6.12.efi"

    def test_a_unified_kernel_holds_its_parameters(self) -> None:
        tree = MemoryTree({self.PATH: unified_kernel("root=UUID=1 net.ifnames=0")})

        self.assertParameters("root=UUID=1 net.ifnames=0", tree)
        self.assertEqual(self.PATH, find_command_line(tree).location)

    def test_a_unified_kernel_has_to_agree_with_entries(self) -> None:
        both: dict[str, str | bytes] = {
            self.PATH: unified_kernel("net.ifnames=0"),
            "/boot/efi/loader/entries/debian.conf": "options net.ifnames=1\n",
        }

        self.assertRaises(Unknown, find_command_line, MemoryTree(both))

    def test_a_unified_kernel_with_addons_is_unknown(self) -> None:
        files = {self.PATH: unified_kernel("ro"), f"{self.PATH}.extra.d/more.addon.efi": b"MZ"}

        self.assertRaises(Unknown, find_command_line, MemoryTree(files))

    def test_a_unified_kernel_may_have_no_parameters(self) -> None:
        self.assertParameters("", MemoryTree({self.PATH: unified_kernel("")}))

    def test_an_invalid_unified_kernel_is_unknown(self) -> None:
        for content in (b"", b"MZ", b"MZ" + bytes(1000), unified_kernel("ro")[:200]):
            with self.subTest(content=content):
                self.assertRaises(Unknown, find_command_line, MemoryTree({self.PATH: content}))

    @settings(max_examples=100, deadline=1000)
    @given(st.binary(max_size=400), st.integers(0, 300))
    def test_a_damaged_unified_kernel_has_parameters_or_is_unknown(self, damage: bytes, at: int) -> None:
        whole = unified_kernel("ro quiet")
        with suppress(Unknown):
            find_command_line(MemoryTree({self.PATH: whole[:at] + damage + whole[at + len(damage) :]}))


def unified_kernel(parameters: str) -> bytes:
    """Return a UEFI program with two sections: a name, and a command line if there are parameters."""
    text = parameters.encode()
    names = [b".osrel", b".cmdline"] if text else [b".osrel"]
    header = b"PE\0\0" + struct.pack("<HH12xHH", 0x8664, len(names), 16, 0) + bytes(16)
    table = b"".join(struct.pack("<8sIIII16x", name, len(text), 0, 512, 512) for name in names)
    return (b"MZ" + bytes(58) + struct.pack("<I", 64) + header + table).ljust(512, b"\0") + text.ljust(512, b"\0")


class TestOtherBootLoaders(CommandLineTestCase):
    def test_extlinux_has_a_default_label(self) -> None:
        text = "DEFAULT menu.c32\nLABEL a\n  MENU DEFAULT\n  LINUX vmlinuz\n  APPEND root=1 net.ifnames=0\nLABEL b\n"

        self.assertParameters("root=1 net.ifnames=0", MemoryTree({"/boot/extlinux.conf": text}))

    def test_syslinux_appends_global_parameters_to_labels(self) -> None:
        text = "default b\nappend quiet x=1\nlabel a\nappend -\nlabel b\nlinux vmlinuz\n"

        self.assertParameters("quiet x=1", MemoryTree({"/boot/syslinux/syslinux.cfg": text}))

    def test_a_label_in_an_included_file_is_found(self) -> None:
        files = {
            "/boot/extlinux/extlinux.conf": "include linux.cfg\ndefault l0\n",
            "/boot/extlinux/linux.cfg": "label l0\nappend root=1\n",
        }

        self.assertParameters("root=1", MemoryTree(files))

    def test_a_missing_label_is_unknown(self) -> None:
        self.assertRaises(Unknown, find_command_line, MemoryTree({"/boot/extlinux.conf": "default a\nlabel b\n"}))

    def test_grub_legacy_of_rhel_6_is_read(self) -> None:
        text = "default=1\ntimeout=5\ntitle a\nkernel /vmlinuz a=1\ntitle b\n\troot (hd0,0)\n\tkernel /vmlinuz ro b=1\n"

        self.assertParameters("ro b=1", MemoryTree({"/boot/grub/grub.conf": text}))

    def test_grub_legacy_beside_grub_is_ignored(self) -> None:
        old = {"/boot/grub/menu.lst": "default 0\ntitle a\nkernel /vmlinuz old=1\n"}

        self.assertParameters("root=UUID=1 ro net.ifnames=0 quiet", grub(DEBIAN.replace("DEFAULT", "0"), **old))

    @settings(max_examples=100, deadline=1000)
    @given(
        st.lists(
            st.sampled_from("default a|label a|append x|title a|kernel /v a|include b|menu default|= |".split("|"))
        )
    )
    def test_any_file_has_parameters_or_is_unknown(self, statements: list[str]) -> None:
        with suppress(Unknown):
            find_command_line(
                MemoryTree(dict.fromkeys(("/boot/extlinux.conf", "/boot/grub/menu.lst"), "\n".join(statements)))
            )


class TestArchives(CommandLineTestCase):
    """The kernel and the initramfs archives of the default entry."""

    def assert_archives(self, kernel: str, initrds: str, files: dict[str, str | bytes]) -> None:
        found = find_command_line(MemoryTree(files))

        self.assertEqual((kernel, tuple(initrds.split())), (found.kernel, found.initrds))

    def test_an_entry_of_grub_names_its_archives(self) -> None:
        text = DEBIAN.replace("DEFAULT", "0").replace("initrd.img-6.1.0-9\n", "microcode.img /boot/initrd.img\n")

        self.assert_archives(
            "/boot/vmlinuz-6.1.0-9", "/boot/microcode.img /boot/initrd.img", {"/boot/grub/grub.cfg": text}
        )

    def test_an_entry_of_grub_may_have_no_archive(self) -> None:
        text = "menuentry a {\n linux /vmlinuz root=/dev/vda\n}\n"

        self.assert_archives("/vmlinuz", "", {"/boot/grub/grub.cfg": text})

    def test_an_entry_of_the_specification_may_have_several_lines(self) -> None:
        entry = "linux /vmlinuz\ninitrd /ucode.img\ninitrd /initramfs.img $tuned_initrd\noptions ro\n"
        files: dict[str, str | bytes] = {"/boot/grub2/grub.cfg": ROCKY, "/boot/loader/entries/1f.conf": entry}

        self.assert_archives("/vmlinuz", "/ucode.img /initramfs.img", files)
        self.assert_archives("/vmlinuz", "/ucode.img /initramfs.img", {"/efi/loader/entries/1f.conf": entry})

    def test_syslinux_separates_archives_by_commas(self) -> None:
        text = "label a\nlinux ../vmlinuz\ninitrd ../ucode.img,../initrd.img\nappend root=1\n"

        self.assert_archives("../vmlinuz", "../ucode.img ../initrd.img", {"/boot/syslinux/syslinux.cfg": text})

    def test_grub_legacy_has_one_archive(self) -> None:
        text = "title a\nkernel /vmlinuz ro\ninitrd /initrd.img\n"

        self.assert_archives("/vmlinuz", "/initrd.img", {"/boot/grub/menu.lst": text})

    def test_a_unified_kernel_is_its_own_archive(self) -> None:
        self.assert_archives(
            TestUnifiedKernels.PATH, TestUnifiedKernels.PATH, {TestUnifiedKernels.PATH: unified_kernel("ro")}
        )

    def test_entries_with_different_archives_are_unknown(self) -> None:
        entries = {f"/efi/loader/entries/{n}.conf": f"options ro\ninitrd /{n}.img\n" for n in ("one", "two")}

        self.assertIsNone(find_command_line(MemoryTree(entries)).initrds)

    def test_the_archives_are_unknown_without_a_boot_loader(self) -> None:
        self.assertIsNone(find_command_line(MemoryTree({"/etc/os-release": "ID=debian\n"})).initrds)


class TestNoBootLoader(CommandLineTestCase):
    def test_no_boot_loader_passes_no_parameters(self) -> None:
        found = find_command_line(MemoryTree({"/etc/os-release": "ID=debian\n"}))

        self.assertEqual(((), NO_LOADER), (found.value, found.location))

    def test_the_defaults_of_grub_count_without_a_configuration(self) -> None:
        text = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="net.ifnames=0 x" # eth0\n'

        self.assertParameters("net.ifnames=0 x quiet", MemoryTree({"/etc/default/grub": text}))

    def test_the_parameters_for_new_kernels_count_without_a_configuration(self) -> None:
        self.assertParameters(
            "root=1 net.ifnames=0", MemoryTree({"/etc/kernel/cmdline": "# it\nroot=1 net.ifnames=0\n"})
        )


class TestDefaultEntries(base.BaseTestCase):
    def test_kernels_under_conditions_are_all_listed(self) -> None:
        text = "menuentry x {\n if a; then\n linux /v a\n initrd /i\n else\n linux /v b\n fi\n}\n"

        first, second = list_default_entries(grub(text))

        self.assertEqual((("/i",), ()), (first.initrds, second.initrds))

    def test_an_entry_behind_one_with_a_condition_is_conditional(self) -> None:
        entries = "menuentry a {{\n linux /v\n}}\n{}menuentry b {{\n linux /v\n}}\n{}"
        for text, is_conditional in (
            (entries.format("", ""), False),
            (entries.format("if x; then\n", "fi\n"), False),
            (f"if x; then\n{entries.format('fi' + chr(10), '')}", True),
            (f"set default=b\n{entries.format('if x; then' + chr(10), 'fi' + chr(10))}", True),
        ):
            with self.subTest(text=text):
                (entry,) = list_default_entries(grub(text))

                self.assertIs(is_conditional, entry.is_conditional)

    def test_a_root_from_a_variable_with_two_values_is_conditional(self) -> None:
        text = "{}menuentry a {{\n linux /v root=UUID=$id ro\n}}\n"
        two = "if x; then set id=1234; else set id=5678; fi\n"
        numbers = "if x; then set timeout=1; else set timeout=2; fi\n"  # as grub-mkconfig writes it
        for before, is_conditional in (
            ("set id=1234\n", False),
            (two, True),
            (two.replace("id", "other"), False),
            (f"{numbers}set id=1234\n", False),
        ):
            with self.subTest(before=before):
                (entry,) = list_default_entries(grub(text.format(before)))

                self.assertIs(is_conditional, entry.is_conditional)
