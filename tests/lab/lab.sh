# SPDX-License-Identifier: GPL-2.0-or-later
#
# The network: five namespaces in a row, s - r1 - r2 - r3 - d, and r2b beside r2.
# Sourced by make-captures. Addresses are documentation ones (RFC 5737, RFC 3849) and exist only in here.
#
#            192.0.2.0/25     198.51.100.0/26   198.51.100.128/26    203.0.113.0/24
#   s .1 ---------- .2 r1 .1 --------- .2 r2 .129 -------- .130 r3 .1 ---------- .9 d
#                         .65 -------- .66 r2b .193 ------ .194
#                             198.51.100.64/26  198.51.100.192/26
#
# IPv6 the same way: 2001:db8:1::/64, :2::, :3::, :4::, and :2b::, :3b:: by way of r2b.

LAB_NODES="s r1 r2 r2b r3 d"
lab_prefix="ttrlab$$"
lab_pids=()

# Runs a command in a node.
n() {
    local node=$1
    shift
    ip netns exec "$lab_prefix-$node" "$@"
}

# Starts a command in a node; leaves its pid in $started. It ends with the lab.
start() {
    local node=$1
    shift
    rm -f "$work/$node.log"
    ip netns exec "$lab_prefix-$node" "$@" >"$work/$node.log" 2>&1 </dev/null &
    started=$!
    lab_pids+=("$started")
}

# Waits until a file has a line with a word, for five seconds.
wait_for_line() {
    local file=$1 word=$2 i
    for ((i = 0; i < 250; i++)); do
        grep -q -- "$word" "$file" 2>/dev/null && return 0
        sleep 0.02
    done
    echo "make-captures: no \"$word\" in $file" >&2
    return 1
}

# Ends processes that this script started.
end() {
    local pid
    for pid in "$@"; do
        kill -TERM "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
}

# link A B A4/LEN B4/LEN A6 B6 NUMBER: one veth pair, A-B at A and B-A at B. Ethernet addresses are RFC 7042's.
link() {
    local a=$1 b=$2 number=$7
    ip link add name "$a-$b" netns "$lab_prefix-$a" address "00:00:5e:00:53:${number}1" type veth \
        peer name "$b-$a" netns "$lab_prefix-$b" address "00:00:5e:00:53:${number}2"
    n "$a" ip addr add "$3" dev "$a-$b"
    n "$b" ip addr add "$4" dev "$b-$a"
    n "$a" ip addr add "$5/64" dev "$a-$b" nodad
    n "$b" ip addr add "$6/64" dev "$b-$a" nodad
    n "$a" ip link set "$a-$b" up
    n "$b" ip link set "$b-$a" up
}

# rule NODE TEXT: adds nftables chains to the node's table "lab" (family inet), which unrule takes away.
rule() {
    printf 'table inet lab {\n%s\n}\n' "$2" | n "$1" nft -f -
}

unrule() {
    local node
    for node in $LAB_NODES; do
        n "$node" nft delete table inet lab 2>/dev/null
        n "$node" nft delete table ip lab 2>/dev/null
        n "$node" nft delete table netdev lab 2>/dev/null
    done
    return 0
}

