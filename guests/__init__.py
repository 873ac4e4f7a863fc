"""Guests made from Debian's packages, what they do when they are booted, and small copies of them to look at.

A set-up (``guests/setups``) says what somebody did to a fresh Debian: packages, files, units. Two guests are made of
it:

* one that is *installed* by mmdebstrap and boots: QEMU gives it three virtio NICs on a PCI machine, each on a network
  of its own with DHCP, a config drive or none, and later a fourth NIC. What became of them is written into
  ``guests/truth.json``;
* one that is *static*: packages unpacked, their units enabled as installing would, no kernel. It is made in a second or
  two, for the tests to look at. ``compare`` tells whether it has what the installed one has.

To boot them again::

    python -m guests boot --missing --jobs 2        # what was added or changed since
    python -m guests boot NAME --keep FOLDER        # one, and keep what its console and the probe in it said
    python -m guests list                           # what they did

``truth.json`` is written by that and never by hand. A set-up that is changed has no truth until it is booted again.
Booting needs qemu-system-x86, mmdebstrap, fakeroot, dosfstools and mtools, and no root; static guests need
debian-archive-keyring, e2fsprogs, btrfs-progs, xfsprogs, qemu-utils, and fakeroot where one is not root.
``VSCCLIENT_GUESTS_HOME`` is where packages and installed guests are kept (``~/.cache/vscclient-guests``),
``VSCCLIENT_GUESTS_MIRROR`` an archive of Debian, instead of the one that this machine's apt uses.
"""
