# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every capture: what is varied, and the command. Sourced by make-captures; cap, given and vary are its.
# A group sets the network, captures, and puts it back.

d=203.0.113.9
d6=2001:db8:4::9

# ---- tcptraceroute, plain network ---------------------------------------------------------------------------------
cap tt_open 1 'open port' "tcptraceroute.mt -n $d 80"
cap tt_closed 1 'closed port' "tcptraceroute.mt -n $d 81"
cap tt_drop 1 'target drops: never reached' "tcptraceroute.mt -n -m 6 -w 1 $d 82"
cap tt_prohib_target 1 'target answers admin-prohibited' "tcptraceroute.mt -n $d 83"
cap tt_prohib_r3 1 'a router before the target answers admin-prohibited' "tcptraceroute.mt -n $d 85"
cap tt_hostprohib_r3 1 'the same with host-prohibited, which the tool calls !C' "tcptraceroute.mt -n $d 87"
cap tt_netprohib_r3 1 'the same with net-prohibited' "tcptraceroute.mt -n $d 89"
cap tt_hostunreach 1 'host-unreachable from the target' "tcptraceroute.mt -n $d 84"
cap tt_portunreach 1 'port-unreachable from the target: !p' "tcptraceroute.mt -n $d 88"
cap tt_rst_r3 1 'RST in the name of the target from the router before it, at every TTL that goes beyond' "tcptraceroute.mt -n $d 86"
cap tt_q1 1 'one probe a hop' "tcptraceroute.mt -n -q1 $d 80"
cap tt_q10 1 'ten probes a hop' "tcptraceroute.mt -n -q10 $d 80"
cap tt_ack 1 'ACK probes' "tcptraceroute.mt -n -A $d 80"
cap tt_ack_closed 1 'ACK probes to a closed port' "tcptraceroute.mt -n -A $d 81"
cap tt_ecn 1 'ECN SYN' "tcptraceroute.mt -n -E $d 80"
cap tt_df_len 1 'DF and 300 bytes: SYN with payload' "tcptraceroute.mt -n -F -l 300 $d 80"
cap tt_tos 1 'TOS set' "tcptraceroute.mt -n -t 40 -q2 $d 80"
cap tt_track_port 1 'new source port for each probe' "tcptraceroute.mt -n --track-port $d 80"
cap tt_sport 1 'source port given' "tcptraceroute.mt -n -p 40123 $d 80"
cap tt_from2 1 'begins at TTL 2' "tcptraceroute.mt -n -f 2 $d 80"
cap tt_max3 1 'ends before the target' "tcptraceroute.mt -n -m 3 $d 80"
cap tt_beyond 1 'begins beyond the target: one TTL is all there is' "tcptraceroute.mt -n -f 6 -m 9 $d 80"
cap tt_to_router 1 'the target is a router on the way' "tcptraceroute.mt -n 198.51.100.130 80"
cap tt_neighbour 0 'the target is the neighbour: one TTL is all there is' "tcptraceroute.mt -n 192.0.2.2 80"
cap tt_banner 1 'port of a server that speaks first' "tcptraceroute.mt -n $d 22"
SEES=part DUMP='-s 60' cap tt_snap60 1 'snap length 60: quotes cut within their IP header' "tcptraceroute.mt -n $d 80"
DUMP='-s 80' cap tt_snap80 1 'snap length 80: quotes cut within their TCP header' "tcptraceroute.mt -n $d 80"
DUMP='--nano' cap tt_nano 1 'nanosecond stamps' "tcptraceroute.mt -n $d 80"
cap tt_twice 2 'two runs one after the other' "tcptraceroute.mt -n $d 80; tcptraceroute.mt -n $d 80"
cap tt_two_ports 2 'two runs at once to two ports' "tcptraceroute.mt -n $d 80 >1 2>&1 & tcptraceroute.mt -n $d 81 >2 2>&1 & wait; cat 1 2"
cap tt_two_targets 2 'two runs at once to two targets' "tcptraceroute.mt -n $d 80 >1 2>&1 & tcptraceroute.mt -n 203.0.113.1 80 >2 2>&1 & wait; cat 1 2"
cap tt_two_same 2 'two runs at once to one port: source ports tell them apart' "tcptraceroute.mt -n $d 80 >1 2>&1 & tcptraceroute.mt -n $d 80 >2 2>&1 & wait; cat 1 2"
SEES=part ONLY='src host 192.0.2.1' cap tt_probes_only 1 'only the sent direction captured' "tcptraceroute.mt -n $d 80"
SEES=part ONLY='dst host 192.0.2.1' cap tt_replies_only 0 'only the received direction captured' "tcptraceroute.mt -n $d 80"
cap tt_web_at_once 1 'a trace while the same target serves ordinary transfers' \
    "tcptraceroute.mt -n $d 80 & for i in 1 2; do curl -s -o /dev/null http://$d/page; done; wait"

