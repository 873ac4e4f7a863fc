"""Guests whose configuration is damaged: one for each network stack, with its files."""

from __future__ import annotations

from collections.abc import Mapping

from fuzzing import initramfs_images
from fuzzing.memory_file_system import Folder, build_folder
from tests import guest_disks
from tests.unit.guestinspect.network import guests, test_tiny_cloud
from tests.unit.guestinspect.network.cloud_init import versions

_COMMON = {
    "/etc/fstab": "UUID=5eed / ext4 defaults 0 1\nLABEL=home /home ext4 nofail 0 2\n",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\ndebian:x:1000:1000::/home/debian:/bin/bash\n",
    "/etc/shadow": "root:*:19000::::::\ndebian:!:19000::::::\n",
    "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\nPasswordAuthentication no\n"
    "AuthorizedKeysFile .ssh/authorized_keys %h/.ssh/more\nMatch User debian\n  PasswordAuthentication no\n",
    "/etc/ssh/sshd_config.d/50-cloud-init.conf": "PasswordAuthentication no\nHostKey /etc/ssh/ssh_host_rsa_key\n",
    "/etc/default/grub": 'GRUB_CMDLINE_LINUX="net.ifnames=1"\n. /etc/default/grub.d/x.cfg\n',
    "/boot/grub/grub.cfg": "set default=0\nif [ -s $prefix/grubenv ]; then\n  load_env\nfi\n"
    "menuentry 'Debian' --class debian {\n  linux /boot/vmlinuz-6.1.0-30-amd64 root=/dev/vda1 ro quiet\n"
    "  initrd /boot/initrd.img\n}\nsource /boot/grub/custom.cfg\n",
    "/boot/loader/entries/a.conf": "title Rocky\nlinux /vmlinuz\noptions root=UUID=5eed rd.lvm.lv=vg/a $kernelopts\n",
    "/boot/extlinux/extlinux.conf": "LABEL l\n  LINUX /vmlinuz\n  APPEND root=/dev/vda1 rootfstype=ext4\n",
    "/usr/bin/dracut": "#!/bin/bash\n",
    "/etc/kernel/cmdline": "root=/dev/vda1 ro\n",
    "/etc/udev/rules.d/70-persistent-net.rules": 'SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="00:11:22:33:44:55", '
    'NAME="eth7"\n',
    "/etc/systemd/network/10-lan.link": "[Match]\nMACAddress=00:11:22:33:44:55\n[Link]\nName=lan0\n",
    "/etc/sudoers": "Defaults env_reset\n@includedir /etc/sudoers.d\n",
    "/var/lib/dpkg/status": "Package: cloud-init\nStatus: install ok installed\nVersion: 22.4.2-1\n\n",
    "/root/.bash_history": "ls\n",
    "/root/.ssh/authorized_keys": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHSbwHPeMvYI alice@laptop\n",
    "/var/log/syslog": "boot\n",
}

_CLOUD = {
    "/etc/cloud/cloud.cfg": "datasource_list: [OpenStack, None]\nusers:\n  - default\nsystem_info:\n  distro: debian\n"
    "  network:\n    renderers: [netplan, eni, networkd]\ndisable_root: true\n",
    "/etc/cloud/cloud.cfg.d/05_logging.cfg": "_log:\n - &log_base |\n   [loggers]\n   keys=root\n"
    "log_cfgs:\n - [ *log_base ]\n",
    "/etc/cloud/cloud.cfg.d/99-network.cfg": "network: {config: disabled}\n",
    "/etc/cloud/ds-identify.cfg": "policy: enabled\n",
}

_NETWORKD = {
    "/etc/systemd/network/20-dhcp.network": "[Match]\nName=en* !ens9\nDriver=virtio_net\n\n[Network]\nDHCP=yes\n\n"
    "[DHCPv4]\nRouteMetric=100\n",
    "/etc/systemd/network/20-dhcp.network.d/more.conf": "[Link]\nRequiredForOnline=no\n",
    "/etc/systemd/system/systemd-networkd.service.d/override.conf": "[Unit]\nConditionPathExists=!/etc/no\n",
}

