/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each reason for and against a trace, from what a capture shows.
 */
#include "ttr_path.h"
#include "ttr_recognise.h"
#include "unit_talk.h"

#define GROUP 0xe0000001u        /* 224.0.0.1 */

/* TTLs that a program drew: no order, and some come more often than others. */
static const uint8_t drawn[] = {7, 2, 9, 4, 9, 1, 6, 3, 9, 5, 2, 8, 2, 7, 9, 4};

static void
expire_if(unit_talk_t *talk, const ttr_observation_t *probe, bool is_expired)
{
    talk->now_ns += 50 * UNIT_MS;
    if (is_expired)
        unit_talk_expire(talk, probe);
}

/* Probes with these TTLs on one flow. */
static void
send_all(unit_talk_t *talk, const uint8_t *ttls, size_t count, bool is_expired)
{
    for (size_t i = 0; i < count; i++) {
        ttr_observation_t probe = unit_talk_send(talk, (unit_segment_t){.ttl = ttls[i]});

        expire_if(talk, &probe, is_expired);
    }
}

static void
send_group(unit_talk_t *talk)
{
    for (uint8_t ttl = 1; ttl <= 4; ttl++) {
        ttr_observation_t probe = unit_talk_send(talk, (unit_segment_t){.ttl = ttl, .target = GROUP});

        expire_if(talk, &probe, true);
    }
}

/* Two routers hand each packet to each other. */
static void
send_loop(unit_talk_t *talk)
{
    for (uint16_t i = 0; i < 4; i++) {
        for (uint8_t ttl = 20; ttl >= 10; ttl -= 2)
            unit_talk_send(talk, (unit_segment_t){.ttl = ttl, .sport = (uint16_t)(41000 + i * 7), .seq = 1000u + i, .ip_id = (uint16_t)(300 + i * 11), .has_options = true});
        talk->now_ns += UNIT_SECOND;
    }
}

/* A kernel whose SYNs have TTL 20, and whose data has, too. */
static void
send_data(unit_talk_t *talk)
{
    for (uint16_t i = 0; i < 4; i++) {
        uint16_t port = (uint16_t)(41000 + i * 7);
        ttr_observation_t syn = unit_talk_send(talk, (unit_segment_t){.ttl = 20 + i % 2, .sport = port, .has_options = true});

        expire_if(talk, &syn, i == 0);
        unit_talk_answer(talk, &syn, TTR_TCP_SYN | TTR_TCP_ACK);
        unit_talk_send(talk, (unit_segment_t){.ttl = 20 + i % 2, .sport = port, .seq = syn.tcp.seq + 1, .flags = TTR_TCP_ACK | TTR_TCP_PSH, .payload = 100});
    }
}

/* A hole puncher: each connection is opened with small TTLs and with an ordinary one. */
static void
send_opened(unit_talk_t *talk)
{
    for (uint8_t ttl = 3; ttl <= 6; ttl++) {
        uint16_t port = (uint16_t)(41000 + ttl * 7);
        ttr_observation_t syn = unit_talk_send(talk, (unit_segment_t){.ttl = ttl, .sport = port, .has_options = true});

        expire_if(talk, &syn, true);
        unit_talk_send(talk, (unit_segment_t){.ttl = 64, .sport = port, .seq = 77, .has_options = true});
    }
}

/* The far end of a connection, the route to which changes by a hop, and once is too long. */
static void
send_drift(unit_talk_t *talk)
{
    for (uint32_t i = 0; i < 60; i++) {
        ttr_observation_t probe = unit_talk_send(talk, (unit_segment_t){.ttl = i < 3 ? 11 : i < 8 ? 10
                                                                                                  : 12,
                                                                        .seq = 5000,
                                                                        .ack = 6000 + i,
                                                                        .flags = TTR_TCP_ACK});

        expire_if(talk, &probe, i == 5 || i == 20);
    }
}

