#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# First process of a guest: the host's files, not to be written to, under a kernel of its own.
/bin/busybox --install -s /bin
mkdir -p /proc /host /written /root
mount -t proc proc /proc
while read -r module; do insmod "/modules/$module"; done </modules/order
mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=262144,ro host /host
mount -t tmpfs tmpfs /written
mkdir /written/upper /written/work
mount -t overlay -o lowerdir=/host,upperdir=/written/upper,workdir=/written/work overlay /root
for each in proc:proc sysfs:sys devtmpfs:dev bpf:sys/fs/bpf tmpfs:run tmpfs:tmp; do
  mount -t "${each%%:*}" "${each%%:*}" "/root/${each#*:}"
done
mkdir -p /root/dev/shm
ip link set lo up
cd /
# shellcheck disable=SC2046
. /guest
chroot /root /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TAP_TIMEOUT=3600 "$node" "$program"
echo o >/proc/sysrq-trigger
sleep 60