# ---- other places ---------------------------------------------------------------------------------------------------
SHIFT=3 AT=d ON=d-r3 cap at_target_tt 0 'at the target: only TTL 4 arrives, as 1' "tcptraceroute.mt -n $d 80"
SHIFT=3 SEES=more AT=d ON=d-r3 cap at_target_tr 1 'at the target: what the tool sent beyond the path arrives at many TTLs' "traceroute -T -n $d"
SHIFT=2 AT=r3 ON=r3-r2 cap at_r3_tt 1 'two routers later: TTL 1 is the third hop' "tcptraceroute.mt -n $d 80"
SHIFT=1 AT=r2 ON=r2-r1 cap at_r2_tr 1 'one router later' "traceroute -T -n $d"
AT=r1 ON=any cap any_r1_tt 1 'interface any at a router (SLL2): what it forwards is there twice, TTL one less' "tcptraceroute.mt -n $d 80"
AT=r1 ON=any DUMP='-y LINUX_SLL' cap any_r1_sll1 1 'the same with the older SLL header' "tcptraceroute.mt -n $d 80"
AT=r1 ON=any cap any_r1_tr 1 'interface any at a router' "traceroute -T -n $d"
SHIFT=1 AT=r2 ON=any cap any_r2_mtr 1 'interface any at the second router; connections are completed' "mtr -T -n -r -c 2 -i 0.3 $d"
AT=r1 ON=any cap any_r1_6 1 'interface any at a router, IPv6' "traceroute -6 -T -n $d6"
AT=s ON=any cap any_s_tt 1 'interface any at the source: each frame once' "tcptraceroute.mt -n $d 80"
AT2=r1 ON2=r1-s cap twice_s_r1 1 'both ends of one cable merged: each frame twice, TTL the same' "tcptraceroute.mt -n $d 80"
AT2=r2 ON2=r2-r1 cap twice_s_r2 1 'source and second router merged' "tcptraceroute.mt -n $d 80"
AT2=r1 ON2=r1-s cap twice_s_r1_tr 1 'both ends of one cable merged' "traceroute -T -n $d"

# ---- stars: lost probes in every position ---------------------------------------------------------------------------
stars() { for node in r1 r2 r3 d; do lose $node "$1"; done; }
vary stars x..
cap stars_first 1 'the first of three is lost at every hop' "tcptraceroute.mt -n -w 1 $d 80"
cap stars_first_tr 1 'the same' "traceroute -T -n -N 1 -w 1 $d"
vary unrule
vary stars .x.
cap stars_middle 1 'the second of three is lost at every hop' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary stars ..x
cap stars_last 1 'the third of three is lost at every hop' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary stars xx.
cap stars_first_two 1 'only the third of three is answered' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary stars x.x
cap stars_around 1 'only the second of three is answered' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary stars xx.x.
cap stars_q5 1 'five probes: lost, lost, answered, lost, answered' "tcptraceroute.mt -n -w 1 -q5 $d 80"
vary unrule
vary stars x
cap stars_all 1 'nobody answers' "tcptraceroute.mt -n -w 1 -m 3 -q2 $d 80"
vary unrule
vary lose r2 x
cap stars_hop2 1 'one hop drops all that ends there' "tcptraceroute.mt -n -w 1 $d 80"
cap stars_hop2_mtr 1 'the same: the kernel sends each SYN again' "mtr -T -n -r -c 3 -i 0.5 $d"
cap stars_hop2_scamper 1 'the same' 'scamper -O json -I "trace -P tcp -d 80 -w 1 203.0.113.9"'
cap stars_hop2_nmap 1 'the same' "nmap -n -Pn -sS -p80 --traceroute $d"
cap stars_hop2_lft 1 'the same' "lft -n -S $d:80"
SEES=part LATE=1.5 cap stars_hop2_late 1 'the capture starts within the second hop' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary lose d x. 'ip ttl 1 tcp dport 83'
cap stars_mark 1 'lost and admin-prohibited in turn at the target' "tcptraceroute.mt -n -w 1 -q4 $d 83"
vary unrule

# ---- silent routers and rate limits ---------------------------------------------------------------------------------
silent() { rule "$1" 'chain quiet { type filter hook output priority 0
    icmp type time-exceeded drop
    icmpv6 type time-exceeded drop
    }'; }
vary silent r2
cap silent_tt 1 'second router never answers' "tcptraceroute.mt -n -w 1 $d 80"
cap silent_tr 1 'the same' "traceroute -T -n -w 1 $d"
cap silent_mtr 1 'the same' "mtr -T -n -r -c 3 -i 0.5 $d"
cap silent_tr6 1 'the same, IPv6' "traceroute -6 -T -n -w 1 $d6"
TOOL=nping cap silent_nping 1 'the same, one probe a TTL' "for t in 1 2 3 4 5; do nping --tcp -p 80 --flags syn --ttl \$t -c 1 $d; done"
vary silent r1
vary silent r3
cap silent_all_tt 1 'no router answers, the target does' "tcptraceroute.mt -n -w 1 -q2 $d 80"
vary unrule
vary icmp_limits default
cap limit_tr_q10 1 'default ICMP rate limits of the kernel, ten probes a hop' "traceroute -T -n -q 10 -N 30 -w 1 $d"
SETTLE=1 cap limit_tr 1 'the same, default options' "traceroute -T -n -w 1 $d"
cap limit_tr6 1 'the same, IPv6' "traceroute -6 -T -n -q 10 -N 30 -w 1 $d6"
cap limit_mtr 1 'the same' "mtr -T -n -r -c 8 -i 0.3 $d"
cap limit_tt 1 'the same' "tcptraceroute.mt -n -w 1 -q10 $d 80"
vary icmp_limits off

# ---- answers that change within a hop -------------------------------------------------------------------------------
vary rule d 'chain turn { type filter hook input priority -1
    tcp dport 80 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 reject with tcp reset
    }'
cap state_changes 1 'open, closed, open' "tcptraceroute.mt -n $d 80"
cap state_changes_tr 1 'the same' "traceroute -T -n -N 1 -O info $d"
vary unrule
vary rule r3 'chain turn { type filter hook forward priority -1
    tcp dport 80 tcp flags & (syn | ack) == syn numgen inc mod 3 == 1 reject with icmp admin-prohibited
    }'
cap mark_changes 1 'target open, router before it prohibits, target open' "tcptraceroute.mt -n $d 80"
vary unrule
vary rule r3 'chain turn { type filter hook forward priority -1
    tcp dport 80 tcp flags & (syn | ack) == syn numgen inc mod 3 < 1 reject with icmp host-unreachable
    }'
