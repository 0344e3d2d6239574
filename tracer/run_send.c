/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_send.h"

#include "run_clock.h"

#define BUSY_NS INT64_C(1000000)        /* when the device's queue is full */

enum { SENDS_MAX = 16 };        /* in one turn of the loop: answers are looked at in between */

/* "17 probes were not sent in 2.1 s: WHY" */
static char *
outage_text(const run_outage_t *outage)
{
    return g_strdup_printf("%u probe%s not sent within %.1f s: %s", outage->lost, outage->lost == 1 ? " was" : "s were",
                           (double)(run_now() - outage->since_ns) / 1e9, outage->why);
}

/* The first packet behind it tells of it in the file. */
static void
end_outage(const run_send_t *send, run_target_t *target)
{
    run_outage_t *outage = &target->outage;

    if (outage->lost == 0)
        return;
    g_free(outage->over);
    outage->over = outage_text(outage);
    run_report_note(send->report, target->name, outage->over);
    outage->lost = 0;
}

static void
lose_probe(const run_send_t *send, run_target_t *target, const session_action_t *action, GError *error)
{
    run_outage_t *outage = &target->outage;

    if (outage->lost == 0) {
        g_autofree char *line = g_strdup_printf("%s: %s", target->name, error->message);

        outage->since_ns = run_now();
        g_free(outage->why);
        outage->why = g_strdup(error->message);
        run_report_log(send->report, line);
    }
    outage->lost++;
    g_error_free(error);
    session_sent(target->session, action, run_now());
}

static void
fail(const run_send_t *send, run_target_t *target, GError *error)
{
    target->has_failed = true;
    run_report_error(send->report, error);
}

/* In an outage routes and addresses may have changed: a probe must not leave from an address that is another's now. */
static sender_result_t
send_packet(const run_send_t *send, const run_target_t *target, const session_action_t *action, GError **error)
{
    if (target->outage.lost > 0 && !run_targets_has_route(send->targets, target, error))
        return SENDER_REFUSED;
    return sender_send(send->sender, &target->where, action->packet, action->length, error);
}

/* Returns whether the probe is dealt with; else it is to be tried again at *next_ns. */
static bool
send_one(const run_send_t *send, run_target_t *target, const session_action_t *action, int64_t *next_ns)
{
    GError *error = NULL;
    sender_result_t result = send_packet(send, target, action, &error);

    if (result == SENDER_BUSY || (result == SENDER_FULL && !target->has_sent)) {
        g_clear_error(&error);
        *next_ns = MIN(*next_ns, run_now() + BUSY_NS);
        return false;
    }
    if (result == SENDER_SENT) {
        /* The time behind the send: between that and the next the pacer's limits hold on the wire too. */
        session_sent(target->session, action, run_now());
        target->has_sent = true;
        end_outage(send, target);
    } else if (result == SENDER_FAILED || !target->has_sent)
        fail(send, target, error);
    else
        lose_probe(send, target, action, error);
    return true;
}

/* Returns whether it did something. */
static bool
serve(const run_send_t *send, run_target_t *target, int64_t *next_ns)
{
    session_action_t action;

    if (target->has_failed)
        return false;
    session_next(target->session, &action, run_now());
    target->is_done = action.what.kind == SCHEDULE_DONE;
    if (action.what.kind == SCHEDULE_WAIT)
        *next_ns = MIN(*next_ns, action.what.until_ns);
    return action.what.kind == SCHEDULE_SEND && send_one(send, target, &action, next_ns);
}

int64_t
run_send_probes(const run_send_t *send)
{
    guint count = send->targets->list->len;
    int64_t next_ns = INT64_MAX;
    guint idle = 0;

    for (int sends = 0; idle < count && sends < SENDS_MAX;) {
        if (serve(send, run_targets_next(send->targets), &next_ns)) {
            sends++;
            idle = 0;
            next_ns = INT64_MAX;
        } else {
            idle++;
        }
    }
    return idle < count ? run_now() : next_ns;
}

void
run_send_finish(const run_send_t *send)
{
    for (guint i = 0; i < send->targets->list->len; i++) {
        run_target_t *target = g_ptr_array_index(send->targets->list, i);

        if (!target->has_failed)
            end_outage(send, target);
    }
}
