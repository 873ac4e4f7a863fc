"""Images of builders that people use, booted untouched: their own boot loader, kernel and services, and no probe.

A builder (``guests/builders/all_builders.py``) is a program of Debian's archive or of PyPI that makes the image of a
whole disk. It runs in a *workshop*: a small Debian of its own, in which programs stand in for those that need device
mapper or a kernel that reads partition tables. So a container is enough, but the user has to be root.

QEMU boots the image as an instance of the cloud, by SeaBIOS or OVMF, with three virtio NICs and a config drive or
none, and later attaches a fourth NIC. Nothing inside the guest takes part: a NIC is up when DHCP on its wire gave it an
address. The observed behavior is recorded in ``guests/builders/truth.json``, and a small copy of the image in
``guests/builders/copies``: its partition table, and the files that the builder wrote. The tests add the files of
packages from Debian's archive and an initramfs, and compare the verdict on the copy with the recorded behavior.
"""
