"""Guests made from Debian's packages: their behavior when they are booted, and small copies of them to inspect.

A set-up (``guests/setups``) describes the changes to a fresh Debian: packages, files, units. Two guests are made from
each set-up:

* A *booted* guest (``guests/booted``) is installed by mmdebstrap. QEMU gives it three virtio NICs on a PCI machine,
  each on its own network with DHCP, a config drive or none, and later a fourth NIC. The observed behavior of the NICs
  is recorded in ``guests/truth.json``.
* A *static* guest (``guests/static``) is made in a second or two, for the tests to inspect: its packages are unpacked
  and their units are enabled as the installation would enable them; there is no kernel. ``compare`` checks that it has
  the same files as the booted guest.

To boot guests::

    python -m guests boot --missing --jobs 2        # set-ups that were added or changed since the last boot
    python -m guests boot NAME --keep FOLDER        # one set-up; keeps the output of its console and its probe
    python -m guests list                           # the recorded behavior of all set-ups

Booting writes ``truth.json``, which is never edited by hand. A set-up that is changed has no recorded behavior until it
is booted again.

Images of builders that people use (``guests/builders``) are booted untouched, and recorded in a file of their own::

    python -m guests builder list|make|boot|copy NAME

Booting needs qemu-system-x86, mmdebstrap, fakeroot, dosfstools and mtools, but not root. Static guests need
debian-archive-keyring, e2fsprogs, btrfs-progs, xfsprogs, qemu-utils, and fakeroot unless the user is root.
``VSCCLIENT_GUESTS_HOME`` is the folder for packages and installed guests (``~/.cache/vscclient-guests``).
``VSCCLIENT_GUESTS_MIRROR`` is the address of a Debian archive, instead of that of this machine's apt.
"""
