# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# For the scripts beside it, read after packages.sh: where things are kept, and Debian's packages for other architectures
# and as sources, fetched without a change to this system's own lists.
#
#   $PORTABILITY_CACHE/apt-NAME     lists and archives
#   $PORTABILITY_CACHE/NAME         what is made of them
#
# PORTABILITY_CACHE    where that is: readable for everybody, since Wireshark wants no root
# PORTABILITY_MIRROR   where Debian comes from: where this system's apt gets it

PORTABILITY_CACHE=${PORTABILITY_CACHE:-/var/tmp/tcptraceroute-portability-$(id -u)}
PORTABILITY_MIRROR=${PORTABILITY_MIRROR:-$(debian_mirror)}
[ -n "$PORTABILITY_MIRROR" ] || die "apt does not say where it gets Debian from; set PORTABILITY_MIRROR"
DEBIAN_KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_begin NAME ARCHITECTURE deb|deb-src: a package manager of its own below $PORTABILITY_CACHE/apt-NAME, which thinks that nothing is
# installed. Sets `apt`, the folder.
apt_begin() {
    apt=$PORTABILITY_CACHE/apt-$1
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/state" "$apt/empty"
    : >"$apt/status"
    {
        echo "$3 [signed-by=$DEBIAN_KEYS] $PORTABILITY_MIRROR bookworm main"
        echo "$3 [signed-by=$DEBIAN_KEYS] ${PORTABILITY_MIRROR%/}-security bookworm-security main"
    } >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONFIG
APT::Architecture "$2";
APT::Architectures { "$2"; };
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Retries "3";
Acquire::Check-Valid-Until "false";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/empty";
Dir::Etc::PreferencesParts "$apt/empty";
Dir::State "$apt/state";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
CONFIG
    apt_get -qq update && return
    echo "${0##*/}: without bookworm-security, whose index cannot be had" >&2
    sed -i '/-security /d' "$apt/sources.list"
    apt_get -qq update
}
apt_get() { APT_CONFIG="$apt/apt.conf" apt-get -q -y --no-install-recommends "$@"; }

# wireshark_source: Debian 12's source of Wireshark with its patches, unpacked at $PORTABILITY_CACHE/wireshark-VERSION;
# sets `wireshark`.
wireshark_source() {
    apt_begin source "$(dpkg --print-architecture)" deb-src
    version=$(APT_CONFIG="$apt/apt.conf" apt-cache showsrc wireshark | sed -n 's/^Version: //p' | sort -V | tail -n 1)
    wireshark=$PORTABILITY_CACHE/wireshark-$version
    [ ! -d "$wireshark" ] || return 0
    rm -rf "$PORTABILITY_CACHE/unpacked"
    mkdir -p "$PORTABILITY_CACHE/unpacked"
    (cd "$PORTABILITY_CACHE/unpacked" && apt_get -qq source "wireshark=$version" >&2) || return 1
    mv "$PORTABILITY_CACHE"/unpacked/wireshark-*/ "$wireshark"
    rm -rf "$PORTABILITY_CACHE/unpacked"
}

# sysroot ARCHITECTURE: Debian 12 of that architecture with Wireshark, to build against and to run from, unpacked and never
# started: no script of a package is run. At $PORTABILITY_CACHE/ARCHITECTURE; sets `root`.
sysroot() {
    root=$PORTABILITY_CACHE/$1
    [ ! -d "$root" ] || return 0
    apt_begin "$1" "$1" deb
    # shellcheck disable=SC2086
    apt_get --download-only install $SYSROOT_PACKAGES >&2 || return 1
    rm -rf "$root.new"
    mkdir -p "$root.new"
    for archive in "$apt"/archives/*.deb; do
        dpkg-deb -x "$archive" "$root.new" || return 1
    done
    chmod 755 "$root.new"
    # What CMake is to find within.
    find "$root.new" -name 'WiresharkTargets*.cmake' -exec sed -i "s,\([;\"]\)/usr/,\1$root/usr/,g" {} +
    mv "$root.new" "$root"
}
