"""Patterns of credentials: of clouds, of services, of networks."""

from __future__ import annotations

from guestinspect.leftovers.patterns.expressions import ASSIGNED, URL, YAML_HASH, yaml_secret
from guestinspect.leftovers.patterns.pattern import LeftoverPattern, leftover_pattern
from guestinspect.model.leftover import Kind


def _credentials(what: str, paths: str, content: bytes | None = None) -> LeftoverPattern:
    return leftover_pattern(Kind.CREDENTIAL, what, paths, content)


_CLOUDS = (
    _credentials(
        "OpenStack credentials",
        "~/*openrc* ~/.*openrc* ~/.novarc ~/*.sh ~/.bashrc ~/.profile ~/.bash_profile ~/.zshrc /etc/*openrc*"
        " /etc/environment",
        rb"^[ \t]*(?:export[ \t]+|setenv[ \t]+)?OS_(?:PASSWORD|APPLICATION_CREDENTIAL_SECRET|TOKEN)"
        rb"[= \t][\"']?[^\s\"'$<#]",
    ),
    _credentials(
        "OpenStack credentials",
        "~/clouds.yaml ~/secure.yaml ~/.config/openstack/* /etc/openstack/*",
        rb"[\s{,\"'-](?:password|application_credential_secret|token|auth_token)[\"']?" + ASSIGNED,
    ),
    _credentials(
        "AWS credentials",
        "~/.aws/credentials ~/.aws/config ~/.boto /etc/boto.cfg",
        rb"^[ \t]*(?:aws_secret_access_key|gs_oauth2_refresh_token)" + ASSIGNED,
    ),
    _credentials("S3 credentials", "~/.s3cfg", rb"^[ \t]*secret_key" + ASSIGNED),
    _credentials("S3 credentials", "~/.mc/config.json", rb"\"secretKey\"" + ASSIGNED),
    _credentials("S3 credentials", "~/.passwd-s3fs /etc/passwd-s3fs", rb"^[^\s:#]{1,200}:[^\s:]"),
    _credentials(
        "Google Cloud credentials",
        "~/.config/gcloud/*.json ~/.config/gcloud/credentials.db ~/.config/gcloud/access_tokens.db"
        " ~/.config/gcloud/legacy_credentials/*/adc.json",
        rb"\ASQLite format 3|\"(?:refresh_token|private_key)\"" + ASSIGNED,
    ),
    _credentials(
        "Azure credentials",
        "~/.azure/accessTokens.json ~/.azure/msal_token_cache.* ~/.azure/service_principal_entries.*",
        rb"\"(?:accessToken|refreshToken|secret|client_secret)\"" + ASSIGNED,
    ),
    _credentials(
        "cloud credentials",
        "~/.config/doctl/config.yaml ~/.config/hcloud/cli.toml ~/.terraform.d/credentials.tfrc.json ~/.terraformrc",
        rb"^[ \t]*\"?(?:access-token|token)\"?" + ASSIGNED,
    ),
    _credentials(
        "Kubernetes credentials",
        "~/.kube/* ~/kubeconfig* /etc/kubernetes/*.conf /etc/rancher/k3s/k3s.yaml /etc/rancher/rke2/rke2.yaml",
        rb"^[ \t-]*[\"']?(?:token|client-key-data|password|client-key|id-token|refresh-token)[\"']?" + ASSIGNED,
    ),
    _credentials(
        "rclone credentials",
        "~/.config/rclone/rclone.conf ~/.rclone.conf /etc/rclone.conf /etc/rclone/*.conf",
        rb"^RCLONE_ENCRYPT_V|^[ \t]*(?:pass|password|secret_access_key|token|client_secret|key|bearer_token|sas_url"
        rb"|application_credential_secret)" + ASSIGNED,
    ),
)

