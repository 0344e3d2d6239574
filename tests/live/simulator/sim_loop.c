/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "sim_error.h"
#include "sim_loop.h"
#include "sim_queue.h"

enum { SECOND_NS = 1000000000, MICROSECOND_NS = 1000, IDLE_NS = 1000000 };

typedef struct sim_loop {
    const sim_device_t *device; /* borrowed */
    int64_t spin_ns;
    int64_t packet_ns;      /* when the last packet came */
    uint64_t packets;       /* read so far: the number of the last one */
    bool slept;             /* before the packets that are being read now */
    sim_network_t *network; /* owned */
    sim_queue_t *queue;     /* owned */
    sim_truth_t *truth;     /* borrowed */
} sim_loop_t;

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
    (void)number;
    stopped = 1;
}

static int64_t
now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static bool
fail(GError **error, const char *operation)
{
    int code = errno;

    g_set_error(error, SIM_ERROR, SIM_ERROR_SYSTEM, "%s: %s", operation, g_strerror(code));
    return false;
}

static bool
is_multicast(const sim_address_t *address)
{
    return address->family == 6 ? address->bytes[0] == 0xff : address->bytes[0] >= 224;
}

static void
receive(sim_loop_t *loop, const uint8_t *bytes, size_t length)
{
    /* This order here and the other when writing: the RTT in the truth file is never shorter than the delay. */
    int64_t real_ns = now_ns(CLOCK_REALTIME);
    int64_t monotonic_ns = now_ns(CLOCK_MONOTONIC);
    sim_packet_t packet;
    sim_fields_t fields;
    sim_verdict_t verdict;
    sim_pending_t pending;

    if (!sim_packet_set(&packet, bytes, length))
        return;
    fields = sim_packet_fields(&packet);
    if (is_multicast(&fields.destination))
        return;
    loop->packets++;
    loop->packet_ns = monotonic_ns;
    sim_network_receive(loop->network, &packet, monotonic_ns, &verdict);
    sim_truth_probe(loop->truth, loop->packets, real_ns, loop->slept, &packet, &verdict);
    if (verdict.outcome != SIM_ANSWERED)
        return;
    pending = (sim_pending_t){.due_ns = monotonic_ns + verdict.delay_ns, .id = loop->packets};
    pending.bytes = g_memdup2(verdict.reply.bytes, verdict.reply.length);
    pending.length = verdict.reply.length;
    sim_queue_push(loop->queue, &pending);
}

/* Reads what has come, but returns when a reply is due: that is more urgent. */
static bool
read_packets(sim_loop_t *loop, GError **error)
{
    uint8_t bytes[SIM_PACKET_MAX];

    do {
        ssize_t length = sim_device_read(loop->device, bytes);

        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (length < 0 && errno == EBADFD) {
            stopped = 1; /* somebody has removed the interface */
            return true;
        }
        if (length < 0)
            return fail(error, "read from the device");
        receive(loop, bytes, (size_t)length);
    } while (sim_queue_due(loop->queue) > now_ns(CLOCK_MONOTONIC));
    return true;
}

static bool
write_replies(sim_loop_t *loop, GError **error)
{
    sim_pending_t pending;

    for (;;) {
        int64_t monotonic_ns = now_ns(CLOCK_MONOTONIC);
        int64_t real_ns;
        ssize_t written;

        if (!sim_queue_pop(loop->queue, monotonic_ns, &pending))
            return true;
        real_ns = now_ns(CLOCK_REALTIME);
        written = sim_device_write(loop->device, pending.bytes, pending.length);
        g_free(pending.bytes);
        if (written < 0 && errno != EIO && errno != EBADFD) /* the interface is down or gone: the reply is lost */
            return fail(error, "write to the device");
        sim_truth_reply(loop->truth, pending.id, real_ns, monotonic_ns - pending.due_ns);
    }
}

/* How long the loop may sleep: not at all when a packet has come just now, for more are likely to follow and waking up
 * takes long, or when a reply is almost due.
 */
static int64_t
time_to_sleep(const sim_loop_t *loop)
{
    int64_t due_ns = sim_queue_due(loop->queue);
    int64_t monotonic_ns = now_ns(CLOCK_MONOTONIC);

    if (loop->packets > 0 && monotonic_ns - loop->packet_ns < loop->spin_ns)
        return 0;
    return due_ns == INT64_MAX ? INT64_MAX : MAX(0, due_ns - loop->spin_ns - monotonic_ns);
}

static bool
wait_for_work(sim_loop_t *loop, const sigset_t *signals, GError **error)
{
    struct pollfd device = {.fd = loop->device->fd, .events = POLLIN};
    int64_t left_ns = time_to_sleep(loop);
    struct timespec timeout;

    loop->slept = left_ns > 0;
    if (left_ns > IDLE_NS && !sim_truth_flush(loop->truth))
        return fail(error, "write the truth file");
    timeout.tv_sec = (time_t)(left_ns / SECOND_NS);
    timeout.tv_nsec = (long)(left_ns % SECOND_NS);
    if (ppoll(&device, 1, left_ns == INT64_MAX ? NULL : &timeout, signals) < 0 && errno != EINTR)
        return fail(error, "wait");
    if ((device.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
        stopped = 1;
    return true;
}

bool
sim_loop_run(const sim_device_t *device, const sim_description_t *description, sim_truth_t *truth, GError **error)
{
    const struct sigaction action = {.sa_handler = stop};
    sim_loop_t loop = {.device = device,
                       .spin_ns = (int64_t)description->spin_us * MICROSECOND_NS,
                       .network = sim_network_new(description),
                       .queue = sim_queue_new(),
                       .truth = truth};
    sigset_t none;
    bool good = true;

    sigemptyset(&none);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    /* Replies first: a packet can wait for some microseconds, a reply that is late makes a wrong RTT. */
    while (good && !stopped)
        good = write_replies(&loop, error) && read_packets(&loop, error) && wait_for_work(&loop, &none, error);
    sim_queue_free(loop.queue);
    sim_network_free(loop.network);
    return good;
}
