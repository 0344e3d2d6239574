/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * bench_generate KIND COUNT OUT.pcap: writes a capture to measure with, the same bytes every time,
 * and prints the number of its frames.
 */
#include "kinds.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    void (*generate)(capture_t *capture, uint32_t count);
    const char *counts;
} kind_t;

static const kind_t kinds[] = {
    {"ordinary", generate_ordinary, "packets of mixed traffic without any trace"},
    {"traces", generate_traces, "TCP traceroutes of about 20 probes"},
    {"sweep", generate_sweep, "targets of a parallel prober, 20 frames each"},
    {"flood", generate_flood, "SYNs with TTL 5 from random sources"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const kind_t *
find_kind(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool
parse_count(const char *text, uint32_t *count)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value == 0 || value > 4000000)
        return false;
    *count = (uint32_t)value;
    return true;
}

static int
usage(void)
{
    fprintf(stderr, "usage: bench_generate KIND COUNT OUT.pcap\nCOUNT, from 1 to 4000000, is for KIND\n");
    for (size_t i = 0; i < KINDS; i++)
        fprintf(stderr, "  %-9s the number of %s\n", kinds[i].name, kinds[i].counts);
    return 2;
}

int
main(int argc, char **argv)
{
    const kind_t *kind = argc == 4 ? find_kind(argv[1]) : NULL;
    capture_t *capture;
    uint32_t count;
    uint64_t frames;

    if (kind == NULL || !parse_count(argv[2], &count))
        return usage();
    capture = capture_open(argv[3]);
    if (capture == NULL) {
        fprintf(stderr, "bench_generate: open %s: %s\n", argv[3], strerror(errno));
        return 1;
    }
    kind->generate(capture, count);
    capture_flush(capture, INT64_MAX);
    frames = capture_frames(capture);
    if (!capture_close(capture)) {
        fprintf(stderr, "bench_generate: write %s failed\n", argv[3]);
        return 1;
    }
    printf("%" PRIu64 "\n", frames);
    return 0;
}