_SERVICES = (
    _credentials(
        "container registry credentials",
        "~/.docker/config.json ~/.dockercfg ~/.config/containers/auth.json ~/.singularity/docker-config.json"
        " ~/.apptainer/docker-config.json /var/lib/kubelet/config.json",
        rb"\"(?:auth|identitytoken|registrytoken)\"[ \t]*:[ \t]*\"[^\"]",
    ),
    _credentials("Git credentials", "~/.git-credentials ~/.config/git/credentials ~/.gitconfig", URL),
    _credentials(
        "Git credentials",
        "~/.config/gh/hosts.yml ~/.config/hub ~/.config/glab-cli/config.yml ~/.config/tea/config.yml",
        rb"^[ \t-]*(?:oauth_token|token)" + ASSIGNED,
    ),
    _credentials(
        "passwords for hosts",
        "~/.netrc ~/_netrc /etc/apt/auth.conf /etc/apt/auth.conf.d/*.conf",
        rb"^(?![ \t]*#)(?:.*[ \t])?password[ \t]+\S",
    ),
    _credentials(
        "database password",
        "~/.my.cnf /etc/mysql/debian.cnf /etc/dbconfig-common/*.conf /etc/slurm/slurmdbd.conf"
        " /etc/slurm-llnl/slurmdbd.conf",
        rb"^[ \t]*(?:password|dbc_dbpass|StoragePass)" + ASSIGNED,
    ),
    _credentials("database password", "~/.mylogin.cnf"),
    _credentials("database password", "~/.pgpass", rb"^[^#\s:][^\n:]{0,200}(?::[^\n:]{1,200}){3}:\S"),
    _credentials(
        "package index credentials",
        "~/.pypirc ~/.yarnrc.yml ~/.cargo/credentials* ~/.gem/credentials ~/.bundle/config",
        rb"^[ \t]*(?:password|token|npmAuthToken|:rubygems_api_key|BUNDLE_[A-Z_]{1,99})" + ASSIGNED,
    ),
    _credentials("package index credentials", "~/.npmrc", rb"_(?:authToken|auth|password)[ \t]*=[ \t]*[^\s$]"),
    _credentials("package index credentials", "~/.m2/settings.xml", rb"<password>[^<$\s]"),
    _credentials(
        "package index credentials",
        "~/.condarc ~/.config/pip/pip.conf ~/.pip/pip.conf ~/.pydistutils.cfg /etc/pip.conf",
        URL,
    ),
    _credentials(
        "token",
        "~/.vault-token ~/.huggingface/token ~/.cache/huggingface/token ~/.irods/.irodsA ~/.erlang.cookie"
        " ~/.globusonline/lta/*.db ~/.globusonline/lta/client-id.* ~/.globus/cli/storage.db ~/.kaggle/kaggle.json"
        " /var/lib/tailscale/tailscaled.state /var/lib/rancher/k3s/server/token /etc/zabbix/*.psk",
    ),
    _credentials("password for a desktop", "~/.vnc/passwd ~/.config/tigervnc/passwd"),  # vncpasswd(1)
    _credentials(
        "token",
        "/etc/gitlab-runner/config.toml ~/.gitlab-runner/config.toml /etc/sssd/sssd.conf /etc/rhsm/rhsm.conf",
        rb"^[ \t]*(?:token|ldap_default_authtok|proxy_password)" + ASSIGNED,
    ),
    _credentials(
        "password for mail",
        "/etc/msmtprc ~/.msmtprc /etc/ssmtp/ssmtp.conf",
        rb"^[ \t]*(?:password[ \t]+\S|AuthPass" + ASSIGNED + rb")",
    ),
    _credentials("password for mail", "/etc/postfix/sasl_passwd", rb"^[^#\s]\S{0,200}[ \t]+[^\s:]{1,200}:\S"),
    _credentials("password for mail", "/etc/exim4/passwd.client", rb"^[^#\s:]{1,200}:[^\s:]{1,200}:\S"),
    _credentials(
        "user data of an instance",
        "/var/lib/cloud/instances/*/user-data.txt* /var/lib/cloud/instances/*/cloud-config.txt"
        " /var/lib/cloud/instances/*/vendor-data.txt*"
        " /var/lib/cloud/seed/*/user-data /var/lib/cloud/seed/*/vendor-data",
        yaml_secret(b"plain_text_passwd", b"password", b"token", b"secret", YAML_HASH)
        + rb"|^[ \t]*chpasswd:[^\n]*(?:list|\n(?:[ \t][^\n]*\n){0,4}[ \t]{1,20}(?:list|users)):"
        rb"|-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY"
        rb"|^[ \t]*(?:export[ \t]+)?\w{0,60}(?:PASSWORD|SECRET|TOKEN)=[\"']?[^\s\"'$<]",
    ),
)

