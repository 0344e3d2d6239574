/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TARGET "Target"
#define PROBING "Probing"
#define PACKET "Packet"
#define NAMES "Names"
#define AT(member) offsetof(options_t, member)

/* All TTLs are in flight before the first answer, and without one the dissector takes four in a row for a trace, of
 * those that may begin one: 32 is the highest of these unless a preference says otherwise. */
enum { FIRST_TTL_MAX = 29 };

const options_row_t options_table[] = {
    {.name = "target", .type = OPTIONS_TYPE_STRING, .offset = AT(target), .group = TARGET, .display = "Target",
     .help = "Host name or address to trace the path to; several are separated by commas or blanks",
     .standard = "", .validation = "^[^\"'<>]+$", .placeholder = "host or address", .is_required = true},
    {.name = "target-file", .type = OPTIONS_TYPE_FILE, .offset = AT(target_file), .group = TARGET,
     .display = "File of targets", .help = "Text file of further targets, one a line; what follows a # is left out. With it "
     "--target is not needed", .standard = ""},
    {.name = "all-addresses", .type = OPTIONS_TYPE_BOOLEAN, .offset = AT(all_addresses), .group = TARGET,
     .display = "All addresses", .help = "Trace to every address of a host name, not only to the one that is to be "
     "preferred", .standard = "false"},
    {.name = "port", .type = OPTIONS_TYPE_INTEGER, .offset = AT(port), .group = TARGET, .display = "Port",
     .help = "TCP port of the target; take one that firewalls let through", .standard = "80", .min = 1, .max = 65535},
    {.name = "family", .type = OPTIONS_TYPE_CHOICE, .offset = AT(family), .group = TARGET, .display = "IP version",
     .help = "Which addresses of a host name to take", .standard = "any",
     .choices = {{"any", "Either"}, {"4", "IPv4"}, {"6", "IPv6"}}},

    {.name = "first-ttl", .type = OPTIONS_TYPE_INTEGER, .offset = AT(first_ttl), .group = PROBING,
     .display = "First TTL", .help = "TTL or hop limit of the first hop; what begins higher would not be recognised "
     "as a trace", .standard = "1", .min = 1, .max = FIRST_TTL_MAX},
    {.name = "last-ttl", .type = OPTIONS_TYPE_INTEGER, .offset = AT(last_ttl), .group = PROBING,
     .display = "Last TTL", .help = "Highest TTL or hop limit; not below the first", .standard = "30", .min = 1,
     .max = 255},
    {.name = "probes", .type = OPTIONS_TYPE_INTEGER, .offset = AT(probes), .group = PROBING,
     .display = "Probes per hop", .help = "Probes for each hop in one round; routers with default limits answer 6 "
     "at once and then one a second, so that more than 6 take that much longer", .standard = "3", .min = 1, .max = 100},
    {.name = "rounds", .type = OPTIONS_TYPE_INTEGER, .offset = AT(rounds), .group = PROBING, .display = "Rounds",
     .help = "How many times to trace the path; 0 goes on until stopped", .standard = "1", .min = 0, .max = 1000000},
    {.name = "interval", .type = OPTIONS_TYPE_DECIMAL, .offset = AT(interval_s), .group = PROBING,
     .display = "Interval (s)", .help = "Seconds from the start of a round to the start of the next; a round that is "
     "still waiting for answers is not cut short", .standard = "1", .min = 0.1, .max = 86400},
    {.name = "mode", .type = OPTIONS_TYPE_CHOICE, .offset = AT(mode), .group = PROBING, .display = "Mode",
     .help = "Fixed flow keeps one source port for routers, so that they are found on one way through load balancers; "
     "classic takes a new source port for each probe; multipath varies it until all ways are known, in one round", .standard = "fixed",
     .choices = {{"fixed", "Fixed flow"}, {"classic", "Classic"}, {"multipath", "Multipath"}}},
    {.name = "timeout", .type = OPTIONS_TYPE_INTEGER, .offset = AT(timeout_ms), .group = PROBING,
     .display = "Time-out (ms)", .help = "Longest wait for an answer in milliseconds; less is waited where the hop, "
     "or one behind it, has answered", .standard = "1000", .min = 50, .max = 10000},
    {.name = "gap", .type = OPTIONS_TYPE_DECIMAL, .offset = AT(gap_ms), .group = PROBING,
     .display = "Pacing (ms)", .help = "Milliseconds between two probes; in any second no more than 1000 go out all the same",
     .standard = "0.2", .min = 0, .max = 60000},
    {.name = "gap-limit", .type = OPTIONS_TYPE_INTEGER, .offset = AT(gap_limit), .group = PROBING,
     .display = "Gap limit", .help = "How many hops to probe behind the last one that answered", .standard = "8",
     .min = 1, .max = 255},

    {.name = "packet", .type = OPTIONS_TYPE_CHOICE, .offset = AT(packet), .group = PACKET, .display = "Probe",
     .help = "What to send: SYN as for a new connection, ACK as of one that exists, SYN that asks for ECN",
     .standard = "syn", .choices = {{"syn", "SYN"}, {"ack", "ACK"}, {"ecn", "SYN with ECN"}}},
    {.name = "source", .type = OPTIONS_TYPE_STRING, .offset = AT(source), .group = PACKET,
     .display = "Source address", .help = "Address of this host to send from; empty: what the routing table says",
     .standard = "", .validation = "^[0-9A-Fa-f.:]*$", .placeholder = "automatic"},
    {.name = "device", .type = OPTIONS_TYPE_DEVICE, .offset = AT(device), .group = PACKET, .display = "Device",
     .help = "Network device to send and capture on, and no other; auto: what the routing table says, and answers are "
     "looked for on all; any: capture on the pseudo-device of all", .standard = "auto"},
    {.name = "source-port", .type = OPTIONS_TYPE_INTEGER, .offset = AT(source_port), .group = PACKET,
     .display = "Source port", .help = "TCP port to send from, 1024 or above, the first one where several are used; 0 or "
     "automatic: a free one",
     .standard = "0", .min = 0, .max = 65535, .placeholder = OPTIONS_AUTOMATIC, .is_automatic = true},
    {.name = "dscp", .type = OPTIONS_TYPE_INTEGER, .offset = AT(dscp), .group = PACKET, .display = "DSCP",
     .help = "Differentiated services code point of the probes", .standard = "0", .min = 0, .max = 63},
    {.name = "ecn", .type = OPTIONS_TYPE_CHOICE, .offset = AT(ecn), .group = PACKET, .display = "ECN",
     .help = "What becomes of ECN on the way: send probes with ECT(0), ECT(1) or neither, and SYN probes that ask the target "
     "how they arrive (AccECN, RFC 9768)", .standard = "off",
     .choices = {{"off", "Off"}, {"not-ect", "AccECN, Not-ECT"}, {"ect0", "AccECN, ECT(0)"}, {"ect1", "AccECN, ECT(1)"}}},
    {.name = "dont-fragment", .type = OPTIONS_TYPE_BOOLEAN, .offset = AT(dont_fragment), .group = PACKET,
     .display = "Don't fragment", .help = "Set the DF bit of IPv4 probes", .standard = "true"},
    {.name = "length", .type = OPTIONS_TYPE_INTEGER, .offset = AT(length), .group = PACKET,
     .display = "Packet length", .help = "Length of the whole IP packet in bytes, no less than its headers; 0 or "
     "automatic: headers alone", .standard = "0",
     .min = 0, .max = 1500, .placeholder = OPTIONS_AUTOMATIC, .is_automatic = true},
    {.name = "tcp-options", .type = OPTIONS_TYPE_CHOICE, .offset = AT(tcp_options), .group = PACKET,
     .display = "TCP options", .help = "Options of SYN probes: those of a Linux system, the maximum segment size "
     "alone, or none", .standard = "system",
     .choices = {{"system", "As the system's own"}, {"mss", "MSS alone"}, {"none", "None"}}},

    {.name = "names", .type = OPTIONS_TYPE_BOOLEAN, .offset = AT(names), .group = NAMES,
     .display = "Look up names of hops", .help = "Ask the DNS for the names of the hops and write them to the capture",
     .standard = "false"},
};

