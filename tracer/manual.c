/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes the man page of tcptracedump while the project is built: the options come from the table that the program
 * itself reads.
 */
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

static const char before[] =
    ".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n"
    ".TH TCPTRACEDUMP 1 \"\" \"tcptracedump " TTR_VERSION "\" \"TCP traceroutes in captures\"\n"
    ".SH NAME\n"
    "tcptracedump \\- print the TCP traceroutes in captures; trace the path of TCP packets into a capture\n"
    ".SH SYNOPSIS\n"
    ".B tcptracedump \\-\\-read \\fIFILE\\fR... [\\fB\\-\\-paths\\fR|\\fB\\-\\-json\\fR|\\fB\\-\\-report\\fR|"
    "\\fB\\-\\-findings\\fR|\\fB\\-\\-ports\\fR|\\fB\\-\\-dot\\fR|\\fB\\-\\-html\\fR]\n"
    ".PP\n"
    ".B tshark \\-i tcptraceroute \\-o extcap.tcptraceroute.target:\\fIHOST\\fR \\fB\\-z tcptraceroute,paths\n"
    ".PP\n"
    ".B tcptracedump \\-\\-capture \\-\\-extcap\\-interface tcptraceroute \\-\\-fifo \\fIFILE\\fR \\fB\\-\\-target "
    "\\fIHOST\\fR [\\fIOPTION\\fR...]\n"
    ".SH DESCRIPTION\n"
    "With\n"
    ".B \\-\\-read\n"
    "prints the TCP traceroutes that capture files hold, byte for byte as\n"
    ".B tshark \\-q \\-n \\-r \\fIFILE\\fR \\fB\\-z tcptraceroute,paths\n"
    "does, but without Wireshark, and many times as fast.\n"
    "Files are pcap or pcapng, plain or compressed by gzip.\n"
    "Frames of link types and tunnels that only tshark takes apart are counted, and standard error says how many there "
    "were of which kind.\n"
    "A file that cannot be read to its end is an error; what was read of it is printed, and the other files are read.\n"
    "This needs no privilege.\n"
    ".PP\n"
    "Else it traces.\n"
    "Sends TCP segments with rising TTL or hop limit to a port that firewalls let through, and captures them and what "
    "routers and the target answer.\n"
    "Wireshark and tshark call it when the interface\n"
    ".B tcptraceroute\n"
    "(\"TCP traceroute\") is captured on; the dissector of\n"
    ".BR tcptraceroute (4)\n"
    "then shows the path.\n"
    "Called directly, it writes a pcapng file.\n"
    ".PP\n"
    "All hops are asked at once, one probe each; the further probes of a hop follow as soon as it is known not to lie "
    "behind the target.\n"
    "No router is asked more often than a Linux router with default settings answers: six times at once, then once a "
    "second.\n"
    "A probe is given up after ten round trips of the nearest hop that answered, but not before a quarter of a second "
    "and not later than\n"
    ".BR \\-\\-timeout .\n"
    "The trace ends when the target has answered, or when as many hops as\n"
    ".B \\-\\-gap\\-limit\n"
    "says are silent behind the last one that answered.\n"
    ".PP\n"
    "The file holds the probes, what answers them, and the rest of the connections that they half open, with the time "
    "stamps of the kernel; nothing else of this host's traffic.\n"
    ".SH OPTIONS\n";

/* Between the options of reading and those of tracing. */
static const char tracing[] =
    ".SS Tracing\n"
    "In tshark each is a preference without the dashes within its name:\n"
    ".B \\-o extcap.tcptraceroute.lastttl:20\n"
    "for\n"
    ".BR \"\\-\\-last\\-ttl 20\" .\n";

