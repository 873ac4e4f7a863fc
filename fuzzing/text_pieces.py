"""Pieces of configuration in their worst forms: YAML, shell, patterns, includes, lists of users, file systems."""

from __future__ import annotations

DEEP = 3_000
"""The number of nested levels."""


def _expand_lists() -> bytes:
    """Return YAML whose aliases multiply a list, known as «billion laughs»."""
    lines = [b"a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [b"a%d: &a%d [%s]" % (depth, depth, b", ".join([b"*a%d" % (depth - 1)] * 10)) for depth in range(1, 12)]
    return b"\n".join([*lines, b"network: *a11\ndatasource_list: *a11\nusers: *a11\n"])


def _expand_mappings() -> bytes:
    """Return YAML whose merge keys multiply a mapping."""
    lines = [b"m0: &m0 {version: 2, ethernets: {a: {dhcp4: true}}}"]
    lines += [
        b"m%d: &m%d {<<: [%s]}" % (depth, depth, b", ".join([b"*m%d" % (depth - 1)] * 9)) for depth in range(1, 9)
    ]
    return b"\n".join([*lines, b"network: *m8\n"])


PIECES = (
    _expand_lists(),
    _expand_mappings(),
    b"network: &n\n  version: 2\n  ethernets: *n\n",
    b"network: {version: 2, ethernets: &e {a: {match: &m {name: *m}}, b: *e}}\n",
    b"? " * DEEP + b"a\n",
    b"network: " + b"[" * DEEP + b"\n",
    b"network: " + b"[" * DEEP + b"]" * DEEP + b"\n",
    b"network: " + b"{a: " * DEEP + b"}" * DEEP + b"\n",
    b"".join(b" " * depth + b"a:\n" for depth in range(900)),
    b"- " * DEEP + b"\n",
    b"network: !!python/object/apply:os.system [id]\n",
    b"network: !!binary aGk=\nusers: !!set {a, b}\n",
    b"network: 2026-11-25\nversion: 2026-99-99\n",
    b"network: {version: 1:30:59, config: [{type: physical, name: 0x10}]}\n",
    b"? [a, {b: c}]\n: d\n",
    b"[[[[a: b\n",
    b"source @PATH@\n",
    b"source @FOLDER@/*\nsource-directory @FOLDER@\n",
    b"source /etc/**/*/*/*/*\nsource /*/*/*/*/*/*/*\n",
    b"Include @PATH@\nInclude @FOLDER@/*\n",
    b"Include /*/*/*/*/*\nInclude /etc/*.*.*.*.*\n",
    b"AuthorizedKeysFile /*/*/*/*/* %h/%h/%u/%%%%\nHostKey /etc/**\n",
    b"@includedir @FOLDER@\n#include @PATH@\n",
    b". @PATH@\n. @PATH@\n",
    b"configfile @PATH@\nsource @PATH@\nextract_entries_source @PATH@\n",
    b"set a=$a$a$a$a\n" * 60 + b"linux $a\n",
    b"set a=xxxxxxxxxxxxxxxx\n" + b"set a=$a$a\n" * 64 + b"linux /vmlinuz $a\n",
    b"menuentry a {\n" * DEEP + b"linux /v\n" + b"}\n" * DEEP,
    b"if true; then\n" * DEEP + b"linux /v\n" + b"fi\n" * DEEP,
    b"function f {\n f\n}\nf\n",
    b'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX"\n' * 60,
    b"[Match]\nName=" + b"*a" * 5000 + b"b\n[Network]\nDHCP=yes\n",
    b"[Match]\nName=" + b"[a-z]" * 5000 + b"\n",
    b"[Match]\nName=" + b"*?" * 200 + b"\n[Network]\nDHCP=yes\n",
    b"interface-name=" + b"*" * 5000 + b"x\n",
    b"auto " + b"/" + b"*" * 3000 + b"x\niface /*/x inet dhcp\n",
    b"iface a inherits b\niface b inherits a\nauto a\n",
    b"iface a inet dhcp inherits a\nauto a\nauto ens3\niface ens3 inherits a\n",
    b"".join(b"iface a%d inherits a%d\n" % (number, number + 1) for number in range(DEEP)) + b"auto a0\n",
    b"mapping *\n script x\n" * DEEP,
    b"[Unit]\nRequires=" + b"a.service " * 10_000 + b"\nWants=%i%i%I.service @.service\n",
    b"[Unit]\nRequires=multi-user.target\nWants=multi-user.target\n[Install]\nAlso=multi-user.target\n",
    b"[Unit]\nConditionPathExists=|!/\nConditionPathExistsGlob=/*/*/*/*/*/*/*\n",
    b"[Unit]\nConditionDirectoryNotEmpty=/**\nConditionKernelCommandLine=a=b=c\n" * 1000,
    b"\\\n" * 100_000,
    b"a\\\n" * 100_000,
    b"[" * 100_000 + b"\n",
    b"[a]\n" * 100_000,
    b"=\n" * 100_000,
    b"\n" * 900_000,
    b"x=$(" * 5000 + b"\n",
    b"x=`'\"\n",
    b"DEVICE=$DEVICE\nDEVICE=${DEVICE:-${DEVICE:-x}}\n",
    b'SUBSYSTEM=="net", ' + b'ATTR{a}=="' + b"*?" * 1000 + b'x", NAME="a"\n',
    b'SUBSYSTEM=="net", GOTO="a"\nLABEL="b"\nGOTO="b"\nLABEL="a"\nGOTO="b"\n',
    b'SUBSYSTEM=="net", ENV{SYSTEMD_WANTS}+="' + b"a@$name.service " * 20_000 + b'"\n',
    b'SUBSYSTEM=="net", RUN+="@PATH@ $name", PROGRAM="@PATH@", IMPORT{program}="@PATH@"\n' * 500,
    b"@reboot root @PATH@\n* * * * * root " + b"a " * 100_000 + b"\n",
    b"@reboot root dhclient\n" * 50_000,
    b"[Timer]\nOnBootSec=" + b"1min " * 50_000 + b"\nOnBootSec=" + b"9" * 5_000 + b"s\n",
    b"[Path]\nPathExistsGlob=/*/*/*\nPathExists=@PATH@\nUnit=@PATH@\n",
    b"#!/bin/sh\n" + b"@PATH@ @FOLDER@/x\n" * 20_000,
    b"#!/bin/sh\n" + b"systemctl --now " * 50_000 + b"start a\n",
    b"#!/bin/sh\n" + b"curl x | " * 50_000 + b"\n" + b"ip -4 " * 50_000 + b"addr add\n",
    b"#!/bin/sh\nprintf '" + b"auto $1\\n" * 20_000 + b"'\necho iface $1 " + b"x" * 100_000 + b"\n",
    b"runcmd: [[" + b"a, " * 20_000 + b"a]]\nbootcmd: &b [*b]\n",
    b'SUBSYSTEM=="net", NAME="%k%k$name$env{NAME}%%", NAME="' + b"n" * 100_000 + b'"\n',
    b'IMPORT{program}="@PATH@"\nIMPORT{file}="@PATH@"\n',
    b"/dev/vda1 / ext4 defaults 0 1\n" * 10_000,
    b"".join(b"LABEL=a%d /%s ext4 x 0 0\n" % (depth, b"m/" * depth) for depth in range(300)),
    b"/ /etc none bind 0 0\n/etc / none bind 0 0\nUUID=\\040\\777 /a\\040 x y 0 0\n",
    b"root:$6$x$y:" + b":" * 100_000 + b"\n",
    b"".join(b"u%d:x:%d:0::/home/u%d:/bin/sh\n" % (number, number, number) for number in range(20_000)),
    b"root:x:0:0::/:/bin/sh\nx:x:-1:99999999999999999999::/..:/bin/sh\n:::::/*/*/*:\n",
    b"Package: a\n" * 50_000,
    b'options $kernelopts ${a${b}} "\n',
    b"options " + b"root=UUID=5eed rootflags=subvol=@,subvolid=99999999999999999999999 rd.lvm.lv=../.. " * 2000 + b"\n",
    b"options root=/dev/mapper/" + b"\\x2d" * 5000 + b" rootfstype=" + b"," * 10_000 + b"\n",
    b"options root=PARTUUID=1/PARTNROFF=-999999999999 root=/dev/vda" + b"9" * 10_000 + b" rd.luks=\xff\n",
    b"def available(target=None):\n    expected_paths = [" + b"'etc/a', " * 20_000 + b"]\n",
    b"DEFAULT_PRIORITY = [\n" * 10_000 + b"def available(\n" * 10_000,
    b"network_conf_fn = '/etc/network/" + b"x/" * 5_000 + b"'\nKNOWN_DISTROS = ['\n" * 1_000,
    b'DI_DEFAULT_POLICY="' + b"notfound=," * 15 + b'"\npolicy: ' + b"notfound=enabled," * 5_000 + b"\n",
    b"CLOUD=\"\nSKIP_INIT_ACTIONS='\n" * 2_000,
)
"""The pieces. ``@PATH@`` stands for the damaged file, ``@FOLDER@`` for its folder."""