const size_t options_table_size = G_N_ELEMENTS(options_table);

const options_row_t *
options_table_find(const char *name, size_t length)
{
    for (size_t i = 0; i < options_table_size; i++) {
        if (strlen(options_table[i].name) == length && strncmp(options_table[i].name, name, length) == 0)
            return &options_table[i];
    }
    return NULL;
}

/* "--port: 'x' is not …", the choices or the range behind it. */
static char *
describe(const options_row_t *row, const char *text)
{
    GString *said = g_string_new(NULL);
    char *shown = g_strescape(text, NULL);

    g_string_printf(said, "--%s: '%.100s' is not ", row->name, shown);
    switch (row->type) {
    case OPTIONS_TYPE_INTEGER:
        g_string_append_printf(said, "a whole number from %.0f to %.0f%s", row->min, row->max,
                               row->is_automatic ? ", or " OPTIONS_AUTOMATIC : "");
        break;
    case OPTIONS_TYPE_DECIMAL:
        g_string_append_printf(said, "a number from %.10g to %.10g", row->min, row->max);
        break;
    case OPTIONS_TYPE_BOOLEAN:
        g_string_append(said, "true or false");
        break;
    case OPTIONS_TYPE_CHOICE:
        g_string_append(said, "one of");
        for (const options_choice_t *choice = row->choices; choice->value != NULL; choice++)
            g_string_append_printf(said, "%s %s", choice == row->choices ? "" : ",", choice->value);
        break;
    case OPTIONS_TYPE_STRING:
    case OPTIONS_TYPE_FILE:
    case OPTIONS_TYPE_DEVICE:
        g_string_append(said, "a text of at most 4096 bytes");
        break;
    }
    g_free(shown);
    return g_string_free(said, FALSE);
}

