/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Values in a description that are more than a number: addresses, prefixes, labels, words. Pure.
 * Each returns false and sets an error that quotes the value when it has no meaning.
 */
#ifndef SIM_VALUE_H
#define SIM_VALUE_H

#include "sim_description.h"

/* "198.51.100.1;2001:db8::1": at most one of each family; what is not named is left alone. */
bool sim_value_addresses(const char *text, sim_address_t *ipv4, sim_address_t *ipv6, GError **error);

/* "203.0.113.0/24;2001:db8:3::/48"; an address alone is a prefix of its full length. At least one. */
bool sim_value_prefixes(const char *text, GArray *prefixes, GError **error);

/* "24001;17,5,254": label[,traffic class[,TTL]], outermost first. */
bool sim_value_labels(const char *text, GArray *labels, GError **error);

/* "80;443". */
bool sim_value_ports(const char *text, GArray *ports, GError **error);

/* "net", "host", "protocol", "port", "admin-net", "admin-host", "admin". */
bool sim_value_unreachable(const char *text, sim_unreachable_t *unreachable, GError **error);

/* "syn-ack", "syn-ack-once", "linux", "rst", "silent", "unreachable" (port), "unreachable-WORD". */
bool sim_value_answer(const char *text, sim_answer_t *answer, GError **error);

/* "linux", "none", or BURST/PER_SECOND: into burst and both rates. */
bool sim_value_rate_limit(const char *text, sim_router_t *router, GError **error);

/* A whole number of decimal digits between `low` and `high`. */
bool sim_value_number(const char *text, int64_t low, int64_t high, int64_t *number, GError **error);

#endif
