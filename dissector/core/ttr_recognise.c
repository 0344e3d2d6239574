/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Is a run a trace? The first reason that holds decides: first those against any run; then those against and for runs
 * of its sort, the last of which always holds. Ordinary traffic with small TTLs is commoner than traces (fake SYNs of
 * evasion tools, hole punchers, senders with an initial TTL of 32, loops), so what it does stands before what tools do.
 * What each reason for a trace cannot do without, ttr_hopeless.c asks before anything is computed.
 */
#include "ttr_recognise.h"

#include "ttr_text.h"

/* The sorts of runs. */
typedef enum {
    SORT_ANY,
    SORT_GUEST,                 /* most of its probes are within connections of ordinary TTL */
    SORT_EXPIRED,               /* several TTLs, and a router said that the time of a probe was over */
    SORT_SILENT,                /* several TTLs, and none said so */
    SORT_ONE_TTL
} sort_t;

static bool
always(const ttr_sweep_t *sweep)
{
    (void)sweep;
    return true;
}

static const struct {
    const char *name;
    sort_t sort;
    bool is_for;
    bool (*holds)(const ttr_sweep_t *sweep);
} reasons[TTR_REASON_COUNT] = {
    [TTR_REASON_GROUP] = {"sent to a group", SORT_ANY, false, ttr_reason_group},
    [TTR_REASON_LOOP] = {"goes round in a loop", SORT_ANY, false, ttr_reason_loop},
    [TTR_REASON_DATA] = {"data follows with the same TTL", SORT_ANY, false, ttr_reason_data},
    [TTR_REASON_OPENED] = {"opened with an ordinary TTL, too", SORT_ANY, false, ttr_reason_opened},
    [TTR_REASON_DRIFT] = {"a stream whose TTL drifts", SORT_ANY, false, ttr_reason_drift},
    [TTR_REASON_FAKES_WANDER] = {"fakes that wander", SORT_GUEST, false, ttr_reason_fakes_wander},
    [TTR_REASON_FAKES_SILENT] = {"fakes that no router quotes", SORT_GUEST, false, ttr_reason_fakes_silent},
    [TTR_REASON_FAKES_FEW_TTLS] = {"fakes of several connections", SORT_GUEST, false, ttr_reason_fakes_few_ttls},
    [TTR_REASON_FAKES_ORDER] = {"fakes in no order", SORT_GUEST, false, ttr_reason_fakes_order},
    [TTR_REASON_IN_SESSION] = {"a sweep in a connection", SORT_GUEST, true, always},
    [TTR_REASON_QUOTED_NUMBERED] = {"numbered probes that routers quote", SORT_EXPIRED, true, ttr_reason_numbered},
    [TTR_REASON_APART] = {"two TTLs apart", SORT_EXPIRED, false, ttr_reason_apart},
    [TTR_REASON_NO_ORDER] = {"TTLs in no order", SORT_EXPIRED, false, ttr_reason_no_order},
    [TTR_REASON_SCAN] = {"a scan of ports", SORT_EXPIRED, false, ttr_reason_scan},
    [TTR_REASON_QUOTED] = {"a sweep that routers quote", SORT_EXPIRED, true, always},
    [TTR_REASON_CONNECTION] = {"within connections that were opened", SORT_SILENT, false, ttr_reason_connection},
    [TTR_REASON_STREAM] = {"segments that go on with each other", SORT_SILENT, false, ttr_reason_stream},
    [TTR_REASON_SILENT_DATA] = {"data of several connections", SORT_SILENT, false, ttr_reason_silent_data},
    [TTR_REASON_UNEVEN] = {"one TTL far oftener than another", SORT_SILENT, false, ttr_reason_uneven},
    [TTR_REASON_RESETS] = {"resets that no router quotes", SORT_SILENT, false, ttr_reason_resets},
    [TTR_REASON_BACKED_OFF] = {"a kernel's repetitions", SORT_SILENT, false, ttr_reason_backed_off},
    [TTR_REASON_LIVE] = {"a connection that goes on", SORT_SILENT, false, ttr_reason_live},
    [TTR_REASON_SILENT_NUMBERED] = {"numbered probes, no router quotes", SORT_SILENT, true, ttr_reason_numbered},
    [TTR_REASON_COUNTED] = {"a sweep with counted ports", SORT_SILENT, true, ttr_reason_counted},
    [TTR_REASON_SHORT] = {"few TTLs in a row", SORT_SILENT, false, ttr_reason_short},
    [TTR_REASON_SILENT_NO_ORDER] = {"TTLs in no order, no router quotes", SORT_SILENT, false, ttr_reason_silent_no_order},
    [TTR_REASON_LOWEST_ARRIVED] = {"the lowest TTL arrives", SORT_SILENT, false, ttr_reason_lowest_arrived},
    [TTR_REASON_SILENT_SCAN] = {"a scan of ports, no router quotes", SORT_SILENT, false, ttr_reason_silent_scan},
    [TTR_REASON_SILENT_FLOWS] = {"flows in no order", SORT_SILENT, false, ttr_reason_silent_flows},
    [TTR_REASON_CROWD] = {"one of many such runs at once", SORT_SILENT, false, ttr_reason_crowd},
    [TTR_REASON_SWEPT] = {"a sweep", SORT_SILENT, true, always},
    [TTR_REASON_NUMBERED] = {"numbered probes", SORT_ONE_TTL, true, ttr_reason_numbered},
    [TTR_REASON_AGAIN] = {"sent again after each answer", SORT_ONE_TTL, true, ttr_reason_again},
    [TTR_REASON_BURST] = {"a burst that routers quote", SORT_ONE_TTL, true, ttr_reason_burst},
    [TTR_REASON_ONE_TTL] = {"one TTL", SORT_ONE_TTL, false, always},
};