static bool
read_number(const options_row_t *row, const char *text, double *number)
{
    char *end;

    *number = g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number) && *number >= row->min && *number <= row->max;
}

static bool
set_choice(const options_row_t *row, int *value, const char *text)
{
    for (int i = 0; row->choices[i].value != NULL; i++) {
        if (g_ascii_strcasecmp(row->choices[i].value, text) == 0) {
            *value = i;
            return true;
        }
    }
    return false;
}

static bool
set_boolean(bool *value, const char *text)
{
    bool is_true = g_ascii_strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;

    if (!is_true && g_ascii_strcasecmp(text, "false") != 0 && strcmp(text, "0") != 0)
        return false;
    *value = is_true;
    return true;
}

static bool
set(const options_row_t *row, void *value, const char *text)
{
    double number;

    switch (row->type) {
    case OPTIONS_TYPE_INTEGER:
        if (row->is_automatic && strcmp(text, OPTIONS_AUTOMATIC) == 0)
            text = "0";
        if (!read_number(row, text, &number) || number != floor(number))
            return false;
        *(int *)value = (int)number;
        return true;
    case OPTIONS_TYPE_DECIMAL:
        if (!read_number(row, text, &number))
            return false;
        *(double *)value = number;
        return true;
    case OPTIONS_TYPE_BOOLEAN:
        return set_boolean(value, text);
    case OPTIONS_TYPE_CHOICE:
        return set_choice(row, value, text);
    case OPTIONS_TYPE_STRING:
    case OPTIONS_TYPE_FILE:
    case OPTIONS_TYPE_DEVICE:
        if (strlen(text) > 4096)
            return false;
        g_free(*(char **)value);
        *(char **)value = g_strdup(text);
        return true;
    }
    return false;
}

bool
options_table_set(const options_row_t *row, options_t *options, const char *text, char **error)
{
    if (set(row, (char *)options + row->offset, text))
        return true;
    *error = describe(row, text);
    return false;
}