/* A connection of ordinary TTL. */
static void
open_session(unit_talk_t *talk, uint16_t port)
{
    ttr_observation_t syn = unit_talk_send(talk, (unit_segment_t){.ttl = 1, .sport = (uint16_t)(port + 1000), .seq = 9});

    talk->now_ns += UNIT_MS;
    (void)syn;
    syn = unit_talk_send(talk, (unit_segment_t){.ttl = 64, .sport = port, .seq = 5000, .has_options = true});
    unit_talk_answer(talk, &syn, TTR_TCP_SYN | TTR_TCP_ACK);
    unit_talk_send(talk, (unit_segment_t){.ttl = 64, .sport = port, .seq = 5001, .ack = 7001, .flags = TTR_TCP_ACK});
}

/* ACKs with these TTLs, within connections whose ports step by `port_step`. */
static void
send_guests(unit_talk_t *talk, const uint8_t *ttls, size_t count, uint16_t port_step, bool is_expired)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t port = (uint16_t)(42000 + i * port_step);
        ttr_observation_t probe;

        if (i == 0 || port_step != 0)
            open_session(talk, port);
        probe = unit_talk_send(talk, (unit_segment_t){.ttl = ttls[i], .sport = port, .seq = 5001, .ack = 7001, .flags = TTR_TCP_ACK});
        expire_if(talk, &probe, is_expired);
    }
}

static void
send_fakes_wander(unit_talk_t *talk)
{
    send_guests(talk, (const uint8_t[]){5, 9, 4, 8, 3, 7, 6, 2}, 8, 3, true);
}

static void
send_fakes_silent(unit_talk_t *talk)
{
    send_guests(talk, (const uint8_t[]){2, 3, 4, 5, 6, 7}, 6, 0, false);
}

static void
send_fakes_few_ttls(unit_talk_t *talk)
{
    send_guests(talk, (const uint8_t[]){4, 5, 6}, 3, 3, true);
}

static void
send_fakes_order(unit_talk_t *talk)
{
    send_guests(talk, drawn, sizeof drawn, 0, true);
}

static void
send_in_session(unit_talk_t *talk)
{
    send_guests(talk, (const uint8_t[]){1, 2, 3, 4, 5, 6}, 6, 0, true);
}

static void
send_apart(unit_talk_t *talk)
{
    send_all(talk, (const uint8_t[]){5, 5, 9, 9}, 4, true);
}

static void
send_no_order(unit_talk_t *talk)
{
    send_all(talk, drawn, sizeof drawn, true);
}

/* A scan of ports with TTLs that jump. */
static void
scan(unit_talk_t *talk, const uint8_t *ttls, size_t count, bool is_expired)
{
    for (size_t i = 0; i < count; i++) {
        ttr_observation_t probe = unit_talk_send(talk, (unit_segment_t){.ttl = ttls[i], .dport = (uint16_t)(1000 + i * 37)});

        expire_if(talk, &probe, is_expired);
    }
}

static void
send_scan(unit_talk_t *talk)
{
    scan(talk, (const uint8_t[]){2, 3, 6, 4, 5, 2, 3, 6, 2, 5, 4, 3}, 12, true);
}

static void
send_quoted(unit_talk_t *talk)
{
    send_all(talk, (const uint8_t[]){1, 2, 3, 4}, 4, true);
}

/* Captured at the target: of each round but the last TTLs are left. */
static void
send_counted(unit_talk_t *talk)
{
    for (uint16_t i = 0; i < 8; i++)
        unit_talk_send(talk, (unit_segment_t){.ttl = (uint8_t)(1 + i % 2), .sport = (uint16_t)(33000 + i), .has_options = true});
}

static void
send_short(unit_talk_t *talk)
{
    send_all(talk, (const uint8_t[]){4, 5, 6}, 3, false);
}

static void
send_silent_no_order(unit_talk_t *talk)
{
    send_all(talk, drawn, sizeof drawn, false);
}

