/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <string.h>

#include "error.h"
#include "parse.h"
#include "privilege.h"

#define ALL "any"

/* The header of LINKTYPE_LINUX_SLL2 (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html). */
enum {
    SLL2_INDEX = 4,             /* of the device, 4 bytes */
    SLL2_HARDWARE = 8,          /* ARPHRD_*, 2 bytes */
    SLL2_LENGTH = 20
};

enum {
    BUFFER_BYTES = 8 * 1024 * 1024,    /* 4 KiB a packet */
    BUFFER_ALL_BYTES = 1024 * 1024,    /* where little is expected */
    PACKETS_MAX = 4096,         /* in one turn: all that the buffer holds, but no endless flood */
    TIMEOUT_MS = 100            /* not waited for in immediate mode */
};

struct capture {
    pcap_t *pcap;               /* owned */
    char *device;               /* owned */
    bool is_all;
    bool is_nano;
    unsigned index;             /* of the device, 0 for all */
    bool has_selection;
    struct bpf_program selection;       /* owned, when there is one */
    capture_take_t take;        /* while capture_read() runs */
    void *user;
};

/* Settings in the order of pcap(3PCAP); returns what pcap_activate() said. */
static int
activate(pcap_t *pcap, bool is_all)
{
    int status = pcap_set_snaplen(pcap, CAPTURE_SNAP_LENGTH);

    status = status == 0 ? pcap_set_promisc(pcap, 0) : status;
    status = status == 0 ? pcap_set_immediate_mode(pcap, 1) : status;
    status = status == 0 ? pcap_set_timeout(pcap, TIMEOUT_MS) : status;
    status = status == 0 ? pcap_set_buffer_size(pcap, is_all ? BUFFER_ALL_BYTES : BUFFER_BYTES) : status;
    if (status < 0)
        return status;
    /* Without nanoseconds a device counts in microseconds; pcap_get_tstamp_precision() says so. */
    status = pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    if (status < 0 && status != PCAP_ERROR_TSTAMP_PRECISION_NOTSUP)
        return status;
    privilege_raise();
    status = pcap_activate(pcap);
    privilege_lower();
    return status;
}

static void
explain(const capture_t *capture, int status, GError **error)
{
    g_autofree char *what = g_strdup_printf("capture on %s", capture->device);
    g_autofree char *advice = privilege_advice(what);

    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        g_set_error_literal(error, TRACER_ERROR, 0, advice);
    else if (status == PCAP_ERROR_IFACE_NOT_UP)
        g_set_error(error, TRACER_ERROR, 0, "network device %s is down", capture->device);
    else if (status == PCAP_ERROR_NO_SUCH_DEVICE)
        g_set_error(error, TRACER_ERROR, 0, "--device: there is no network device '%.100s'", capture->device);
    else
        g_set_error(error, TRACER_ERROR, 0, "cannot capture on %s: %s", capture->device, pcap_geterr(capture->pcap));
}

/* Only by the header that says on which device a packet came in. */
static bool
set_link_type(capture_t *capture, GError **error)
{
    if (!capture->is_all || pcap_set_datalink(capture->pcap, DLT_LINUX_SLL2) == 0)
        return true;
    g_set_error(error, TRACER_ERROR, 0, "cannot capture on all devices: %s", pcap_geterr(capture->pcap));
    return false;
}

static bool
start(capture_t *capture, const char *filter, GError **error)
{
    char message[PCAP_ERRBUF_SIZE] = "";
    int status = activate(capture->pcap, capture->is_all);

    if (status < 0) {
        explain(capture, status, error);
        return false;
    }
    if (!set_link_type(capture, error))
        return false;
    capture->index = if_nametoindex(capture->device);
    capture->is_nano = pcap_get_tstamp_precision(capture->pcap) == PCAP_TSTAMP_PRECISION_NANO;
    if (!parse_knows_link(capture_link_type(capture))) {
        g_set_error(error, TRACER_ERROR, 0, "cannot read packets of %s: link type %s is not known", capture->device,
                    pcap_datalink_val_to_description_or_dlt(pcap_datalink(capture->pcap)));
        return false;
    }
    if (pcap_setnonblock(capture->pcap, 1, message) < 0) {
        g_set_error(error, TRACER_ERROR, 0, "cannot capture on %s: %s", capture->device, message);
        return false;
    }
    return capture_set_filter(capture, filter, error);
}

static capture_t *
open_capture(const char *device, bool is_all, const char *filter, GError **error)
{
    char message[PCAP_ERRBUF_SIZE] = "";
    capture_t *capture = g_new0(capture_t, 1);

    capture->device = g_strdup(device);
    capture->is_all = is_all;
    capture->pcap = pcap_create(device, message);
    if (capture->pcap == NULL)
        g_set_error(error, TRACER_ERROR, 0, "cannot capture on %s: %s", device, message);
    else if (start(capture, filter, error))
        return capture;
    capture_free(capture);
    return NULL;
}