_NETWORKS = (
    _credentials(
        "password for a share",
        "/etc/fstab /etc/auto.* /etc/autofs/* /etc/systemd/system/*.mount",
        rb"^[^#\n]{0,2000}[, \t=](?:password|pass|secret)=[^\s,]",
    ),
    _credentials(
        "password for a share",
        "/etc/cifs* /etc/cifs/* /etc/samba/*cred* /etc/*cred* /etc/smb* ~/.smb* ~/.smb/* ~/*cred* ~/.*cred*",
        rb"^[ \t]*pass(?:word)?" + ASSIGNED,
    ),
    _credentials(
        "password for a share", "/etc/davfs2/secrets ~/.davfs2/secrets", rb"^[^#\s]\S{0,300}[ \t]+\S{1,200}[ \t]+\S"
    ),
    _credentials(
        "password for a network",
        "/etc/wpa_supplicant/*.conf /etc/wpa_supplicant.conf /etc/NetworkManager/system-connections/*",
        rb"^[ \t]*(?:psk|password|wep-key[0-3]|wep_key[0-3]|leap-password|sae_password|(?:phase2-)?private-key-password"
        rb"|private_key2?_passwd)" + ASSIGNED,
    ),
    _credentials(  # each VPN plugin has its own names in this section: nm-settings-keyfile(5)
        "password for a network",
        "/etc/NetworkManager/system-connections/*",
        rb"^[ \t]*\[vpn-secrets\][ \t\r]*\n(?:(?![ \t]*\[)[^\n]{0,500}\n){0,50}?"
        rb"[ \t]*[^\[#\s=][^\n=]{0,100}=[ \t]*[^\s<]",
    ),
    _credentials(  # the names may be those of NetworkManager's settings: netplan-yaml, «passthrough»
        "password for a network",
        "/etc/netplan/*",
        yaml_secret(rb"(?:[\w-]{1,40}\.)?(?:client-key-password|psk|password|wep-key[0-3]|leap-password)"),
    ),
    _credentials(
        "password for a network",
        "/etc/ppp/*-secrets",
        rb"^[^#\s]\S{0,200}[ \t]+\S{1,200}[ \t]+\"?[^\s\"*#]",
    ),
    _credentials(
        "password for a network",
        "/etc/ipsec.secrets /etc/ipsec.d/*.secrets",
        rb"^(?![ \t]*#)(?:.*[ \t:])?(?:PSK|EAP|XAUTH)[ \t]+[\"0]",
    ),
    _credentials(
        "password for a network",
        "/etc/openvpn/*auth* /etc/openvpn/*pass* /etc/openvpn/*login* /etc/openvpn/client/*auth*"
        " /etc/openvpn/client/*pass*",
        rb"\A[^\s<-]\S{0,200}\r?\n\S{1,200}\s{0,9}\Z",
    ),
    _credentials(
        "key for time servers",
        "/etc/chrony.keys /etc/chrony/chrony.keys /etc/ntp.keys /etc/ntp/keys",
        rb"^[ \t]*\d{1,9}[ \t]+(?:M|MD5|SHA\d{0,3}|AES\d{3})[ \t]+\S",
    ),
)

CREDENTIALS = (*_CLOUDS, *_SERVICES, *_NETWORKS)
"""Credentials by the paths where programs keep them; the content distinguishes files that really hold a secret."""
