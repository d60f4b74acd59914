#!/bin/bash
# bench.sh FOLDER: the first process of namespaces of its own. Starts and stops the libvirtd of nodes, as lines on
# standard input say, and answers each with a line. When its input ends it ends, and the kernel ends all that it started.
#
#   start NODE         started
#   stop NODE SIGNAL   stopped STATUS    (after five seconds it is killed)
#   kill SIGNAL PID    killed STATUS     (PID as libvirt knows it)
set -u
folder=$1
here=$(dirname "$(readlink -f "$0")")
declare -A daemons
# An address for migrations by TCP: libvirt refuses those of 127.0.0.0/8.
ip link set lo up && ip addr add 10.99.0.1/32 dev lo || exit 1
echo ready
while read -r verb one two; do
  case $verb in
    start)
      unshare --mount --propagation private bash "$here/node.sh" "$folder/$one" < /dev/null >> "$folder/$one/out" 2>&1 &
      daemons[$one]=$!
      echo started ;;
    stop)
      kill "-$two" "${daemons[$one]}"
      for _ in {1..50}; do
        kill -0 "${daemons[$one]}" 2> /dev/null || break
        sleep 0.1
      done
      kill -KILL "${daemons[$one]}" 2> /dev/null
      wait "${daemons[$one]}"
      echo "stopped $?" ;;
    kill)
      kill "-$one" "$two"
      echo "killed $?" ;;
  esac
done
