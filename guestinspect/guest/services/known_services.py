"""Services of common packages that configure no NIC, and those of the network, which are checked on their own.

A service that is not named here may do anything. The lists hold the units that Debian, Ubuntu, the RHEL family, SUSE
and Alpine enable by default, and those of common servers and of this cloud's users.
"""

from __future__ import annotations

from guestinspect.disk.globs import fnmatchcase

_NETWORK = frozenset(
    """NetworkManager NetworkManager-* networking network systemd-networkd* systemd-network-generator ifup@*
    ifupdown-* wicked wicked* dhcpcd dhcpcd5 dhcpcd@* connman connman-* netplan-* netplan netctl* netifrc
    dhclient dhclient@* udhcpc udhcpc@* ifplugd ifplugd@* netifd network-interface network-interface-* net.*
    tiny-cloud tiny-cloud-* cloud-init cloud-init-* cloud-config cloud-final""".split()
)
"""The services of network programs and of cloud-init, whose configuration decides."""

_HARMLESS = frozenset(
    """systemd-* getty getty@* getty-static modprobe@* serial-getty@* console-getty container-getty@* autovt@*
    user@* user-runtime-dir@* dbus dbus-broker dbus-daemon cron crond cronie atd anacron rsyslog syslog
    syslog-ng syslogd klogd auditd ssh sshd ssh@* sshd@* sshd-* chrony chronyd chrony-wait ntp ntpd ntpsec
    openntpd systemd-timesyncd ntp-wait haveged rngd rng-tools rng-tools-debian jitterentropy urandom seedrng
    random-seed qemu-guest-agent qemu-ga spice-vdagentd open-vm-tools vmtoolsd vgauthd vgauth hv-* hyperv*
    hypervkvpd hypervvssd acpid apparmor selinux-* irqbalance tuned cpupower lvm2-* lvm2 mdadm mdadm-*
    mdmonitor* mdcheck* multipathd multipath-tools dm-event blk-availability dmraid* iscsid iscsi open-iscsi
    iscsi-* nvmf-* e2scrub* fstrim fstrim* xfs_scrub* btrfs* btrfsmaintenance* zfs-* fsck fsck* logrotate man-db
    man-db-cache-update apt-daily* apt-news apt-cacher* dpkg-db-backup unattended-upgrades update-notifier*
    motd-news* ua-* ubuntu-advantage* pro-* esm-* snapd snapd.* snap.lxd* snap.microk8s* secureboot-db
    packagekit dnf-* dnf5-* yum-* rhsm* rhsmcertd insights-client* subscription-* kdump kdump-* kdump-tools
    kexec* sysstat* sysstat-* pmcd pmlogger* pmie* abrt* abrtd mcelog rasdaemon smartd smartmontools
    smartmontools* lm-sensors lm_sensors fancontrol thermald upower udisks2 polkit polkitd accounts-daemon gdm
    gdm3 lightdm sddm display-manager plymouth plymouth-* keyboard-setup console-setup setvtrgb kbd
    vconsole-setup firewalld nftables iptables ip6tables ebtables ipset netfilter-persistent ufw fail2ban
    crowdsec* apport* whoopsie kerneloops avahi-daemon cups cups-* bluetooth ModemManager wpa_supplicant
    wpa_supplicant@* switcheroo-control power-profiles-daemon bolt fwupd* colord rtkit-daemon alsa-* pulseaudio*
    pipewire* networkd-dispatcher resolvconf resolvconf-* systemd-resolved unbound* bind9 named named-* dnsmasq
    nscd nslcd sssd sssd-* winbind smb smbd nmb nmbd samba* nfs-* nfs rpcbind rpc-* gssproxy autofs rpcgssd
    rpcidmapd nfslock netfs netmount nfsmount postfix exim4 sendmail dovecot opendkim apache2 httpd nginx
    lighttpd haproxy caddy squid varnish php* uwsgi gunicorn* mysql mysqld mariadb postgresql postgresql@*
    postgresql-* mongod redis redis-server memcached rabbitmq-server elasticsearch kibana logstash opensearch
    influxdb influxd grafana-server prometheus prometheus-* node_exporter node-exporter telegraf collectd
    zabbix-agent* nrpe nagios-* icinga2 munin-node* monit filebeat metricbeat td-agent* fluent* docker docker.*
    containerd podman podman-* crio cri-o buildkit* k3s* kubelet rke2-* libvirtd libvirt-* virtlogd virtlockd
    virtqemud virtnetworkd virtstoraged virtnodedevd virtproxyd virtsecretd virtinterfaced virtnwfilterd lxcfs
    lxd* munge slurmd slurmctld slurmdbd pbs* sge* condor htcondor gmond ganglia* jupyter jupyterhub jupyter-*
    jupyterlab rstudio-server shiny-server galaxy* nextflow* singularity* apptainer* cvmfs* beegfs-* lustre*
    lnet opensm rdma* ibacm srp_daemon srpd ceph* glusterd glustereventsd gpfs mmautoload nvidia-* dcgm*
    fabricmanager vgl* xrdp xrdp-* x2go* vncserver* tigervnc* guacd tomcat* jenkins gitlab-* gitea salt-minion
    tftpd-hpa rsync rsyncd vsftpd proftpd xinetd inetd openbsd-inetd finalrd grub-common grub-initrd-fallback
    grub2-* grub-* dracut-* initrd-* import-state loadmodules nis-* ldconfig rc-local halt-local halt poweroff
    reboot emergency rescue debug-shell quotaon quotarpc binfmt-support procps sysfsutils hddtemp hdparm
    hostname hwclock hwclock* hwclock.sh modules sysctl sysfs procfs devfs dmesg mdev hwdrivers bootmisc swap
    swapfiles localmount root mtab loopback keymaps termencoding save-keymaps save-termencoding cgroups udev
    udev-* killprocs mount-ro staticroute machine-id modloop binfmt sudo x11-common kmod lvm lvmetad tmpfiles*
    stop-bootlogd* bootlogs bootlogd checkfs* checkroot* mountall* mountdevsubfs* mountkernfs* mountnfs* umount*
    single rmnologin sendsigs skeleton rc acpi-support screen-cleanup kmod-static-nodes nftables-* setrans
    mcstrans restorecond oddjobd* certmonger realmd postgrey spamassassin clamav* freshclam amavis* tor i2p*
    smartd* usbmuxd usbguard* wacom* brltty speech-dispatcher speech-dispatcherd geoclue flatpak-* ostree-*
    rpm-ostree* zincati* health-checker* transactional-update* rebootmgr purge-kernels issue-* ca-certificates*
    mlocate* plocate* updatedb* detect-part-label-duplicates after-local display-manager-* haveged* sysinit
    default multi-user graphical sockets timers paths slices basic local-fs remote-fs network-online network-pre
    nss-lookup nss-user-lookup time-sync time-set cryptsetup integritysetup veritysetup first-boot-complete
    growpart growroot growrootfs resize2fs* resizefs resizepart* resize-rootfs cloud-guest-utils dib-init-system
    sshd-keygen* regenerate_ssh_host_keys ssh-host-keys* generate-ssh-host-keys runtime-ssh-host-keys
    sshdgenkeys capsule@* chrony-dnssrv@* cryptdisks cryptdisks-early nm-priv-helper packagekit-offline-update
    pam_namespace pg_* quotaon* quotaon-root quotaon@* system-update-cleanup unscd iwd ead pollinate gpu-manager
    ondemand landscape-client microcode* cockpit cockpit-* pcscd low-memory-monitor stratisd* rpmdb-* rhcd rhc-*
    hibinit-agent lxd-agent ec2-instance-connect* rollback kbdsettings klog YaST2-* snapper-* backup-sysconfig
    backup-rpmdb check-battery jeos-firstboot* nvmefc-* pacman-init reflector* archlinux-keyring-wkd-sync
    exim4-* nfs-common vboxadd* virtualbox-guest* xe-* openafs-client* globus-* irods* neo4j* mongodb*
    code-server* cuda* openvpn openvpn* wg-quick@* strongswan* tailscaled zerotier-one tinc* cloudflared traefik
    vault consul nomad minio nats* etcd rancher* libstoragemgmt mdadm-shutdown debian-fixup expand-root
    generate-sshd-host-keys sysroot vsftpd@* sssd@* wpa_supplicant-* rsyncd@* tlp dnf-automatic* logwatch lynis
    aide* rkhunter* chkrootkit* osqueryd wazuh-agent falcon-sensor ossec* rcS rcS-* rc-sysinit start-ttys tty*
    serial prefdm readahead* ureadahead* upstart-* mountall-* failsafe udevtrigger udev-finish udevmonitor udevd
    elogind socklog* nanoklogd agetty* sulogin dockerd rsyslogd munged fail2ban-* VBoxService vboxservice hv_*
    container-detect control-alt-delete""".split()
)
"""Services that configure no NIC. A pattern stands for the units of one package, or of one family of packages."""


def is_network_service(name: str) -> bool:
    """Return True for a service of a network program, or of cloud-init."""
    return _is_in(name, _NETWORK)


def is_harmless_service(name: str) -> bool:
    """Return True for a unit, or a service of another init system, that certainly configures no NIC."""
    return not is_network_service(name) and (_has_no_program(name) or _is_in(name, _HARMLESS))


def _is_in(name: str, known: frozenset[str]) -> bool:
    stem = name.removesuffix(".service")
    return stem in known or any(fnmatchcase(stem, pattern) for pattern in known if "*" in pattern)


def _has_no_program(name: str) -> bool:
    """Return True for a kind of unit that runs no program."""
    return name.endswith((".target", ".socket", ".mount", ".automount", ".swap", ".slice", ".scope", ".device"))