# lose NODE PATTERN [MATCH]: of the TCP packets whose TTL ends at the node, drop those at an "x" of the pattern, over and over.
lose() {
    local map="" i
    for ((i = 0; i < ${#2}; i++)); do
        if [ "${2:i:1}" = x ]; then map+="$i : drop, "; else map+="$i : accept, "; fi
    done
    rule "$1" "chain lose {
        type filter hook prerouting priority -300
        meta l4proto tcp ${3:-ip ttl 1} numgen inc mod ${#2} vmap { ${map%, } }
    }"
}

# Errors without limit (the default of the lab), or with the kernel's own limits.
icmp_limits() {
    local node
    for node in r1 r2 r2b r3 d; do
        if [ "$1" = off ]; then
            n "$node" sysctl -q -w net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_burst=1000 net.ipv4.icmp_msgs_per_sec=100000
        else
            n "$node" sysctl -q -w net.ipv4.icmp_ratelimit=1000 net.ipv6.icmp.ratelimit=1000 net.ipv4.icmp_msgs_burst=50 net.ipv4.icmp_msgs_per_sec=1000
        fi
    done
}

lab_up() {
    local node
    for node in $LAB_NODES; do
        ip netns add "$lab_prefix-$node" || return 1
        n "$node" ip link set lo up
        n "$node" sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 \
            net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 net.ipv6.conf.default.dad_transmits=0
    done
    for node in s d; do
        n "$node" sysctl -q -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0 net.ipv6.conf.default.accept_ra=0
    done
    icmp_limits off

    link s r1 192.0.2.1/25 192.0.2.2/25 2001:db8:1::1 2001:db8:1::2 1
    link r1 r2 198.51.100.1/26 198.51.100.2/26 2001:db8:2::1 2001:db8:2::2 2
    link r1 r2b 198.51.100.65/26 198.51.100.66/26 2001:db8:2b::1 2001:db8:2b::2 3
    link r2 r3 198.51.100.129/26 198.51.100.130/26 2001:db8:3::1 2001:db8:3::2 4
    link r2b r3 198.51.100.193/26 198.51.100.194/26 2001:db8:3b::1 2001:db8:3b::2 5
    link r3 d 203.0.113.1/24 203.0.113.9/24 2001:db8:4::1 2001:db8:4::9 6

    n s ip route add default via 192.0.2.2
    n s ip route add 2001:db8::/32 via 2001:db8:1::2
    routes_of_r1
    for node in r2 r2b; do
        local side=${node#r2} near=198.51.100.1 far=198.51.100.130
        [ "$node" = r2b ] && near=198.51.100.65 far=198.51.100.194
        n "$node" ip route add 192.0.2.0/24 via $near
        n "$node" ip route add 203.0.113.0/24 via $far
        n "$node" ip route add 2001:db8:1::/64 via "2001:db8:2$side::1"
        n "$node" ip route add 2001:db8:4::/64 via "2001:db8:3$side::2"
    done
    n r3 ip route add 192.0.2.0/24 via 198.51.100.129
    n r3 ip route add 198.51.100.0/26 via 198.51.100.129
    n r3 ip route add 198.51.100.64/26 via 198.51.100.193
    n r3 ip route add 2001:db8::/32 via 2001:db8:3::1
    n d ip route add default via 203.0.113.1
    n d ip route add 2001:db8::/32 via 2001:db8:4::1

    n d nft -f - <<'RULES'
table inet base {
    chain input {
        type filter hook input priority 0
        tcp dport 82 drop
        tcp dport 83 reject with icmpx admin-prohibited
        tcp dport 84 reject with icmpx host-unreachable
        tcp dport 88 reject with icmpx port-unreachable
    }
}
RULES
    n r3 nft -f - <<'RULES'
table inet base {
    chain forward {
        type filter hook forward priority 0
        tcp dport 85 reject with icmpx admin-prohibited
        tcp dport 86 reject with tcp reset
        tcp dport 87 meta nfproto ipv4 reject with icmp host-prohibited
        tcp dport 89 meta nfproto ipv4 reject with icmp net-prohibited
        tcp dport 90 drop
    }
}
RULES
    mkdir -p "$work/www"
    head -c 15000 /dev/zero | tr '\0' 'w' >"$work/www/page"
    start d servers.py --directory "$work/www"
    wait_for_line "$work/d.log" ready || return 1
    n s connect.py 203.0.113.9 81 >/dev/null # neighbours get to know each other before the first capture
    n s connect.py 2001:db8:4::9 81 >/dev/null
}

# The routes of r1 as they are when nothing is varied.
routes_of_r1() {
    n r1 ip route replace 198.51.100.128/26 via 198.51.100.2
    n r1 ip route replace 198.51.100.192/26 via 198.51.100.66
    n r1 ip route replace 203.0.113.0/24 via 198.51.100.2
    n r1 ip -6 route del 2001:db8:4::/64 2>/dev/null
    n r1 ip -6 route add 2001:db8:4::/64 via 2001:db8:2::2
    n r1 ip route replace 2001:db8:3::/64 via 2001:db8:2::2
    n r1 sysctl -q -w net.ipv4.fib_multipath_hash_policy=0 net.ipv6.fib_multipath_hash_policy=0
    n r1 ip rule del fwmark 1 2>/dev/null
    n r1 ip -6 rule del fwmark 1 2>/dev/null
    return 0
}

# Both middle routers at once, chosen by a hash of addresses and ports.
ecmp_by_flow() {
    n r1 sysctl -q -w net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy="${1:-1}"
    n r1 ip route replace 203.0.113.0/24 nexthop via 198.51.100.2 nexthop via 198.51.100.66
    n r1 ip -6 route del 2001:db8:4::/64
    n r1 ip -6 route add 2001:db8:4::/64 nexthop via 2001:db8:2::2 nexthop via 2001:db8:2b::2
}

# ecmp_by_packet [PATTERN]: the middle router taken in turn, "b" is r2b; counts only what goes beyond r1.
ecmp_by_packet() {
    local pattern=${1:-ab} map="" i
    for ((i = 0; i < ${#pattern}; i++)); do
        if [ "${pattern:i:1}" = b ]; then map+="$i : 1, "; else map+="$i : 0, "; fi
    done
    rule r1 "chain spread {
        type filter hook prerouting priority mangle
        iifname r1-s meta l4proto tcp ip ttl > 1 ip ttl < 60 meta mark set numgen inc mod ${#pattern} map { ${map%, } }
    }"
    n r1 ip route replace 203.0.113.0/24 via 198.51.100.66 table 100
    n r1 ip rule add fwmark 1 table 100
}

# tunnel KIND INNER_A INNER_B [OPTION...]: carries s's traffic to r2 inside another protocol; s's far end is r2's INNER_B.
# KIND vlan and qinq join s and r1 instead.
tunnel() {
    local kind=$1 a=$2 b=$3 far=r2 outer=(192.0.2.1 198.51.100.2)
    shift 3
    case $kind in vlan | qinq) far=r1 outer=(s-r1 r1-s) ;; esac
    start s tunnel.py "$kind" tun-$kind "${outer[0]}" "${outer[1]}" "$@"
    local near_pid=$started
    start "$far" tunnel.py "$kind" tun-$kind "${outer[1]}" "${outer[0]}"
    tunnel_pids="$near_pid $started"
    wait_for_line "$work/s.log" ready && wait_for_line "$work/$far.log" ready || return 1
    tunnel_addresses "$kind" "$far" "$a" "$b" "tun-$kind"
}

# Gives both ends their addresses and sends all but the outer packets that way.
tunnel_addresses() {
    local far=$2 a=$3 b=$4 dev=$5
    n s ip link set "$dev" mtu 1400 up
    n "$far" ip link set "$dev" mtu 1400 up
    n s ip route add 198.51.100.2/32 via 192.0.2.2
    case $a in
    *:*)
        n s ip addr add "$a" dev "$dev" nodad
        n "$far" ip addr add "$b" dev "$dev" nodad
        n s ip route replace 2001:db8::/32 via "${b%/*}" dev "$dev"
        ;;
    *)
        n s ip addr add "$a" dev "$dev"
        n "$far" ip addr add "$b" dev "$dev"
        n s ip route replace default via "${b%/*}" dev "$dev"
        ;;
    esac
}

tunnel_end() {
    end $tunnel_pids
    n s ip route del 198.51.100.2/32 2>/dev/null
    n s ip link del s-vx 2>/dev/null
    n r1 ip link del r1-vx 2>/dev/null
    n s ip route replace default via 192.0.2.2
    n s ip route replace 2001:db8::/32 via 2001:db8:1::2
    tunnel_pids=""
}

lab_down() {
    local node
    end "${lab_pids[@]}"
    for node in $LAB_NODES; do
        ip netns del "$lab_prefix-$node" 2>/dev/null
    done
}