_IFUPDOWN = {
    "/etc/network/interfaces": "source /etc/network/interfaces.d/*\nsource-directory /etc/network/more.d\nauto lo\n"
    "iface lo inet loopback\nauto ens3\nallow-hotplug /en*\niface ens3 inet dhcp\n  metric 100\n"
    "mapping eth*\n  script /usr/local/bin/map\n  map a b\n",
    "/etc/network/interfaces.d/50-cloud-init": "auto ens4\niface ens4 inet static\n    address 10.0.0.2/24\n"
    "iface /ens[56] inherits ens3\n",
    "/etc/default/networking": "CONFIGURE_INTERFACES=yes\nEXCLUDE_INTERFACES=\n",
}

_NETWORK_MANAGER = {
    "/etc/NetworkManager/conf.d/10.conf": "[keyfile]\nunmanaged-devices=interface-name:virbr*,mac:00:11:22:33:44:55\n"
    "[device]\nmatch-device=interface-name:en*\nmanaged=1\n[main]\nno-auto-default=*\n",
    "/etc/NetworkManager/system-connections/all.nmconnection": "[connection]\nid=all\ntype=ethernet\nmulti-connect=3\n"
    "uuid=5eed5eed-5eed-5eed-5eed-5eed5eed5eed\nautoconnect-priority=5\n[match]\ninterface-name=en*;!ens9;\n"
    "[ipv4]\nmethod=auto\n[ipv6]\nmethod=auto\n",
}

_SCRIPTS = {
    "/etc/sysconfig/network": "NETWORKING=yes\nGATEWAYDEV=eth0\n",
    "/etc/sysconfig/network-scripts/ifcfg-eth0": 'DEVICE="eth0"\nONBOOT=yes\nBOOTPROTO=dhcp\n'
    "HWADDR=00:11:22:33:44:55\n",
    "/etc/sysconfig/network-scripts/ifcfg-ens4": "TYPE=Ethernet\nNAME='ens4'\nONBOOT=yes\n"
    "BOOTPROTO=none\nIPADDR=10.0.0.2\n",
    "/etc/rc.d/init.d/network": "#!/bin/bash\n# chkconfig: 2345 10 90\n",
}

_PROGRAMS = {
    "/etc/udev/rules.d/99-nics.rules": 'ACTION!="add|move", GOTO="end"\nSUBSYSTEM=="net", TAG+="systemd", '
    'ENV{SYSTEMD_WANTS}+="lan@$name.service"\nSUBSYSTEM=="net", RUN+="/etc/lan.sh %k", ATTR{type}=="1"\nLABEL="end"\n',
    "/etc/systemd/system/lan@.service": "[Service]\nType=oneshot\n"
    "ExecStartPre=/etc/lan.sh %i\nExecStart=/sbin/ifup %i\n",
    "/etc/systemd/system/setup.service": "[Service]\nRestart=always\n"
    "ExecStart=/bin/sh -c '/etc/lan.sh; /etc/other.sh'\n",
    "/etc/systemd/system/setup.timer": "[Timer]\nOnBootSec=1min 30s\nOnCalendar=daily\nUnit=setup.service\n",
    "/etc/systemd/system/setup.path": "[Path]\nPathExists=/etc/fstab\nPathExistsGlob=/etc/*.conf\n",
    "/usr/lib/systemd/system/cron.service": "[Service]\nExecStart=/usr/sbin/cron -f\n",
    "/etc/lan.sh": '#!/bin/bash\nprintf "auto $1\\niface $1 inet dhcp\\n" >>/etc/network/interfaces\n'
    "/etc/other.sh \\\n  $1\n",
    "/etc/other.sh": "#!/bin/sh\nwhile true; do systemctl restart networking; . /etc/lan.sh; ip addr show; done\n",
    "/etc/crontab": "PATH=/bin\n@reboot root /etc/lan.sh\n*/5 * * * * root test -e /x && dhclient ens4\n",
    "/etc/anacrontab": "1 5 cron.daily run-parts /etc/cron.daily\n",
    "/etc/rc.local": "#!/bin/sh -e\n/etc/lan.sh ens4 &\nexit 0\n",
    "/etc/network/if-up.d/lan": "#!/bin/sh\nudhcpc -i $IFACE\n",
    "/etc/cloud/cloud.cfg.d/90-run.cfg": "bootcmd:\n  - [sh, -c, 'echo 1']\nruncmd:\n  - /etc/lan.sh\n",
    "/usr/share/dbus-1/system-services/a.service": "[D-BUS Service]\nName=a\nSystemdService=setup.service\n",
}

