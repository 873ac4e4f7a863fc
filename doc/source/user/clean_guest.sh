# Run as root in a guest, as the last step before its snapshot. The next boot makes anew what is needed. A test runs these
# lines: tests/unit/policy/test_cleaning.py.
#
# "systemctl poweroff --force" ends the services without asking them: stopped in an orderly way, they would write the
# random seed, logs and the history of the shell again. File systems are unmounted all the same. Source: systemctl(1).

cloud-init clean --logs --seed
rm -f /etc/ssh/ssh_host_*key*
rm -f /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
rm -f /root/.*history /home/*/.*history /root/.viminfo /home/*/.viminfo /root/.lesshst /home/*/.lesshst
rm -f /var/lib/dhcp/*.lease* /var/lib/NetworkManager/*.lease /var/lib/systemd/random-seed
rm -f /etc/passwd- /etc/shadow- /etc/gshadow- /etc/security/opasswd*
rm -f /var/lib/dbus/machine-id
truncate --size 0 /etc/machine-id
find /var/log/ /var/mail/ -type f -delete
systemctl poweroff --force