vary lose d .x
SEES=more cap mark_star_state 1 'router before the target unreachable, then target open, then lost' "tcptraceroute.mt -n -w 1 -q6 $d 80"
vary unrule
vary n r3 ip route add 203.0.113.66/32 via 203.0.113.250
cap arp_fails 1 'no such host on the last link: the router gives up after three seconds and answers host-unreachable late' "tcptraceroute.mt -n -q2 -w 5 203.0.113.66 80"
vary n r3 ip route del 203.0.113.66/32
vary n r2 ip route add unreachable 203.0.113.100/32
vary n r2 ip route add prohibit 203.0.113.101/32
vary n r2 ip route add blackhole 203.0.113.102/32
cap route_unreachable 1 'a router has an unreachable route' "tcptraceroute.mt -n 203.0.113.100 80"
cap route_unreachable_tr 1 'the same' "traceroute -T -n -w 1 203.0.113.100"
cap route_prohibit_mtr 1 'a router has a prohibit route' "mtr -T -n -r -c 2 -i 0.3 203.0.113.101"
cap route_prohibit_scamper 1 'the same' 'scamper -O json -I "trace -P tcp -d 80 203.0.113.101"'
cap route_blackhole 1 'a router has a blackhole route' "tcptraceroute.mt -n -m 5 -w 1 -q2 203.0.113.102 80"
vary n r2 ip route del unreachable 203.0.113.100/32
vary n r2 ip route del prohibit 203.0.113.101/32
vary n r2 ip route del blackhole 203.0.113.102/32
vary n r2 ip link set r2-r3 mtu 1300
cap mtu_df 1 'fragmentation needed: !F' "tcptraceroute.mt -n -F -l 1400 $d 80"
cap mtu_fragments 1 'probes are cut into fragments behind the second router' "tcptraceroute.mt -n -l 1400 $d 80"
SEES=part SHIFT=2 AT=r3 ON=r3-r2 cap mtu_fragments_r3 1 'the same where probes come as fragments: the router answers the first before the second is there' "tcptraceroute.mt -n -l 1400 $d 80"
vary n r2 ip link set r2-r3 mtu 1500

# ---- NAT ------------------------------------------------------------------------------------------------------------
vary rule r1 'chain nat { type nat hook postrouting priority srcnat
    oifname "r1-r2*" masquerade
    }'
cap nat_s_tt 1 'masquerade on the first router, inner side: quotes are translated back' "tcptraceroute.mt -n $d 80"
SHIFT=1 AT=r2 ON=r2-r1 cap nat_far_tt 1 'outer side' "tcptraceroute.mt -n $d 80"
SHIFT=1 AT=r2 ON=r2-r1 cap nat_far_tr 1 'outer side' "traceroute -T -n $d"
AT=r1 ON=any cap nat_any_tt 1..2 'both sides in one capture: the second copy has another source' "tcptraceroute.mt -n $d 80"
cap nat_s_mtr 1 'inner side' "mtr -T -n -r -c 2 -i 0.3 $d"
vary unrule
vary rule r1 'chain nat { type nat hook postrouting priority srcnat
    oifname "r1-r2*" ip protocol tcp snat to 198.51.100.1:20000-20999 random
    }'
cap nat_ports_tt 1 'source NAT that changes the port, inner side' "tcptraceroute.mt -n $d 80"
SHIFT=1 AT=r2 ON=r2-r1 cap nat_ports_far 1 'outer side' "tcptraceroute.mt -n $d 80"
vary unrule
stateless_snat() {
    rule r1 'chain out { type filter hook postrouting priority 0
        oifname "r1-r2" ip saddr 192.0.2.1 ip saddr set 198.51.100.1
        }
    chain in { type filter hook prerouting priority -300
        iifname "r1-r2" ip daddr 198.51.100.1 ip daddr set 192.0.2.1
        }'
}
vary stateless_snat
SEES=more cap nat_noquote_tt 1 'a NAT that leaves the quote as it is: the tool sees no hop behind it' "tcptraceroute.mt -n -w 1 $d 80"
SEES=more cap nat_noquote_tr 1 'the same' "traceroute -T -n -w 1 $d"
SEES=more cap nat_noquote_mtr 1 'the same' "mtr -T -n -r -c 2 -i 0.3 $d"
SEES=more cap nat_noquote_scamper 1 'the same' 'scamper -O json -I "trace -P tcp -d 80 -w 1 203.0.113.9"'
vary unrule
vary rule r2 'chain nat { type nat hook prerouting priority dstnat
    tcp dport 8080 ip daddr 203.0.113.80 dnat ip to 203.0.113.9:80
    }'
cap dnat_tt 1 'DNAT on the second router: nothing shows before it' "tcptraceroute.mt -n --dnat 203.0.113.80 8080"
SEES=part SHIFT=1 AT=r2 ON=any cap dnat_any_r2 1..2 'DNAT within one capture: the second copy has another target and port' "tcptraceroute.mt -n 203.0.113.80 8080"
SEES=part SHIFT=2 AT=r3 ON=r3-r2 cap dnat_far 1 'behind the DNAT' "tcptraceroute.mt -n 203.0.113.80 8080"
vary unrule
stateless_dnat() {
    rule r2 'chain there { type filter hook prerouting priority -300
        iifname "r2-r1" ip daddr 203.0.113.80 ip daddr set 203.0.113.9
        }
    chain back { type filter hook postrouting priority 0
        oifname "r2-r1" ip protocol tcp ip saddr 203.0.113.9 ip saddr set 203.0.113.80
        }'
}
vary stateless_dnat
cap dnat_quote_tt 1 'a DNAT that leaves the quote as it is: quotes name another target' "tcptraceroute.mt -n --dnat 203.0.113.80 80"
SEES=more cap dnat_quote_strict 1 'the same; the tool is told to refuse it' "tcptraceroute.mt -n --no-dnat-strict -w 1 203.0.113.80 80"
SEES=more cap dnat_quote_tr 1 'the same' "traceroute -T -n -w 1 203.0.113.80"
vary unrule
vary rule r1 'chain nat { type nat hook prerouting priority dstnat
    iifname r1-s tcp dport 80 redirect to :8080
    }'
