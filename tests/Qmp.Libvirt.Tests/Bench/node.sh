#!/bin/bash
# node.sh FOLDER: becomes a libvirtd that has FOLDER in place of the system's folders; in a mount namespace of its own.
set -eu
folder=$1
mount -t tmpfs tmpfs /run
mkdir /run/libvirt /run/lock
mount --bind "$folder/etc" /etc/libvirt
mount --bind "$folder/run" /run/libvirt
for name in lib cache log; do mount --bind "$folder/$name" /var/$name/libvirt; done

# Devices without /dev/kvm: libvirt then never asks for it.
devices=$folder/dev
mount -t tmpfs tmpfs "$devices"
for name in null zero full random urandom tty userfaultfd; do
  [ -e /dev/$name ] || continue
  touch "$devices/$name"
  mount --bind /dev/$name "$devices/$name"
done
mkdir "$devices/pts" "$devices/shm"
mount --bind /dev/pts "$devices/pts"
mount -t tmpfs tmpfs "$devices/shm"
ln -s pts/ptmx "$devices/ptmx"
ln -s /proc/self/fd "$devices/fd"
mount --rbind "$devices" /dev

rm -f "$folder/run/libvirt-sock" "$folder/run/own.pid"
# The programs on this path hold one emulator: libvirt looks at all that it finds.
PATH=$folder/bin:/usr/sbin:/sbin exec /usr/sbin/libvirtd -f /etc/libvirt/libvirtd.conf -p /run/libvirt/own.pid
