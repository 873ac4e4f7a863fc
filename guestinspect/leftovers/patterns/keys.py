"""Patterns of keys: of SSH servers and users, of TLS, VPNs, Kerberos and others."""

from __future__ import annotations

from guestinspect.leftovers.patterns.expressions import ASSIGNED, AUTHORIZED_KEY, KEY_HEADER, yaml_secret
from guestinspect.leftovers.patterns.pattern import leftover_pattern
from guestinspect.model.leftover import Kind

_SERVERS = (
    "nginx apache2 httpd lighttpd haproxy caddy stunnel postfix exim4 dovecot ldap openldap mysql postgresql openvpn"
    " swanctl strongswan tinc etcd docker unbound pki/consumer pki/entitlement webmin cockpit"
    " gitlab grafana rabbitmq redis mosquitto elasticsearch vault.d consul.d proftpd vsftpd freeradius raddb coturn"
)
_KEYS_OF_SERVERS = " ".join(f"/etc/{server}/**/{name}" for server in _SERVERS.split() for name in ("*key*", "*.pem"))
_BUNDLES = " ".join(f"/etc/{server}/**/{name}" for server in _SERVERS.split() for name in ("*.p12", "*.pfx"))

KEYS = (
    leftover_pattern(
        Kind.HOST_KEY,
        "SSH host key",
        "/etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_key /etc/ssh/keys/ssh_host_*_key /etc/dropbear/dropbear_*_host_key"
        " /etc/dropbear-initramfs/dropbear_*_host_key /etc/dropbear/initramfs/dropbear_*_host_key"
        " /etc/tinyssh/sshkeydir/.ed25519.sk",
    ),
    leftover_pattern(
        Kind.AUTHORIZED_KEY,
        "authorized key",
        "~/.ssh/authorized_keys ~/.ssh/authorized_keys2 /etc/ssh/authorized_keys* /etc/ssh/authorized_keys/**/*"
        " /etc/ssh/authorized_keys.d/**/* /etc/dropbear/authorized_keys /etc/dropbear-initramfs/authorized_keys"
        " /etc/dropbear/initramfs/authorized_keys",
        AUTHORIZED_KEY,
    ),
    # only paths where programs read keys: Python, conda and many packages install keys for their own tests
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "private key",
        "~/.ssh/**/* ~/*.pem ~/*.key ~/*.ppk ~/id_* ~/keys/*.pem ~/*.ovpn ~/.cert/nm-openvpn/* ~/.pki/**/*"
        " ~/.globus/*.pem ~/.gnupg/secring.gpg"
        " /etc/ssh/* /etc/ssl/*.key /etc/ssl/*.pem /etc/ssl/*/*.key /etc/ssl/private/**/*"
        " /etc/pki/tls/private/**/* /etc/pki/*/private/**/*"
        " /etc/letsencrypt/archive/**/* /etc/letsencrypt/live/**/* /etc/letsencrypt/keys/* /etc/ipsec.d/private/**/*"
        " /etc/grid-security/*key*.pem /etc/grid-security/*/*key*.pem"
        " /etc/kubernetes/pki/**/*.key /var/lib/kubelet/pki/* /var/lib/rancher/k3s/server/tls/**/*.key"
        " /etc/puppetlabs/puppet/ssl/private_keys/* /var/lib/puppet/ssl/private_keys/* /etc/puppet/ssl/private_keys/*"
        " /etc/puppetlabs/puppet/eyaml/*private* /etc/puppetlabs/puppet/ssl/ca/*key*"
        " /etc/puppetlabs/puppetserver/ca/*key* /etc/chef/*.pem"
        " /etc/salt/pki/**/*.pem /etc/tinc/**/*.priv /etc/swanctl/private/* /etc/swanctl/rsa/*"
        " /var/lib/postgresql/*/*/server.key /var/lib/pgsql/data/server.key /var/lib/mysql/*.pem /var/lib/dkms/*.key"
        " /usr/local/etc/**/*.key /usr/local/etc/**/*.pem"
        " /etc/openvpn/**/*.conf /etc/openvpn/**/*.ovpn /etc/slurm/*.key /etc/slurm-llnl/*.key " + _KEYS_OF_SERVERS,
        KEY_HEADER,
        exclude="ssl-cert-snakeoil.key ssh_host_* moduli authorized_keys* known_hosts* *.pub",
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "private key",
        "~/.acme.sh/*/*.key ~/.chef/*.pem ~/.docker/*key.pem ~/.docker/*/*key.pem ~/.minikube/*.key ~/.oci/*.pem"
        " ~/.step/secrets/* ~/.config/syncthing/key.pem ~/.local/state/syncthing/key.pem"
        " ~/.local/share/caddy/**/*.key /var/lib/caddy/.local/share/caddy/**/*.key",
        KEY_HEADER,
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY, "age key", "~/.config/sops/age/* ~/.config/age/* ~/key.txt /etc/age/*", rb"^AGE-SECRET-KEY-1"
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY, "Java keystore", "~/*.jks ~/.keystore /etc/tomcat*/*.jks", rb"\A\xfe\xed\xfe\xed"
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "PKCS #12 bundle",
        "~/*.p12 ~/*.pfx ~/.globus/*.p12 /etc/ssl/private/**/*.p12 /etc/pki/*/private/**/*.p12 " + _BUNDLES,
        rb"\A0[\x80-\x84].{0,4}\x02\x01\x03",  # RFC 7292, section 4: a sequence whose first element is version 3
    ),
    leftover_pattern(Kind.PRIVATE_KEY, "PGP private key", "~/.gnupg/private-keys-v1.d/*.key"),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "WireGuard private key",
        "/etc/wireguard/*.conf /usr/local/etc/wireguard/*.conf /etc/amnezia/amneziawg/*.conf"
        " /etc/systemd/network/*.netdev /etc/NetworkManager/system-connections/*",
        rb"^[ \t]*(?i:PrivateKey|private-key)[ \t]*=[ \t]*[A-Za-z0-9+/]{42}",
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "WireGuard private key",
        "/etc/wireguard/* /etc/systemd/network/*key*",
        rb"\A[A-Za-z0-9+/]{43}=\s{0,9}\Z",
        exclude="*pub*",
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "WireGuard private key",
        "/etc/netplan/*",
        yaml_secret(rb"(?:key|private|wireguard\.private-key)(?=[\"']?[ \t]*:[ \t]*[\"']?[A-Za-z0-9+/]{43}=)"),
    ),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "Kerberos keytab",
        "/etc/*.keytab ~/*.keytab /etc/krb5/*.keytab /etc/httpd/**/*.keytab /etc/apache2/**/*.keytab"
        " /etc/nginx/**/*.keytab /etc/security/keytabs/* /var/kerberos/krb5/user/*/client.keytab"
        " /var/lib/gssproxy/clients/*.keytab",
        rb"\A\x05[\x01\x02]",  # MIT Kerberos, «The keytab file format»
    ),
    leftover_pattern(Kind.PRIVATE_KEY, "MUNGE key", "/etc/munge/*.key"),
    leftover_pattern(
        Kind.PRIVATE_KEY,
        "Slurm key",
        "/etc/slurm/slurm.key /etc/slurm/jwt*.key /etc/slurm-llnl/slurm.key /etc/slurm-llnl/jwt*.key"
        " /var/spool/slurm*/jwt*.key /var/spool/slurm*/*/jwt*.key /var/lib/slurm*/jwt*.key /var/lib/slurm*/*/jwt*.key",
    ),
    leftover_pattern(Kind.PRIVATE_KEY, "Ceph key", "/etc/ceph/*.keyring /etc/ceph/keyring", rb"^[ \t]*key" + ASSIGNED),
    leftover_pattern(
        Kind.PRIVATE_KEY, "Ceph key", "/etc/ceph/*secret* ~/*.secret", rb"\A\s{0,9}A[QA][A-Za-z0-9+/]{36}"
    ),
    leftover_pattern(Kind.PRIVATE_KEY, "DNS key", "/etc/rndc.key /etc/bind/*.key", rb"^[ \t]*secret[ \t]+\"[^\"\s]"),
    leftover_pattern(Kind.PRIVATE_KEY, "ACME account key", "/etc/letsencrypt/accounts/**/private_key.json"),
    leftover_pattern(Kind.PRIVATE_KEY, "key for signing kernel modules", "/var/lib/shim-signed/mok/MOK.priv"),
)