cap redirect_r1 0 'a transparent proxy at the first router answers for the target, here with RST: one TTL is all there is' "tcptraceroute.mt -n $d 80"
SEES=more cap redirect_r1_tr 1 'the same, with what the tool sends beyond' "traceroute -T -n $d"
vary unrule
vary rule r3 'chain raw { type filter hook prerouting priority -300
    tcp dport 80 tcp flags & (syn | ack) == syn notrack
    }
chain proxy { type filter hook forward priority 0
    tcp dport 80 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
    }'
vary n r3 sysctl -q -w net.netfilter.nf_conntrack_tcp_loose=0
cap synproxy_tt 1 'a SYN proxy before the target' "tcptraceroute.mt -n $d 80"
cap synproxy_tr 1 'the same' "traceroute -T -n -O info $d"
cap synproxy_mtr 1 'the same; connections are completed' "mtr -T -n -r -c 2 -i 0.3 $d"
vary unrule

# ---- middle boxes ---------------------------------------------------------------------------------------------------
vary rule r2 'chain id { type filter hook forward priority 0
    iifname "r2-r1" ip protocol tcp ip id set 0
    }'
SEES=more cap ipid_zeroed_tt 1 'a router zeroes the IP ID: the tool refuses the quotes behind it' "tcptraceroute.mt -n -w 1 $d 80"
cap ipid_zeroed_tr 1 'the same; ports tell' "traceroute -T -n $d"
vary unrule
vary rule r1 'chain mangle { type filter hook forward priority 0
    iifname "r1-s" ip dscp set cs1
    tcp flags & (syn | ack) == syn tcp option maxseg size set 1200
    }'
cap mangle_tr 1 'a router sets DSCP and MSS' "traceroute -T -n $d"
cap mangle_mtr 1 'the same' "mtr -T -n -r -c 2 -i 0.3 $d"
vary unrule
ttl_iptables() { n r2 iptables "$1" PREROUTING -t mangle -i r2-r1 -j TTL "${@:2}"; }
vary ttl_iptables -A --ttl-inc 1
cap ttl_hidden 1 'a router that does not count the TTL: it is not on the path' "tcptraceroute.mt -n $d 80"
vary ttl_iptables -D --ttl-inc 1
vary ttl_iptables -A --ttl-set 64
cap ttl_reset 1 'a box that sets the TTL to 64: the target answers right behind it' "tcptraceroute.mt -n $d 80"
cap ttl_reset_tr 1 'the same' "traceroute -T -n $d"
vary ttl_iptables -D --ttl-set 64
vary n r2 nft 'add table ip lab; add chain ip lab double { type filter hook prerouting priority -300; }; add rule ip lab double iifname r2-r1 ip ttl > 1 dup to 198.51.100.130 device r2-r3'
cap path_doubles 1 'the second router sends everything on twice: duplicate answers, which the tool takes for the next ones (negative RTT)' "tcptraceroute.mt -n $d 80"
cap path_doubles_tr 1 'the same' "traceroute -T -n $d"
vary unrule
vary n r3 sysctl -q -w net.ipv4.icmp_errors_use_inbound_ifaddr=1
vary n r2 sysctl -q -w net.ipv4.icmp_errors_use_inbound_ifaddr=1
vary ecmp_by_packet
cap inbound_address 1 'routers answer with the address of the interface the probe came in on, and two paths' "tcptraceroute.mt -n $d 80"
vary unrule
vary routes_of_r1
vary n r3 sysctl -q -w net.ipv4.icmp_errors_use_inbound_ifaddr=0
vary n r2 sysctl -q -w net.ipv4.icmp_errors_use_inbound_ifaddr=0