/* Connections of a far sender: its lowest TTL arrives, and its TTLs go up and down by one. */
static void
send_lowest_arrived(unit_talk_t *talk)
{
    static const uint8_t ttls[] = {10, 11, 12, 13, 14, 14, 13, 13, 12, 11, 11, 10, 10, 11};

    for (size_t i = 0; i < sizeof ttls; i++) {
        ttr_observation_t syn = unit_talk_send(talk, (unit_segment_t){.ttl = ttls[i]});

        unit_talk_answer(talk, &syn, TTR_TCP_SYN | TTR_TCP_ACK);
        talk->now_ns += 50 * UNIT_MS;
    }
}

static void
send_silent_scan(unit_talk_t *talk)
{
    scan(talk, (const uint8_t[]){2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 3}, 12, false);
}

/* A crowd of clients: ports without a rule, TTLs that jump now and then. */
static void
send_silent_flows(unit_talk_t *talk)
{
    static const uint8_t ttls[] = {5, 6, 7, 8, 5, 6, 6, 7, 8, 8, 5, 5};

    for (size_t i = 0; i < sizeof ttls; i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = ttls[i], .sport = (uint16_t)(41000 + i * i * 97)});
        talk->now_ns += 50 * UNIT_MS;
    }
}

/* A box ends connections, and counts the TTL of its resets. */
static void
send_resets(unit_talk_t *talk)
{
    for (uint16_t i = 0; i < 8; i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = (uint8_t)(9 + i), .sport = (uint16_t)(41000 + i * i * 31), .flags = TTR_TCP_RST});
        talk->now_ns += UNIT_SECOND / 2;
    }
}

/* A kernel's SYN and its repetitions, each by another of four ways. */
static void
send_backed_off(unit_talk_t *talk)
{
    for (uint8_t i = 0; i < 5; i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = 11 + i % 4, .seq = 0x5eed1234, .has_options = true});
        talk->now_ns += UNIT_SECOND << i;
    }
}

/* ACKs of somebody far away, whose route gets longer; the other side answers with data. */
static void
send_live(unit_talk_t *talk)
{
    for (uint8_t i = 0; i < 6; i++) {
        ttr_observation_t ack = unit_talk_send(talk, (unit_segment_t){.ttl = 9 + i, .seq = 0x5eed1234, .ack = 77, .flags = TTR_TCP_ACK});

        unit_talk_answer(talk, &ack, TTR_TCP_ACK);
        talk->now_ns += UNIT_SECOND / 5;
    }
}

/* What is left of a flood with TTLs in turn, of which frames are missing here and there; the target refuses some. */
static void
send_crowd(unit_talk_t *talk)
{
    GRand *chance = g_rand_new_with_seed(3);

    for (uint32_t i = 0; i < 300; i++) {
        uint16_t port = (uint16_t)g_rand_int_range(chance, 2000, 60000);
        ttr_observation_t syn;

        talk->now_ns += UNIT_MS / 5;
        if (g_rand_double(chance) < 0.12)
            continue;
        syn = unit_talk_send(talk, (unit_segment_t){.ttl = (uint8_t)(3 + i % 4), .sport = port, .ip_id = port ^ 0x5aa5});
        if (i % 3 == 0)
            unit_talk_answer(talk, &syn, TTR_TCP_RST | TTR_TCP_ACK);
    }
    g_rand_free(chance);
}

static void
send_swept(unit_talk_t *talk)
{
    send_all(talk, (const uint8_t[]){2, 3, 4, 5, 6}, 5, false);
}

static void
send_numbered(unit_talk_t *talk)
{
    for (uint16_t i = 0; i < 4; i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = 6, .seq = 100000u + i, .ip_id = (uint16_t)(500 + i)});
        talk->now_ns += UNIT_SECOND;
    }
}