static const char after[] =
    ".SS Called by Wireshark\n"
    ".TP\n"
    ".BR \\-\\-capture \", \" \\-\\-fifo \" \\fIFILE\\fR\"\n"
    "Trace, and write there; \\- is standard output.\n"
    ".TP\n"
    ".BR \\-\\-extcap\\-capture\\-filter \" \\fIFILTER\\fR\"\n"
    "Write only what passes this filter of\n"
    ".BR pcap\\-filter (7).\n"
    "Without\n"
    ".B \\-\\-capture\n"
    "say what is wrong with it.\n"
    ".TP\n"
    ".BR \\-\\-extcap\\-interfaces \", \" \\-\\-extcap\\-config \", \" \\-\\-extcap\\-dlts \", \" "
    "\\-\\-extcap\\-reload\\-option \" \\fINAME\\fR\"\n"
    "Describe the interface, its options and link types.\n"
    ".TP\n"
    ".BR \\-\\-extcap\\-control\\-in \" \\fIPIPE\\fR, \" \\-\\-extcap\\-control\\-out \" \\fIPIPE\\fR\"\n"
    "The toolbar.\n"
    ".TP\n"
    ".BR \\-\\-help \", \" \\-\\-version\n"
    "Say what there is, or the version, and end.\n"
    ".SH EXIT STATUS\n"
    "0 when the trace came to its end or was stopped, or all files were read; 1 when something went wrong, be it with "
    "one target of several; standard error says what, and the file holds what was captured; 2 when the command line is "
    "wrong.\n"
    "What standard error says with a status of 0 are notes: the trace went on.\n"
    ".SH PRIVILEGES\n"
    "Tracing needs the capability\n"
    ".B cap_net_raw\n"
    "and no other:\n"
    ".PP\n"
    ".RS\n"
    "sudo setcap cap_net_raw=ep /path/to/tcptracedump\n"
    ".RE\n"
    ".PP\n"
    "It is effective only while sockets and devices are opened, and given up when all are open, unless there is a toolbar; "
    "nothing is executed.\n"
    "Root has no further right here, either: where a file is another user's, let the shell open it and write to or read "
    "from \\-.\n"
    ".SH NOTES\n"
    "At most 1000 probes leave in a second, whatever the options say.\n"
    "The target sees connections that are opened half and reset at once.\n"
    "Once a probe was sent, one that this host refuses to send is lost, and the trace goes on; the first packet behind such "
    "an outage has a comment that tells of it.\n"
    "Answers are looked for on all devices, unless\n"
    ".B \\-\\-device\n"
    "names one; those that come in elsewhere have an interface of their own in the file.\n"
    "Trace only what you may send packets to.\n"
    ".SH EXAMPLES\n"
    ".TP\n"
    ".B tcptracedump \\-\\-read *.pcap \\-\\-json\n"
    "All traces in these files, one JSON object a line.\n"
    ".TP\n"
    ".B tshark \\-i tcptraceroute \\-o extcap.tcptraceroute.target:192.0.2.9 \\-z tcptraceroute,paths \\-Q\n"
    "The path to port 80, as\n"
    ".BR tcptraceroute (1)\n"
    "prints it.\n"
    ".TP\n"
    ".B tshark \\-i tcptraceroute \\-o extcap.tcptraceroute.target:192.0.2.9 \\-o extcap.tcptraceroute.mode:multipath "
    "\\-w all\\-ways.pcapng\n"
    "Every way through load balancers, into a file.\n"
    ".SH SEE ALSO\n"
    ".BR tcptraceroute (4),\n"
    ".BR wireshark (1),\n"
    ".BR tshark (1),\n"
    ".BR dumpcap (1),\n"
    ".BR extcap (4)\n";

int
main(void)
{
    GString *options = g_string_new(NULL);
    GString *reading = g_string_new(NULL);
    bool is_written;

    options_read_print_manual(reading);
    options_print_manual(options);
    is_written = printf("%s%s%s%s%s", before, reading->str, tracing, options->str, after) >= 0 && fflush(stdout) == 0;
    g_string_free(reading, TRUE);
    g_string_free(options, TRUE);
    return is_written ? EXIT_SUCCESS : EXIT_FAILURE;
}