# ---- several paths --------------------------------------------------------------------------------------------------
vary ecmp_by_flow
cap ecmp_flow_tt 1 'two middle routers by flow; the flow stays, so does the router' "tcptraceroute.mt -n $d 80"
cap ecmp_flow_track_port 1 'the flow changes with every probe' "tcptraceroute.mt -n --track-port -q 6 $d 80"
cap ecmp_flow_tr 1 'the same' "traceroute -T -n -q 6 $d"
cap ecmp_flow_tr_sport 1 'the flow stays' "traceroute -T -n --sport=41000 -q 2 $d"
cap ecmp_flow_mtr 1 'the flow changes' "mtr -T -n -l -c 4 -i 0.3 $d"
cap ecmp_flow_tracelb 1 'multipath discovery by source ports' 'scamper -O json -I "tracelb -P tcp-sport -d 80 -W 15 203.0.113.9"'
cap ecmp_flow_tracelb_ack 1 'the same with ACK' 'scamper -O json -I "tracelb -P tcp-ack-sport -d 80 -W 15 203.0.113.9"'
cap ecmp_flow_lft_b 1 'target ports vary' "lft -b -n -S $d:80"
cap ecmp_flow_tr6 1 'IPv6, by ports' "traceroute -6 -T -n -q 6 $d6"
vary routes_of_r1
vary ecmp_by_flow 0
cap ecmp_label_scamper6 1 'IPv6, by addresses and flow label; the label changes with every probe' 'scamper -O json -I "trace -P tcp -d 80 -q 3 -Q 2001:db8:4::9"'
cap ecmp_label_mtr6 1 'the same' "mtr -6 -T -n -l -c 4 -i 0.3 $d6"
vary routes_of_r1
vary ecmp_by_packet ab
cap ecmp_packet_tt 1 'two middle routers in turn' "tcptraceroute.mt -n $d 80"
cap ecmp_packet_tr 1 'the same' "traceroute -T -n -N 1 $d"
vary unrule
vary routes_of_r1
vary ecmp_by_packet aab
cap ecmp_packet_aab 1 'A A B at the second hop' "tcptraceroute.mt -n $d 80"
vary unrule
vary routes_of_r1
vary ecmp_by_packet abb
cap ecmp_packet_abb 1 'A B B' "tcptraceroute.mt -n $d 80"
vary unrule
vary routes_of_r1
vary ecmp_by_packet aab
vary lose r2 .x
SEES=more cap ecmp_star_a_star_b 1 'A * B; the tool prints no name after a star, so B is not in its text' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary routes_of_r1
vary ecmp_by_packet aba
vary lose r2 x.
cap ecmp_star_b_a 1 '* B A' "tcptraceroute.mt -n -w 1 $d 80"
vary unrule
vary routes_of_r1
vary ecmp_by_packet abaa
vary lose r2 ..x
cap ecmp_star_q4 1 'A B A *' "tcptraceroute.mt -n -w 1 -q 4 $d 80"
vary unrule
vary routes_of_r1

# ---- targets that answer in special ways ----------------------------------------------------------------------------
no_rst() { rule s 'chain norst { type filter hook output priority 0
    tcp flags & rst == rst drop
    }'; }
vary no_rst
cap norst_tt 1 'the sender sends no RST: the target repeats its SYN/ACK' "tcptraceroute.mt -n -q 6 $d 80"
cap norst_tt_slow 1 'the same behind a silent start: repeats fall between the probes' "tcptraceroute.mt -n -f 3 -q 4 -w 1 -p 40777 $d 80"
cap norst_scamper 1 'the same' 'scamper -O json -I "trace -P tcp -d 80 -q 3 -Q 203.0.113.9"'
cap norst_sport_ack 1 'the same: new seq in a half-open connection makes challenge ACKs' "traceroute -T -n -f 3 -O info --sport=41000 -q 4 $d"
vary n d sysctl -q -w net.ipv4.tcp_syncookies=2
cap cookies_tt 1 'SYN cookies' "tcptraceroute.mt -n -q 6 $d 80"
cap cookies_sport 1 'the same' "traceroute -T -n -O info --sport=42000 -q 4 $d"
vary n d sysctl -q -w net.ipv4.tcp_syncookies=1
vary unrule
vary sleep 3

# ---- traceroute -T --------------------------------------------------------------------------------------------------
cap tr_open 1 'default' "traceroute -T -n -O info --back $d"
cap tr_closed 1 'closed port' "traceroute -T -n -p 81 -O info $d"
cap tr_drop 1 'target drops' "traceroute -T -n -p 82 -m 7 -w 1 $d"
cap tr_prohib_r3 1 'a router before the target answers admin-prohibited' "traceroute -T -n -p 85 $d"
cap tr_n1 1 'one probe at a time' "traceroute -T -n -N 1 $d"
cap tr_n30 1 'thirty at a time' "traceroute -T -n -N 30 $d"
cap tr_q10 1 'ten probes a hop' "traceroute -T -n -q 10 $d"
cap tr_ack 1 'ACK probes' "traceroute -T -n -O ack,info $d"
cap tr_fin 1 'FIN probes: an open port keeps quiet' "traceroute -T -n -O fin,info -w 1 -m 6 $d"
cap tr_fin_closed 1 'FIN probes to a closed port' "traceroute -T -n -O fin,info -p 81 $d"
cap tr_null 1 'no flags at all' "traceroute -T -n -O flags=0,info -p 81 $d"
cap tr_xmas 1 'FIN, PSH and URG' "traceroute -T -n -O flags=41,info -p 81 $d"
cap tr_ecn 1 'ECN SYN' "traceroute -T -n -O ecn,info $d"
cap tr_mss 1 'SYN with one option' "traceroute -T -n -O syn,mss=1000,info $d"
cap tr_f 1 'DF' "traceroute -T -n -F $d"
cap tr_sport 1 'source port given' "traceroute -T -n --sport=40000 $d"
cap tr_from3 1 'begins at TTL 3' "traceroute -T -n -f 3 $d"
cap tr_wait 1 'a pause between probes' "traceroute -T -n -z 0.05 -q 2 $d"
cap tr_6 1 'IPv6' "traceroute -6 -T -n -O info $d6"
cap tr_6_closed 1 'IPv6, closed port' "traceroute -6 -T -n -p 81 -O info $d6"
cap tr_6_prohib 1 'IPv6, admin-prohibited from the target' "traceroute -6 -T -n -p 83 $d6"
cap tr_6_prohib_r3 1 'IPv6, admin-prohibited from the router before it' "traceroute -6 -T -n -p 85 $d6"
cap tr_6_label 1 'IPv6, flow label and traffic class set' "traceroute -6 -T -n -l 12345 -t 32 $d6"
cap tr_tcpconn 1 'complete connections' "traceroute -M tcpconn -n $d"
cap tr_tcpconn_closed 1 'complete connections, closed port' "traceroute -M tcpconn -n -p 81 $d"
cap tr_twice 2 'two runs, two seconds apart' "traceroute -T -n -q 1 $d; sleep 2; traceroute -T -n -q 1 $d"
cap db_open 1 'the wrapper named tcptraceroute' "tcptraceroute.db -n $d 80"
TOOL='tcptraceroute+traceroute' cap two_tools 2 'two tools at once on one port' "tcptraceroute.mt -n $d 80 >1 2>&1 & traceroute -T -n -N 1 $d >2 2>&1 & wait; cat 1 2"
TOOL='mtr+tcptraceroute' cap two_tools_mtr 2 'two tools at once on one port' "mtr -T -n -r -c 2 -i 0.3 $d >1 2>&1 & sleep 0.4; tcptraceroute.mt -n $d 80 >2 2>&1 & wait; cat 1 2"