capture_t *
capture_open(const char *device, const char *filter, GError **error)
{
    return open_capture(device, false, filter, error);
}

capture_t *
capture_open_all(const char *filter, GError **error)
{
    return open_capture(ALL, true, filter, error);
}

void
capture_free(capture_t *capture)
{
    if (capture == NULL)
        return;
    if (capture->has_selection)
        pcap_freecode(&capture->selection);
    if (capture->pcap != NULL)
        pcap_close(capture->pcap);
    g_free(capture->device);
    g_free(capture);
}

static void
explain_filter(const capture_t *capture, const char *filter, GError **error)
{
    g_set_error(error, TRACER_ERROR, 0, "capture filter \"%.200s\": %s", filter, pcap_geterr(capture->pcap));
}

bool
capture_select(capture_t *capture, const char *filter, GError **error)
{
    if (pcap_compile(capture->pcap, &capture->selection, filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        explain_filter(capture, filter, error);
        return false;
    }
    capture->has_selection = true;
    return true;
}

bool
capture_set_filter(capture_t *capture, const char *filter, GError **error)
{
    struct bpf_program program;
    bool is_set;

    if (pcap_compile(capture->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        explain_filter(capture, filter, error);
        return false;
    }
    is_set = pcap_setfilter(capture->pcap, &program) == 0;
    pcap_freecode(&program);
    if (!is_set) {
        explain_filter(capture, filter, error);
        return false;
    }
    return true;
}

const char *
capture_device(const capture_t *capture)
{
    return capture->device;
}

/* What libpcap calls DLT_RAW on Linux has another number in files (https://www.tcpdump.org/linktypes.html). */
uint16_t
capture_link_type(const capture_t *capture)
{
    int link = pcap_datalink(capture->pcap);

    return link == DLT_RAW ? PARSE_LINK_RAW : (uint16_t)link;
}

int
capture_fd(const capture_t *capture)
{
    return pcap_get_selectable_fd(capture->pcap);
}

static void
read_origin(capture_packet_t *packet)
{
    uint32_t index;
    uint16_t hardware;

    if (packet->captured < SLL2_LENGTH)
        return;
    memcpy(&index, packet->data + SLL2_INDEX, sizeof index);
    memcpy(&hardware, packet->data + SLL2_HARDWARE, sizeof hardware);
    packet->index = GUINT32_FROM_BE(index);
    packet->is_local = GUINT16_FROM_BE(hardware) == ARPHRD_LOOPBACK;
}

static void
take_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    capture_t *capture = (capture_t *)(void *)user;
    int64_t fraction = capture->is_nano ? header->ts.tv_usec : (int64_t)header->ts.tv_usec * 1000;
    capture_packet_t packet = {
        .time_ns = (int64_t)header->ts.tv_sec * 1000000000 + fraction,
        .captured = header->caplen,
        .length = header->len,
        .data = data,
        .is_selected = !capture->has_selection || pcap_offline_filter(&capture->selection, header, data) != 0,
    };

    if (capture->is_all)
        read_origin(&packet);
    capture->take(capture->user, &packet);
}

bool
capture_read(capture_t *capture, capture_take_t take, void *user, GError **error)
{
    int left = PACKETS_MAX;
    int count;

    capture->take = take;
    capture->user = user;
    do {
        count = pcap_dispatch(capture->pcap, left, take_packet, (u_char *)(void *)capture);
        left -= count;
    } while (count > 0 && left > 0);
    if (count != PCAP_ERROR || strcmp(capture->device, ALL) == 0 || if_nametoindex(capture->device) == capture->index)
        return true;
    g_set_error(error, TRACER_ERROR, 0, "capture on %s ended: %s", capture->device, pcap_geterr(capture->pcap));
    return false;
}

void
capture_counts(const capture_t *capture, uint64_t *received, uint64_t *dropped)
{
    struct pcap_stat counts = {0};

    if (pcap_stats(capture->pcap, &counts) < 0)
        counts = (struct pcap_stat){0};
    *received = counts.ps_recv;
    *dropped = counts.ps_drop;
}

char *
capture_check_filter(const char *filter)
{
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, CAPTURE_SNAP_LENGTH);
    struct bpf_program program;
    char *wrong = NULL;

    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
        wrong = g_strdup(pcap_geterr(pcap));
    else
        pcap_freecode(&program);
    pcap_close(pcap);
    return wrong;
}
