# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Debian releases in folders, for the scripts that build and test there; read after packages.sh. For root.
#
#   $SUITES_CACHE/NAME/clean       what debootstrap made; never changed afterwards
#   $SUITES_CACHE/NAME/build       the same with SUITE_PACKAGES
#   $SUITES_CACHE/NAME/archives    Debian packages that were fetched
#   $SUITES_CACHE/NAME/made        where the tree is built
#   $SUITES_CACHE/NAME/setup.log   what setting up printed
#
# SUITES_CACHE   where they are kept: ~/.cache/tcptraceroute/suites
# SUITES_MIRROR  where they come from: where this host's apt gets Debian from, else debootstrap's own
# SUITES_DAYS    after how many days a release is brought up to date: 7

ALL_SUITES="bookworm trixie forky"
SUITES_CACHE=${SUITES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tcptraceroute/suites}
SUITES_MIRROR=${SUITES_MIRROR:-$(debian_mirror)}
SUITES_DAYS=${SUITES_DAYS:-7}

# suite_enter ROOT [--ro FROM TO | --rw FROM TO]... COMMAND...
suite_enter() { unshare --mount --pid --fork --kill-child sh "$top/packaging/suites/enter" "$@"; }

# suite_begins SUITE WHAT: what is done now, which may take minutes.
suite_begins() { echo "== $1: $2: $(date +%T)"; }

# suites_size: how much the cache takes, and that it may go.
suites_size() {
    echo "$SUITES_CACHE takes $(du -sh "$SUITES_CACHE" | cut -f1); it may be removed, and is then made anew"
}

# suite_cannot SUITE REASON: a release that could not be set up is skipped, and returns 0; with CI=true it has failed.
suite_cannot() {
    if [ "${CI:-}" = true ]; then
        echo "FAIL $1: could not be set up: $2"
        return 1
    fi
    echo "SKIP $1: $2"
}

# skip_suites REASON SUITE...: says so of each, and ends.
skip_suites() {
    reason=$1
    shift
    status=0
    for suite in "$@"; do
        suite_cannot "$suite" "$reason" || status=1
    done
    exit $status
}

# suites_need_root SCRIPT SUITE...: as root it returns; otherwise it runs the script again as root. Ends, with a SKIP
# for each suite, where there cannot be releases in folders at all.
suites_need_root() {
    if [ "$(id -u)" != 0 ]; then
        script=$1
        shift
        command -v sudo >/dev/null 2>&1 || skip_suites "needs root, or sudo" "$@"
        exec sudo env HOME="$HOME" SUITES_CACHE="$SUITES_CACHE" SUITES_MIRROR="$SUITES_MIRROR" \
            SUITES_DAYS="$SUITES_DAYS" SUITES_GUI="${SUITES_GUI:-0}" SUITES_REFERENCE="${SUITES_REFERENCE:-}" \
            SUITES_LONG="${SUITES_LONG:-0}" CI="${CI:-}" PACKAGES_DIR="${PACKAGES_DIR:-}" DEBFULLNAME="${DEBFULLNAME:-}" \
            DEBEMAIL="${DEBEMAIL:-}" "$script" "$@"
    fi
    shift
    # shellcheck disable=SC2086
    (install_packages $SUITES_PACKAGES) || skip_suites "debootstrap could not be installed" "$@"
    unshare --mount --pid --fork true || skip_suites "no mount and process namespaces of our own" "$@"
}

# The releases that this debootstrap does not know by name are made as unstable is.
suite_bootstrap() {
    script=$1
    [ -e "/usr/share/debootstrap/scripts/$script" ] || script=sid
    rm -rf "$2.new"
    debootstrap --variant=minbase "$1" "$2.new" "$SUITES_MIRROR" "$script" || return 1
    rm -f "$2.new"/var/cache/apt/archives/*.deb
    printf '#!/bin/sh\nexit 101\n' >"$2.new/usr/sbin/policy-rc.d"     # no service starts in there
    chmod 755 "$2.new/usr/sbin/policy-rc.d"
    # A mirror that lags behind is good enough; signatures are looked at all the same.
    echo 'Acquire::Check-Valid-Until "false";' >"$2.new/etc/apt/apt.conf.d/90suites"
    mv "$2.new" "$2"
}

# suite_apt SUITE ROOT ARGUMENTS...: apt-get in the release at ROOT, with the archives that were fetched before.
# A mirror that lags behind is good enough here; signatures are looked at all the same.
suite_apt() {
    archives=$SUITES_CACHE/$1/archives
    root=$2
    shift 2
    mkdir -p "$archives/partial"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    suite_enter "$root" --rw "$archives" /var/cache/apt/archives apt-get -q -y --no-install-recommends \
        -o APT::Update::Error-Mode=any -o Acquire::Check-Valid-Until=false \
        -o Dpkg::Options::=--force-unsafe-io -o APT::Sandbox::User=root "$@"
}

# Debian packages change under the same names: an old folder is brought up to date, with what is asked of it now.
suite_refresh() {
    suite_apt "$1" "$2" update || return 1
    suite_apt "$1" "$2" dist-upgrade || return 1
    # shellcheck disable=SC2086
    suite_apt "$1" "$2" install $SUITE_PACKAGES
}

# suite_set_up SUITE: clean and build are there when it returns 0. Otherwise setup.log says why not.
suite_set_up() {
    place=$SUITES_CACHE/$1
    stamp=$place/packages
    mkdir -p "$place" || return 1
    {
        [ -d "$place/clean" ] || suite_bootstrap "$1" "$place/clean" || return 1
        if [ ! -d "$place/build" ]; then
            rm -rf "$place/build.new" "$stamp"
            cp -a "$place/clean" "$place/build.new" && mv "$place/build.new" "$place/build" || return 1
        fi
        # shellcheck disable=SC2086
        wanted=$(printf "%s " $SUITE_PACKAGES)
        if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || [ -n "$(find "$stamp" -mtime "+$SUITES_DAYS")" ]; then
            suite_refresh "$1" "$place/build" || return 1
            echo "$wanted" >"$stamp"
        fi
    } >"$place/setup.log" 2>&1
}

# suite_reason SUITE: the line of setup.log that says best why setting up failed.
suite_reason() {
    grep -E '^(E:|W: Failed|dpkg: error)' "$SUITES_CACHE/$1/setup.log" | tail -n 1 | grep . ||
        tail -n 1 "$SUITES_CACHE/$1/setup.log"
}

# suite_wireshark SUITE: the version of Wireshark there.
suite_wireshark() {
    chroot "$SUITES_CACHE/$1/build" dpkg-query -W -f '${Version}' libwireshark-dev
}