# ---- mtr ------------------------------------------------------------------------------------------------------------
cap mtr_open 1 'open port: connections are completed' "mtr -T -n -r -c 3 -i 0.3 $d"
cap mtr_closed 1 'closed port' "mtr -T -n -r -c 3 -i 0.3 -P 81 $d"
cap mtr_drop 1 'target drops: SYNs are sent again' "mtr -T -n -r -c 2 -i 0.5 -m 6 -P 82 $d"
cap mtr_prohib 1 'admin-prohibited from the target' "mtr -T -n -r -c 2 -i 0.3 -P 83 $d"
cap mtr_prohib_r3 1 'admin-prohibited from the router before it' "mtr -T -n -r -c 2 -i 0.3 -P 85 $d"
cap mtr_banner 1 'a server that speaks first: data within the connection' "mtr -T -n -r -c 3 -i 0.3 -P 22 $d"
cap mtr_raw 1 'raw output' "mtr -T -n -l -c 2 -i 0.3 $d"
cap mtr_json 1 'JSON output' "mtr -T -n -j -c 2 -i 0.3 $d"
cap mtr_csv 1 'CSV output' "mtr -T -n -C -c 2 -i 0.3 $d"
cap mtr_6 1 'IPv6' "mtr -6 -T -n -r -c 2 -i 0.3 $d6"
cap mtr_6_drop 1 'IPv6, target drops' "mtr -6 -T -n -r -c 2 -i 0.5 -m 6 -P 82 $d6"
cap mtr_rounds 1 'twenty rounds' "mtr -T -n -r -c 20 -i 0.1 $d"

# ---- nmap, nping ----------------------------------------------------------------------------------------------------
cap nmap_syn 1 'SYN' "nmap -n -Pn -sS -p80 --traceroute $d"
cap nmap_closed 1 'closed port' "nmap -n -Pn -sS -p81 --traceroute $d"
cap nmap_filtered 0 'filtered port: the tool traces with ICMP instead' "nmap -n -Pn -sS -p82 --traceroute $d"
cap nmap_ports 1 'several ports: one of them is traced' "nmap -n -Pn -sS -p20-25,80-84 --traceroute $d"
cap nmap_ping 1 'with host discovery' "nmap -n -PS80 -sS -p80 --traceroute $d"
cap nmap_pa 1 'host discovery by ACK' "nmap -n -PA80 -sn --traceroute $d"
cap nmap_ack 1 'ACK scan' "nmap -n -Pn -sA -p80 --traceroute $d"
cap nmap_targets 2 'three targets: shared hops are probed once, so the neighbour needs one TTL' "nmap -n -Pn -sS -p80 --traceroute $d 203.0.113.1 192.0.2.2"
cap nmap_6 1 'IPv6' "nmap -6 -n -Pn -sS -p80 --traceroute $d6"
cap nmap_6_closed 1 'IPv6, closed port' "nmap -6 -n -Pn -sS -p81 --traceroute $d6"
TOOL=nping cap nping_ttl 1 'one run for each TTL' "for t in 1 2 3 4 5; do nping --tcp -p 80 --flags syn --ttl \$t -c 1 $d; done"
TOOL=nping cap nping_ttl_closed 1 'the same, closed port, two probes each' "for t in 1 2 3 4; do nping --tcp -p 81 --flags syn --ttl \$t -c 2 --delay 100ms $d; done"
SEES=more TOOL=nping cap nping_ttl_6 1 'the same, IPv6; the tool reports no answer' \
    "for t in 1 2 3 4; do nping -6 --send-eth --source-mac 00:00:5e:00:53:11 --dest-mac 00:00:5e:00:53:12 -S 2001:db8:1::1 --tcp -p 80 --flags syn --hop-limit \$t -c 1 $d6; done"

# ---- scamper, hping3, lft -------------------------------------------------------------------------------------------
cap scamper_syn 1 'SYN' 'scamper -O json -I "trace -P tcp -d 80 203.0.113.9"'
cap scamper_text 1 'text output' 'scamper -I "trace -P tcp -d 80 203.0.113.9"'
cap scamper_ack 1 'ACK' 'scamper -O json -I "trace -P tcp-ack -d 80 203.0.113.9"'
cap scamper_closed 1 'closed port' 'scamper -O json -I "trace -P tcp -d 81 203.0.113.9"'
cap scamper_drop 1 'target drops: gap limit' 'scamper -O json -I "trace -P tcp -d 82 -w 1 -q 1 203.0.113.9"'
cap scamper_q3 1 'three probes a hop, all sent' 'scamper -O json -I "trace -P tcp -d 80 -q 3 -Q 203.0.113.9"'
cap scamper_6 1 'IPv6' 'scamper -O json -I "trace -P tcp -d 80 2001:db8:4::9"'
cap scamper_6_ack 1 'IPv6, ACK' 'scamper -O json -I "trace -P tcp-ack -d 80 2001:db8:4::9"'
cap scamper_targets 2 'two targets at once' 'scamper -O json -I "trace -P tcp -d 80 203.0.113.9" "trace -P tcp -d 80 203.0.113.1"'
cap scamper_tracelb 1 'multipath discovery where there is one path' 'scamper -O json -I "tracelb -P tcp-sport -d 80 -W 15 203.0.113.9"'
cap hping_trace 1 'the TTL goes up when an answer comes' "hping3 -n -S -p 80 --traceroute -i u200000 -c 8 $d"
cap hping_trace_ack 1 'ACK probes' "hping3 -n -A -p 80 --traceroute -i u200000 -c 8 $d"
cap hping_trace_closed 1 'closed port' "hping3 -n -S -p 81 --traceroute -i u200000 -c 8 $d"
cap hping_keep 1 'the source port stays, so the tool counts every answer from the first probe' "hping3 -n -S -k -s 5000 -p 80 --traceroute -i u200000 -c 8 $d"
cap lft_syn 1 'default' "lft -n -S $d:80"
cap lft_closed 1 'closed port' "lft -n -S $d:81"
cap lft_drop 1 'target drops' "lft -n -S $d:82"
cap lft_adaptive 1 'adaptive: FIN probes first' "lft -E -n -S $d:80"
cap lft_basic 1 'target ports vary' "lft -b -n -S $d:80"
cap lft_fin 1 'FIN probes' "lft -F -n -S $d:80"
cap lft_xml 1 'XML output' "lft -x -n -S $d:80"

