# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Debian packages for the scripts beside it, which read this file.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config tshark
    wireshark-dev libwireshark-dev libwiretap-dev libwsutil-dev libglib2.0-dev libpcap-dev libcap-dev
    libseccomp-dev zlib1g-dev"
TEST_PACKAGES="python3 binutils util-linux wireshark-common clang-14 libclang-rt-14-dev valgrind tcpdump
    iproute2 libcap2-bin nftables procps strace traceroute tcptraceroute mtr-tiny nmap scamper lft
    tidy graphviz chromium jq wireshark xvfb xdotool tesseract-ocr imagemagick fonts-dejavu-core"

LINT_PACKAGES="clang-14 clang-format-19 clang-tidy-14 cppcheck shellcheck gcovr"

# To build for other systems and architectures, and to run what was built (packaging/portability).
PORTABILITY_PACKAGES="g++ gcc-mingw-w64-x86-64 libz-mingw-w64-dev clang-14 qemu-user-static gcc-s390x-linux-gnu
    gcc-i686-linux-gnu dpkg-dev perl python3 flex libgcrypt20-dev libc-ares-dev libspeexdsp-dev libpcre2-dev"
# What these architectures need of Debian 12, unpacked beside this system.
SYSROOT_PACKAGES="libc6-dev libglib2.0-dev libpcap-dev libcap-dev libseccomp-dev zlib1g-dev tshark wireshark-dev libwireshark-dev
    libwiretap-dev libwsutil-dev"

# To set up other releases of Debian.
SUITES_PACKAGES="debootstrap util-linux"

# Within the releases that packaging/suites sets up: to build, to test, and to make Debian packages.
SUITE_PACKAGES="$BUILD_PACKAGES python3 binutils util-linux wireshark-common build-essential debhelper lintian
    iproute2 libcap2-bin nftables procps tcpdump"
# To open windows there as well.
SUITE_GUI_PACKAGES="wireshark xvfb xdotool tesseract-ocr imagemagick fonts-dejavu-core"

# Where this host's apt gets Debian from; empty when it does not say.
debian_mirror() { apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep '/debian/*$' | head -n 1; }

die() { echo "${0##*/}: $*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "these packages are missing: $missing. Installing them needs root: run as root, or install sudo"
    fi
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages NAME...: installs those that are missing; touches nothing when all are there.
install_packages() {
    command -v apt-get >/dev/null 2>&1 || die "there is no apt-get here: this script is for Debian 12"
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
    missing=${missing# }
    [ -n "$missing" ] || return 0
    echo "${0##*/}: installing $missing" >&2
    # apt-get update says 0 even when nothing could be fetched; with Error-Mode=any it does not.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq -o APT::Update::Error-Mode=any >&2 ||
        die "apt-get update failed; is there a network?"
    # Word splitting is wanted: the names stand in one string.
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2 ||
        die "apt-get could not install: $missing"
}