const char *
ttr_reason_name(ttr_reason_t reason)
{
    return reasons[reason].name;
}

bool
ttr_reason_is_for(ttr_reason_t reason)
{
    return reasons[reason].is_for;
}

static bool
is_guest(const ttr_sweep_t *sweep)
{
    uint32_t guests = 0;

    for (uint32_t i = 0; i < sweep->count; i++)
        guests += ttr_ordinary_has_guest(sweep->ordinary, sweep->probes[i]) ? 1 : 0;
    return guests > sweep->count / 2;
}

static sort_t
sort_of(const ttr_sweep_t *sweep)
{
    if (is_guest(sweep))
        return SORT_GUEST;
    if (sweep->levels < 2)
        return SORT_ONE_TTL;
    return sweep->is_expired ? SORT_EXPIRED : SORT_SILENT;
}

ttr_reason_t
ttr_recognise_reason(const ttr_sweep_t *sweep)
{
    sort_t sort = sort_of(sweep);

    for (unsigned i = 0; i < TTR_REASON_COUNT; i++) {
        if ((reasons[i].sort == SORT_ANY || reasons[i].sort == sort) && reasons[i].holds(sweep))
            return (ttr_reason_t)i;
    }
    g_return_val_if_reached(TTR_REASON_ONE_TTL);
}

void
ttr_recognise_watch(ttr_store_t *store, GString *text)
{
    store->watch = text;
}

static void
tell(const ttr_sweep_t *sweep, ttr_reason_t reason)
{
    const ttr_work_t *work = sweep->run->side->work;
    char target[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(work->family, ttr_side_target(sweep->run->side), target);
    g_string_append_printf(work->store->watch, "%s, %u probes, TTL %u to %u: %s: %s\n", target, sweep->run->count,
                           sweep->lowest, sweep->highest, ttr_reason_is_for(reason) ? "trace" : "none",
                           ttr_reason_name(reason));
}

/* Takes out of a run the connections with data that stand apart from its TTLs: those of an ordinary sender with a small
 * initial TTL, which a tool beside it does not make probes. A tool that sends data with each TTL has neighbours. */
static void
drop_ordinary(ttr_run_t *run, const ttr_ordinary_t *ordinary)
{
    bool is_sent[UINT8_MAX + 3] = {false};      /* by TTL + 1 */
    uint32_t kept = 0;

    for (uint32_t i = 0; i < run->count; i++)
        is_sent[run->probes[i]->segment->ttl + 1] = true;
    for (uint32_t i = 0; i < run->count; i++) {
        ttr_packet_t *packet = run->probes[i];
        uint8_t ttl = packet->segment->ttl;

        if (!is_sent[ttl] && !is_sent[ttl + 2] && ttr_ordinary_carries_data(ordinary, packet))
            packet->run = NULL;
        else
            run->probes[kept++] = packet;
    }
    run->count = kept;
}

static void
recognise_side(ttr_side_t *side)
{
    const ttr_ordinary_t *ordinary;

    if (side->runs->len == 0)
        return;
    ordinary = ttr_ordinary_new(side);
    for (guint i = 0; i < side->runs->len; i++) {
        ttr_run_t *run = g_ptr_array_index(side->runs, i);
        ttr_sweep_t sweep;
        ttr_reason_t reason;

        drop_ordinary(run, ordinary);
        if (run->count == 0)
            continue;
        sweep = ttr_sweep_find(run, ordinary);
        sweep.place = i;
        reason = ttr_recognise_reason(&sweep);
        run->is_trace = ttr_reason_is_for(reason);
        if (side->work->store->watch != NULL)
            tell(&sweep, reason);
    }
}

void
ttr_recognise(ttr_work_t *work)
{
    recognise_side(&work->sides[0]);
    recognise_side(&work->sides[1]);
}