# ---- links and tunnels ----------------------------------------------------------------------------------------------
vxlan() {
    n s ip link add s-vx type vxlan id 42 local 192.0.2.1 remote 192.0.2.2 dstport 4789
    n r1 ip link add r1-vx type vxlan id 42 local 192.0.2.2 remote 192.0.2.1 dstport 4789
    n s ip addr add 192.0.2.129/25 dev s-vx
    n s ip addr add 2001:db8:9::1/64 dev s-vx nodad
    n r1 ip addr add 192.0.2.130/25 dev r1-vx
    n r1 ip addr add 2001:db8:9::2/64 dev r1-vx nodad
    n s ip link set s-vx up
    n r1 ip link set r1-vx up
    n s ip route replace default via 192.0.2.130 dev s-vx
    n s ip route replace 2001:db8::/32 via 2001:db8:9::2 dev s-vx
    tunnel_pids=""
}
route6_back() {
    n r2 ip route replace 2001:db8:9::/64 via 2001:db8:2::1
}
vary vxlan
vary route6_back
cap vxlan_tt 1 'VXLAN between source and first router, seen from outside' "tcptraceroute.mt -n $d 80"
cap vxlan_tr 1 'the same' "traceroute -T -n $d"
cap vxlan_tr6 1 'the same, IPv6 within' "traceroute -6 -T -n $d6"
cap vxlan_mtr 1 'the same' "mtr -T -n -r -c 2 -i 0.3 $d"
AT=s ON=any cap vxlan_any_s 1 'every packet bare and in VXLAN' "tcptraceroute.mt -n $d 80"
vary tunnel_end
vary n r2 ip route del 2001:db8:9::/64
vary tunnel gre 192.0.2.129/25 192.0.2.130/25
cap gre_tt 1 'GRE to the second router, seen from outside: the router between does not count' "tcptraceroute.mt -n $d 80"
cap gre_tr 1 'the same' "traceroute -T -n $d"
cap gre_mtr 1 'the same' "mtr -T -n -r -c 2 -i 0.3 $d"
AT=s ON=tun-gre cap gre_inside 1 'within the tunnel: raw IP link type' "tcptraceroute.mt -n $d 80"
AT=s ON=any cap gre_any 1 'every packet bare and in GRE' "tcptraceroute.mt -n $d 80"
vary tunnel_end
vary tunnel ipip 192.0.2.129/25 192.0.2.130/25
cap ipip_tt 1 'IP in IP' "tcptraceroute.mt -n $d 80"
cap ipip_mtr 1 'the same' "mtr -T -n -r -c 2 -i 0.3 $d"
vary tunnel_end
vary tunnel ipip 192.0.2.129/25 192.0.2.130/25 --delay 250
cap slow_tt 1 'every answer takes 250 ms' "tcptraceroute.mt -n -q 2 $d 80"
cap slow_tr 1 'the same' "traceroute -T -n $d"
cap slow_mtr 1 'the same, several rounds in the air' "mtr -T -n -r -c 6 -i 0.1 $d"
vary tunnel_end
vary tunnel ipip 192.0.2.129/25 192.0.2.130/25 --delay 1400
SEES=more SETTLE=2 cap late_tt 1 'every answer takes 1.4 s and the tool waits one: answers come when the next probe is out' "tcptraceroute.mt -n -q 2 -w 1 -m 6 $d 80"
SEES=more SETTLE=2 cap late_tr 1 'the same' "traceroute -T -n -q 2 -w 1 -m 6 $d"
SETTLE=2 cap late_mtr 1 'the same: SYNs are sent again before the answer comes' "mtr -T -n -r -c 2 -i 0.5 $d"
vary tunnel_end
vary tunnel sit 2001:db8:9::1/64 2001:db8:9::2/64
vary n r3 ip route replace 2001:db8:9::/64 via 2001:db8:3::1
cap sit_tr6 1 'IPv6 in IPv4' "traceroute -6 -T -n $d6"
cap sit_mtr6 1 'the same' "mtr -6 -T -n -r -c 2 -i 0.3 $d6"
vary tunnel_end
vary tunnel vlan 192.0.2.129/25 192.0.2.130/25
cap vlan_tt 1 '802.1Q' "tcptraceroute.mt -n $d 80"
cap vlan_tr 1 'the same' "traceroute -T -n $d"
AT=s ON=any cap vlan_any 1 'every packet bare and tagged' "tcptraceroute.mt -n $d 80"
vary tunnel_end
vary tunnel qinq 192.0.2.129/25 192.0.2.130/25
cap qinq_tt 1 'two tags' "tcptraceroute.mt -n $d 80"
vary tunnel_end