/* Hops that were asked for others are left out, and the target is near: two TTLs that lie apart. */
static void
send_numbered_apart(unit_talk_t *talk, bool is_expired)
{
    static const uint8_t ttls[] = {2, 7, 7, 30, 7};

    for (uint16_t i = 0; i < sizeof ttls; i++) {
        ttr_observation_t probe = unit_talk_send(talk, (unit_segment_t){
            .ttl = ttls[i], .sport = (uint16_t)(41000 + i * 911), .seq = 100000u + i, .ip_id = (uint16_t)(500 + i)});

        expire_if(talk, &probe, is_expired && i == 0);
    }
}

static void
send_quoted_numbered(unit_talk_t *talk)
{
    send_numbered_apart(talk, true);
}

static void
send_silent_numbered(unit_talk_t *talk)
{
    send_numbered_apart(talk, false);
}

static void
send_again(unit_talk_t *talk)
{
    for (int i = 0; i < 4; i++) {
        ttr_observation_t probe = unit_talk_send(talk, (unit_segment_t){.ttl = 6});

        expire_if(talk, &probe, true);
    }
}

static void
send_burst(unit_talk_t *talk)
{
    ttr_observation_t probes[4];

    for (uint16_t i = 0; i < 4; i++)
        probes[i] = unit_talk_send(talk, (unit_segment_t){.ttl = 6, .sport = (uint16_t)(41000 + i * 911), .has_options = true});
    for (uint16_t i = 0; i < 4; i++)
        unit_talk_expire(talk, &probes[i]);
}

static void
send_one_ttl(unit_talk_t *talk)
{
    send_all(talk, (const uint8_t[]){9, 9, 9, 9, 9}, 5, false);
}

/* Connections of a sender with a small initial TTL: they are closed with other TTLs than they were opened with. */
static void
send_connection(unit_talk_t *talk)
{
    for (uint8_t i = 0; i < 5; i++) {
        uint16_t port = (uint16_t)(41000 + i);

        unit_talk_send(talk, (unit_segment_t){.ttl = 25, .sport = port, .seq = 7000, .has_options = true});
        unit_talk_send(talk, (unit_segment_t){.ttl = 20 + i, .sport = port, .seq = 7001, .ack = 99, .flags = TTR_TCP_ACK | TTR_TCP_FIN});
        talk->now_ns += UNIT_SECOND;
    }
}

/* The middle of a connection, whose TTL goes up as its path changes. */
static void
send_stream(unit_talk_t *talk)
{
    for (uint8_t i = 0; i < 10; i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = 20 + i / 2, .seq = 5000 + 100u * i, .ack = 99, .flags = TTR_TCP_ACK | TTR_TCP_PSH, .payload = 100});
        talk->now_ns += 50 * UNIT_MS;
    }
}

/* Of each connection one segment of data was captured. */
static void
send_silent_data(unit_talk_t *talk)
{
    for (uint8_t i = 0; i < 10; i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = 20 + i / 2, .sport = 41000 + i, .seq = 5000 + 777777u * i, .ack = 99 + 7654321u * i, .flags = TTR_TCP_ACK | TTR_TCP_PSH, .payload = 100});
        talk->now_ns += 50 * UNIT_MS;
    }
}

/* A kernel repeats its last data, and its TTL wavers. */
static void
send_uneven(unit_talk_t *talk)
{
    static const uint8_t ttls[] = {2, 2, 2, 2, 1, 2, 3};

    for (size_t i = 0; i < G_N_ELEMENTS(ttls); i++) {
        unit_talk_send(talk, (unit_segment_t){.ttl = ttls[i], .seq = 5000, .ack = 99, .flags = TTR_TCP_ACK | TTR_TCP_FIN, .payload = 77});
        talk->now_ns += UNIT_SECOND << i;
    }
}

