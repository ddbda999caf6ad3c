#!/usr/bin/env bash
# Counts the instructions of arm64 programs under qemu-user: a figure that repeats, whatever else the machine does. For `compare -arm64 DIR`.
#
#   arm64.sh setup DIR               what counting takes, into DIR: Debian's packages (as root), the plugin, ONNX Runtime for arm64
#   arm64.sh count DIR COMMAND ...   how many instructions a command takes
#
# ONNX Runtime is 1.20.1, the newest tried whose arm64 library loads under Debian 12's qemu 7.2; that of 1.30 does not.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage() {
	sed -n 's/^#   //p' "$0" >&2
	exit 2
}
[ $# -ge 2 ] || usage
what=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2

setup() {
	export DEBIAN_FRONTEND=noninteractive
	local want=() command
	for command in qemu-aarch64:qemu-user gcc:gcc npm:npm aarch64-linux-gnu-g++:g++-aarch64-linux-gnu; do
		command -v "${command%%:*}" >/dev/null || want+=("${command#*:}")
	done
	[ -e /usr/include/stdio.h ] || want+=(libc6-dev)
	if [ ${#want[@]} -gt 0 ]; then
		echo "installing ${want[*]}"
		apt-get -qq update
		apt-get -qq install -y --no-install-recommends "${want[@]}" >"$dir/apt.log"
	fi
	gcc -shared -fPIC -O2 -Wall -o "$dir/libinsn.so" "$here/qemu/count.c"
	npm install --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "$dir" onnxruntime-node@1.20.1
	ls "$dir"/node_modules/onnxruntime-node/bin/napi-v*/linux/arm64/libonnxruntime.so.1
}

# count writes the number to standard output, and to standard error what the command and qemu say; it fails as the command does.
count() {
	local said=$dir/said.$$ code=0
	QEMU_LD_PREFIX=/usr/aarch64-linux-gnu qemu-aarch64 -cpu max -plugin "$dir/libinsn.so" -d plugin -D "$said" "$@" >&2 || code=$?
	[ $code != 0 ] || sed -n 's/^.*total insns: //p' "$said"
	rm -f "$said"
	return $code
}

case $what in
setup) setup ;;
count) [ $# -ge 1 ] || usage && count "$@" ;;
*) usage ;;
esac