# ---- a routing loop -------------------------------------------------------------------------------------------------
vary n r2 ip route add 203.0.113.77/32 via 198.51.100.130
vary n r3 ip route add 203.0.113.77/32 via 198.51.100.129
cap loop_tt 1 'two routers send the packet to and fro' "tcptraceroute.mt -n -m 9 203.0.113.77 80"
SHIFT=1 AT=r2 ON=r2-r3 SEES=part cap loop_link_tt 1 'the same within the loop: each probe passes with several TTLs' "tcptraceroute.mt -n -q 1 -m 9 203.0.113.77 80"
cap loop_tr 1 'the same' "traceroute -T -n -m 9 203.0.113.77"
TOOL=connect cap none_loop_connect 0 'ordinary connect into the loop: the quote names an ordinary SYN' "connect.py 203.0.113.77 80"
TOOL=curl cap none_loop_curl 0 'the same by curl' "curl -s -m 4 http://203.0.113.77/"
TOOL=connect AT=r2 ON=r2-r3 cap none_loop_link 0 'ordinary connects seen within the loop: each SYN sixty times with falling TTL' "connect.py --seconds 2 --count 2 203.0.113.77 80"
TOOL=connect AT=r2 ON=any cap none_loop_any 0 'the same on all interfaces of a router in the loop' "connect.py --seconds 1 203.0.113.77 80"
vary n r2 ip route del 203.0.113.77/32
vary n r3 ip route del 203.0.113.77/32

# ---- no trace at all ------------------------------------------------------------------------------------------------
cap none_tr_udp 0 'UDP traceroute' "traceroute -n $d"
cap none_tr_icmp 0 'ICMP traceroute' "traceroute -I -n $d"
cap none_tr_udp6 0 'UDP traceroute, IPv6' "traceroute -6 -n $d6"
cap none_mtr_icmp 0 'mtr with ICMP' "mtr -n -r -c 2 -i 0.3 $d"
cap none_mtr_udp 0 'mtr with UDP' "mtr -u -n -r -c 2 -i 0.3 $d"
cap none_dublin 0 'UDP' "dublin-traceroute -n 3 -T 5 $d"
cap none_scamper_udp 0 'UDP' 'scamper -O json -I "trace -P udp-paris 203.0.113.9"'
cap none_scan 0 'port scan' "nmap -n -Pn -sS -p1-100 $d"
cap none_scan_ttl5 0 'port scan with a low TTL that is enough' "nmap -n -Pn -sS -p1-100 --ttl 5 $d"
cap none_scan_ttl2 0 'port scan with a TTL that is not enough: every SYN is quoted, all at one TTL' "nmap -n -Pn -sS -p1-50 --ttl 2 --max-retries 1 $d"
cap none_flood 0 'SYN flood with low TTL and random sources' "hping3 -S -p 80 -i u100 --rand-source -t 5 -c 250 $d" # --flood heeds no -c
cap none_flood_ttl2 0 'the same, expiring on the way' "hping3 -S -p 80 -i u2000 --rand-source -t 2 -c 200 $d"
cap none_ping_syn 0 'SYN ping with low TTL' "hping3 -n -S -p 80 -t 6 -i u100000 -c 5 $d"
cap none_web 0 'web transfer' "curl -s -o /dev/null -w '%{http_code}\\n' http://$d/page"
cap none_web6 0 'web transfer, IPv6' "curl -s -o /dev/null -w '%{http_code}\\n' http://[$d6]/page"
vary n s sysctl -q -w net.ipv4.ip_default_ttl=4
cap none_web_ttl4 0 'web transfer by a host whose TTL is just enough' "for i in 1 2 3; do curl -s -o /dev/null -w '%{http_code}\\n' http://$d/page; done"
vary n s sysctl -q -w net.ipv4.ip_default_ttl=3
cap none_web_ttl3 0 'a host whose TTL is not enough: its SYNs are quoted, all at one TTL' "curl -s -m 4 http://$d/page"
vary n s sysctl -q -w net.ipv4.ip_default_ttl=64
vary n d sysctl -q -w net.ipv4.ip_default_ttl=4
cap none_server_ttl4 0 'the server has the low TTL' "curl -s -o /dev/null -w '%{http_code}\\n' http://$d/page"
vary n d sysctl -q -w net.ipv4.ip_default_ttl=3
cap none_server_ttl3 0 'the server has a TTL that is not enough' "curl -s -m 4 http://$d/page"
vary n d sysctl -q -w net.ipv4.ip_default_ttl=64
bgp_speaker() { start r1 connect.py --listen --ttl 1 --seconds 20 192.0.2.2 179; wait_for_line "$work/r1.log" ready; }
vary bgp_speaker
TOOL=connect cap none_bgp 0 'a routing session between neighbours with TTL 1' "connect.py --ttl 1 --send k --seconds 4 192.0.2.2 179"
TOOL=connect cap none_bgp_far 0 'the same to a peer that is not a neighbour: SYNs are quoted, all at TTL 1' "connect.py --ttl 1 --seconds 4 198.51.100.2 179"
TOOL=connect cap none_bgp_refused 0 'the same to a neighbour that refuses' "connect.py --ttl 1 --count 3 192.0.2.2 178"
TOOL=connect cap none_loss 0 'ordinary connects that are dropped: SYNs are sent again' "connect.py --seconds 4 $d 82"

# ---- kept from an earlier lab: 10.0.N.x and fd00:N::, the same chain, tools and versions ----------------------------
. "$here/given.sh"
