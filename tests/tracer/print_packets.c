/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * print_packets FILE...: what parse_packet() makes of every packet of these pcap files, one line each: a number from 1
 * over all files, then `-` or values between tabs. check_parse.py compares them with tshark's.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "parse.h"
#include "pcap_file.h"

static void
print_address(uint8_t family, const ttr_address_t *address)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(family == TTR_FAMILY_IPV4 ? AF_INET : AF_INET6, address->bytes, text, sizeof text);
    printf("\t%s", text);
}

static void
print_tcp(const ttr_tcp_t *tcp)
{
    printf("\ttcp\t%u\t%u\t%u\t%u\t%u\t%u\t%u", tcp->sport, tcp->dport, tcp->seq, tcp->ack, tcp->flags, tcp->window,
           tcp->payload);
}

static void
print_icmp(const ttr_icmp_t *icmp)
{
    const ttr_quote_t *quote = &icmp->quote;

    printf("\ticmp\t%u\t%u\t%u\t%u\t%u\t%u\t%u", icmp->type, icmp->code, quote->sport, quote->dport,
           quote->has_seq ? quote->seq : 0, quote->ttl, quote->ip_id);
    print_address(quote->family, &quote->source);
    print_address(quote->family, &quote->target);
}

static void
print_packet(const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;

    printf("%u", ip->family);
    print_address(ip->family, &ip->source);
    print_address(ip->family, &ip->target);
    printf("\t%u\t%u\t%u\t%u\t%u\t%u", ip->ttl, ip->tos, ip->id, ip->dont_fragment, ip->flow_label, ip->length);
    if (observation->what == TTR_OBSERVED_TCP)
        print_tcp(&observation->tcp);
    else
        print_icmp(&observation->icmp);
}

int
main(int argc, char **argv)
{
    unsigned number = 0;

    for (int i = 1; i < argc; i++) {
        pcap_file_t file;

        if (!pcap_file_open(&file, argv[i])) {
            fprintf(stderr, "%s: no pcap file\n", argv[i]);
            return 1;
        }
        while (pcap_file_read(&file)) {
            ttr_observation_t observation = {0};

            printf("%u\t", ++number);
            if (parse_packet(file.link_type, file.data, file.captured, &observation))
                print_packet(&observation);
            else
                printf("-");
            printf("\n");
        }
        pcap_file_close(&file);
    }
    return 0;
}
