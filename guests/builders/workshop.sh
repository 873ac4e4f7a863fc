#!/bin/sh
# workshop.sh TREE LAYERS BUILD STAND_INS: run the script «script» of the folder BUILD in a Debian, as root of this
# machine, in namespaces of its own.
#
# TREE is not changed: what the script changes outside of BUILD is in LAYERS. There is no udev: /dev has no by-uuid, as
# in a container. The kernel of a container has no device mapper, which builders test for in /proc/misc.
set -eu
if [ "${5:-}" != inside ]; then
    exec unshare --mount --pid --fork --kill-child --uts --ipc -- "$0" "$@" inside
fi
tree=$1 layers=$2 build=$3 stand_ins=$4 root=$2/root

mount --make-rprivate /
mkdir -p "$layers/upper" "$layers/work" "$root"
mount -t overlay -o "lowerdir=$tree,upperdir=$layers/upper,workdir=$layers/work" overlay "$root"
mount -t tmpfs -o mode=755 dev "$root/dev"
while read -r name major minor; do
    mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
loop-control 10 237
END
for minor in 0 1 2 3 4 5 6 7; do
    mknod -m 660 "$root/dev/loop$minor" b 7 $minor
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mapper"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
mount -t tmpfs shm "$root/dev/shm"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
{ cat /proc/misc && echo ' 99 device-mapper'; } >"$layers/misc"
mount --bind "$layers/misc" "$root/proc/misc"
mkdir -p "$root/build"
mount --bind "$build" "$root/build"
mount --bind "$stand_ins" "$root/usr/local/sbin"
cp /etc/resolv.conf "$root/etc/resolv.conf"
ln -sf ../proc/self/mounts "$root/etc/mtab"
echo '127.0.0.1 localhost workshop' >"$root/etc/hosts"
hostname workshop
if [ "$UDEV" ]; then
    mkdir -p "$root/dev/disk/by-uuid"
    (while sleep 1; do chroot "$root" /usr/local/sbin/link-by-uuid; done) &
fi
status=0
chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive MIRROR="$MIRROR" \
    PATH=/usr/local/sbin:/usr/local/bin:/opt/python/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -euc 'cd /build && . ./script' || status=$?
# a build that fails leaves its loop devices behind
losetup --noheadings --list --output NAME,BACK-FILE | while read -r device file; do
    case $file in /build/* | "$build"/*) umount "$device"* 2>/dev/null || true; partx --delete "$device" 2>/dev/null || true; losetup --detach "$device" ;; esac
done
exit $status
