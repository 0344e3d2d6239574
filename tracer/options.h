/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the user can ask for: one table (options_table.c) serves the parser, --extcap-config, --help and the man page.
 * Pure: knows text and numbers only.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#define OPTIONS_TARGETS_MAX 64
#define OPTIONS_INTERFACE "tcptraceroute"
#define OPTIONS_OUTPUT "paths"          /* where none is named */
#define OPTIONS_LIVE_OUTPUT "report"    /* the same behind a table */

typedef enum {
    OPTIONS_FAMILY_ANY,
    OPTIONS_FAMILY_IPV4,
    OPTIONS_FAMILY_IPV6
} options_family_t;

typedef enum {
    OPTIONS_MODE_FIXED,         /* one source port: one way through load balancers */
    OPTIONS_MODE_CLASSIC,       /* a new source port for each probe */
    OPTIONS_MODE_MULTIPATH      /* source ports are varied until all ways are known */
} options_mode_t;

typedef enum {
    OPTIONS_PACKET_SYN,
    OPTIONS_PACKET_ACK,
    OPTIONS_PACKET_ECN          /* SYN that asks for ECN (RFC 3168 section 6.1.1) */
} options_packet_t;

/* What --ecn asks: the codepoint of all probes, and SYNs that ask how they arrive. */
typedef enum {
    OPTIONS_ECN_OFF,
    OPTIONS_ECN_NOT_ECT,        /* ask, and leave the codepoint 0 */
    OPTIONS_ECN_ECT_0,
    OPTIONS_ECN_ECT_1
} options_ecn_t;

typedef enum {
    OPTIONS_TCP_SYSTEM,         /* as Linux sends them: MSS, SACK permitted, time stamps, window scale */
    OPTIONS_TCP_MSS,
    OPTIONS_TCP_NONE
} options_tcp_t;

/* What the program was called for. */
typedef enum {
    OPTIONS_ACTION_HELP,
    OPTIONS_ACTION_VERSION,
    OPTIONS_ACTION_INTERFACES,
    OPTIONS_ACTION_DLTS,
    OPTIONS_ACTION_CONFIG,
    OPTIONS_ACTION_RELOAD,      /* the values of one option once more */
    OPTIONS_ACTION_FILTER,      /* is this capture filter valid? */
    OPTIONS_ACTION_CAPTURE,
    OPTIONS_ACTION_TERMINAL,    /* trace, and print the path */
    OPTIONS_ACTION_CLEANUP,     /* nothing to do */
    OPTIONS_ACTION_READ,        /* capture files, into texts */
    OPTIONS_ACTION_WRONG        /* called from a terminal, and ->error says what is wrong */
} options_action_t;

/* Strings are owned and never NULL. Units as in the table. */
typedef struct options {
    char *target;
    char *target_file;          /* of further targets, one a line; "": none */
    bool all_addresses;         /* every address of a name */
    int port;
    int family;                 /* options_family_t */
    int first_ttl;
    int last_ttl;
    int probes;                 /* per hop */
    int rounds;                 /* 0: until stopped */
    double interval_s;
    int mode;                   /* options_mode_t */
    int timeout_ms;
    double gap_ms;              /* between two probes */
    int gap_limit;              /* silent hops */
    int packet;                 /* options_packet_t */
    char *source;
    char *device;
    int source_port;            /* 0: a free one */
    int dscp;
    int ecn;                    /* options_ecn_t */
    bool dont_fragment;
    int length;                 /* of the IP packet, bytes; 0: no payload */
    int tcp_options;            /* options_tcp_t */
    bool names;

    /* How Wireshark called. */
    options_action_t action;
    bool is_capture;
    char *interface;
    char *fifo;
    char *control_in;
    char *control_out;
    char *reload;
    char *filter;

    /* What --read shall do, and a trace in a terminal. */
    GPtrArray *files;           /* owned: char *, owned; - is standard input */
    const char *output;         /* static: the name of an output; "": none was named */
    bool is_terminal;           /* something was said that is of use in a terminal alone */
    bool is_live;               /* a table that is redrawn */
    int words;                  /* how many of HOST PORT there were */

    char *error;                /* owned: the first mistake of the user; NULL: none */
} options_t;

/* Reads the command line. Never fails: what is wrong stands in ->error, because Wireshark shows it only once the
 * output is open. Where an option of the protocol says that Wireshark calls, what is not known is ignored, as extcap
 * demands; else it is an error. The caller frees it with options_free(). */
options_t *options_new(int argc, char *const argv[]);
void options_free(options_t *options);

/* The targets in such a text, one string each, without blanks; nor what follows a # in its line. The caller frees them with g_strfreev(). */
char **options_targets(const char *text);

/* Is this command line about reading files: does it say --read? */
bool options_read_is_asked(int argc, char *const argv[]);

/* Reads such a command line: fills ->files, ->output, ->action, ->error. */
void options_read(options_t *options, int argc, char *const argv[]);

/* Takes the name of an output, --json. False when the argument is none. */
bool options_read_take_output(options_t *options, const char *argument);

/* Takes an option for traces in a terminal, with the value that follows it. Returns how many arguments it was; 0: none. */
int options_terminal_take(options_t *options, int argc, char *const argv[]);

/* Takes what stands alone: HOST, then PORT. False when it can be neither. */
bool options_terminal_add_word(options_t *options, const char *word);

/* Notes what is wrong, unless something was before. Takes `error` over. */
void options_note_error(options_t *options, char *error);

/* The sentences that answer --extcap-config and --extcap-reload-option. `devices`: names, ended by NULL. Appended. */
void options_print_config(GString *out, char *const *devices);
void options_print_reload(GString *out, const char *option, char *const *devices);

/* --help, and the options' part of the man page (troff). Appended. */
void options_print_help(GString *out);
void options_print_manual(GString *out);

/* The same of the options of --read. */
void options_read_print_help(GString *out);
void options_read_print_manual(GString *out);

/* The same of the options for a terminal. */
void options_terminal_print_help(GString *out);
void options_terminal_print_manual(GString *out);

#endif
