# SPDX-License-Identifier: GPL-2.0-or-later
#
# The captures of an earlier lab, kept as they were made; rows of the table only.

given cookie_sport traceroute 'TTL 4 only, one source port, SYN cookies' 1
given hping hping3 'stops at the second hop: the tool waits for names' 1
given hping_n hping3 'the TTL goes up when an answer comes' 1
given lft lft 'default' 1
given lft_E lft 'adaptive: FIN probes first' 1
given lft_b lft 'target ports vary' 1
given mtr_T6 mtr 'IPv6' 1
given mtr_T_closed mtr 'closed port' 1
given mtr_T_csv mtr 'CSV output' 1
given mtr_T_drop mtr 'target drops: SYNs are sent again' 1
given mtr_T_json mtr 'JSON output' 1
given mtr_T_open mtr 'open port: connections are completed' 1
given mtr_T_raw mtr 'raw output' 1
given nmap_tr nmap 'SYN' 1
given nmap_tr6 nmap 'IPv6' 1
given norst_sport traceroute 'TTL 4 only, one source port, no RST from the sender: challenge ACKs' 1
given norst_tcptr tcptraceroute 'TTL 4 only, no RST from the sender: SYN/ACK sent again' 1
given ratelimit traceroute 'TTL 1 only, ICMP rate limit' 1
given scamper_tcp scamper 'SYN' 1
given scamper_tcp6 scamper 'IPv6' 1
given scamper_tcpack scamper 'ACK' 1
given tcptr_ack tcptraceroute 'ACK probes' 1
given tcptr_closed tcptraceroute 'closed port' 1
given tcptr_drop tcptraceroute 'target drops: never reached' 1
given tcptr_ecn tcptraceroute 'ECN SYN of 100 bytes' 1
given tcptr_open tcptraceroute 'open port' 1
given tcptr_port tcptraceroute 'new source port for each probe' 1
given tcptr_prohib tcptraceroute 'admin-prohibited from the target' 1
given tr_T6 traceroute 'IPv6' 1
given tr_T_F traceroute 'DF' 1
given tr_T_closed traceroute 'closed port' 1
given tr_T_drop traceroute 'target drops' 1
given tr_T_open traceroute 'open port' 1
given tr_T_prohib traceroute 'admin-prohibited from the target' 1
given tr_T_sport traceroute 'source port given' 1
given tr_udp traceroute 'UDP' 0