_DS_IDENTIFY = {
    "/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ConfigDrive, NoCloud, Ec2, None]\n",
    "/etc/cloud/ds-identify.cfg": "datasource: ConfigDrive\npolicy: search,found=all,maybe=all,notfound=disabled\n",
    "/usr/lib/cloud-init/ds-identify": '#!/bin/sh\nDI_DEFAULT_POLICY="search,found=all,notfound=${DI_DISABLED}"\n',
}

_PART = guests.Part
_BASE = guests.DEBIAN | _PART(_COMMON)

CONFIGURATIONS: Mapping[str, guests.Part] = {
    "networkd": _BASE | guests.NETWORKD | guests.CLOUD_INIT | _PART(_CLOUD | _NETWORKD),
    "ifupdown": _BASE | guests.IFUPDOWN | _PART(_IFUPDOWN),
    "netplan": _BASE | guests.NETWORKD | guests.NETPLAN | guests.NETPLAN_FOR_ALL,
    "cloud-init": _BASE
    | guests.NETWORKD
    | guests.NETPLAN
    | guests.NETPLAN_FOR_ALL
    | guests.CLOUD_INIT_WITHOUT_PACKAGE
    | versions.of_25_1()
    | _PART({name: text for name, text in _CLOUD.items() if "network" not in name}),
    "old-cloud-init": _BASE
    | guests.IFUPDOWN
    | guests.CLOUD_INIT_WITHOUT_PACKAGE
    | versions.of_0_7_9()
    | _PART(_DS_IDENTIFY),
    "networkmanager": guests.ROCKY | _PART(_COMMON) | guests.NETWORK_MANAGER | _PART(_NETWORK_MANAGER | _SCRIPTS),
    "network-scripts": guests.ROCKY
    | _PART(
        {**_COMMON, **_SCRIPTS, f"{guests.SYSTEM}/network.service": guests.service("network")},
        {f"{guests.WANTS}/network.service": f"{guests.SYSTEM}/network.service"},
    ),
    "programs": _BASE
    | guests.IFUPDOWN
    | guests.CLOUD_INIT
    | _PART(
        _IFUPDOWN | _PROGRAMS,
        {
            f"{guests.WANTS}/{name}": f"/etc/systemd/system/{name}"
            for name in ("setup.service", "setup.timer", "setup.path")
        }
        | {f"{guests.WANTS}/cron.service": "/usr/lib/systemd/system/cron.service"},
    ),
    "openrc": guests.ALPINE | _PART(_COMMON | _IFUPDOWN),
    "tiny-cloud": test_tiny_cloud.WITHOUT_FILE | test_tiny_cloud.TINY_CLOUD | _PART(_COMMON),
    **{
        f"initramfs-{name}": initramfs_images.GUEST
        | _PART({"/boot/grub/grub.cfg": _COMMON["/boot/grub/grub.cfg"], initramfs_images.PATH: content})
        for name, content in initramfs_images.IMAGES.items()
    },
}
"""The intact guests by name."""


def make_guest(name: str) -> Folder:
    """Return the files of a guest."""
    part = CONFIGURATIONS[name]
    files = {path: text.encode("utf-8", "surrogateescape") for path, text in part.files.items()}
    for path, content in guest_disks.SOUND.items():
        if isinstance(content, bytes):
            files.setdefault(path, content)
    return build_folder(files, part.links)
