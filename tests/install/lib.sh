# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# For the scripts beside it, which read this file: an empty home in a scratch folder that goes when they end, and an
# ordinary user, because Wireshark loads nothing personal for root.

fail() { echo "$*" >&2; exit 1; }
skip() { echo "SKIP: $*"; exit 77; }
command -v tshark >/dev/null 2>&1 || skip "there is no tshark here"

ORDINARY=65534
# Empty, unless this is root: word splitting is wanted where it stands.
ordinary=
if [ "$(id -u)" = 0 ]; then
    ordinary="setpriv --reuid=$ORDINARY --regid=$ORDINARY --clear-groups"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$scratch"
home=$scratch/home
mkdir "$home"

# with_home COMMAND...: as a user whose home that is, with no other settings.
with_home() {
    env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u WIRESHARK_CONFIG_DIR -u WIRESHARK_DATA_DIR -u WIRESHARK_PLUGIN_DIR \
        -u WIRESHARK_EXTCAP_DIR -u DESTDIR HOME="$home" "$@"
}
# users COMMAND...: as the ordinary user.
users() {
    # shellcheck disable=SC2086
    with_home $ordinary "$@"
}