static const struct {
    ttr_reason_t reason;
    bool is_trace;
    void (*send)(unit_talk_t *talk);
    uint32_t target;            /* 0: the usual one */
} cases[] = {
    {TTR_REASON_GROUP, false, send_group, GROUP},
    {TTR_REASON_LOOP, false, send_loop, 0},
    {TTR_REASON_DATA, false, send_data, 0},
    {TTR_REASON_OPENED, false, send_opened, 0},
    {TTR_REASON_DRIFT, false, send_drift, 0},
    {TTR_REASON_FAKES_WANDER, false, send_fakes_wander, 0},
    {TTR_REASON_FAKES_SILENT, false, send_fakes_silent, 0},
    {TTR_REASON_FAKES_FEW_TTLS, false, send_fakes_few_ttls, 0},
    {TTR_REASON_FAKES_ORDER, false, send_fakes_order, 0},
    {TTR_REASON_IN_SESSION, true, send_in_session, 0},
    {TTR_REASON_QUOTED_NUMBERED, true, send_quoted_numbered, 0},
    {TTR_REASON_APART, false, send_apart, 0},
    {TTR_REASON_NO_ORDER, false, send_no_order, 0},
    {TTR_REASON_SCAN, false, send_scan, 0},
    {TTR_REASON_QUOTED, true, send_quoted, 0},
    {TTR_REASON_CONNECTION, false, send_connection, 0},
    {TTR_REASON_STREAM, false, send_stream, 0},
    {TTR_REASON_SILENT_DATA, false, send_silent_data, 0},
    {TTR_REASON_UNEVEN, false, send_uneven, 0},
    {TTR_REASON_RESETS, false, send_resets, 0},
    {TTR_REASON_BACKED_OFF, false, send_backed_off, 0},
    {TTR_REASON_LIVE, false, send_live, 0},
    {TTR_REASON_SILENT_NUMBERED, true, send_silent_numbered, 0},
    {TTR_REASON_COUNTED, true, send_counted, 0},
    {TTR_REASON_SHORT, false, send_short, 0},
    {TTR_REASON_SILENT_NO_ORDER, false, send_silent_no_order, 0},
    {TTR_REASON_LOWEST_ARRIVED, false, send_lowest_arrived, 0},
    {TTR_REASON_SILENT_SCAN, false, send_silent_scan, 0},
    {TTR_REASON_SILENT_FLOWS, false, send_silent_flows, 0},
    {TTR_REASON_CROWD, false, send_crowd, 0},
    {TTR_REASON_SWEPT, true, send_swept, 0},
    {TTR_REASON_NUMBERED, true, send_numbered, 0},
    {TTR_REASON_AGAIN, true, send_again, 0},
    {TTR_REASON_BURST, true, send_burst, 0},
    {TTR_REASON_ONE_TTL, false, send_one_ttl, 0},
};

/* The model judges when 4, 8, 16 and so on are there, and at the end: this is the last word. */
static void
test_reason(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    unit_talk_t talk = unit_talk_new();
    GString *judged = g_string_new(NULL);
    GString *wanted = g_string_new(NULL);

    cases[i].send(&talk);
    unit_talk_wait(&talk, UNIT_SECOND);
    ttr_recognise_watch(talk.store, judged);
    unit_talk_send(&talk, (unit_segment_t){.ttl = 64, .sport = 50999, .target = cases[i].target});  /* news of the pair */
    g_string_printf(wanted, ": %s: %s\n", cases[i].is_trace ? "trace" : "none", ttr_reason_name(cases[i].reason));
    ttr_path_trace_count(talk.store);
    if (strstr(judged->str, wanted->str) == NULL) {
        g_test_message("wanted \"%s\", judged \"%s\"", wanted->str, judged->str);
        g_test_fail();
    }
    g_assert_cmpint(ttr_reason_is_for(cases[i].reason), ==, cases[i].is_trace);
    g_string_free(judged, TRUE);
    g_string_free(wanted, TRUE);
    ttr_store_free(talk.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *path = g_strdup_printf("/recognise/%s", ttr_reason_name(cases[i].reason));

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reason);
        g_free(path);
    }
    return g_test_run();
}
