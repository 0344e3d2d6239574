/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the user of the toolbar wants and sees.
 */
#include <string.h>

#include "run_private.h"

/* "12 hops, 31.4 ms, open" */
static void
append_summary(GString *out, const session_summary_t *summary, uint32_t rounds)
{
    g_string_append_printf(out, "%u hop%s", summary->hops, summary->hops == 1 ? "" : "s");
    if (summary->rtt_ns != 0)
        g_string_append_printf(out, ", %.1f ms", (double)summary->rtt_ns / 1e6);
    if (summary->is_reached || summary->state != TTR_STATE_UNKNOWN)
        g_string_append_printf(out, ", %s", ttr_state_name(summary->state));
    if (rounds != 1)
        g_string_append_printf(out, ", round %u", summary->round);
}

static void
append_target(GString *out, const run_t *run, const run_target_t *target)
{
    session_summary_t summary;

    if (target->session == NULL)
        return;
    session_summary(target->session, &summary);
    append_summary(out, &summary, (uint32_t)run->options->rounds);
}

void
run_show(run_t *run)
{
    g_autoptr(GString) status = g_string_new(NULL);

    if (run->targets->len == 0)
        return;
    append_target(status, run, g_ptr_array_index(run->targets, 0));
    if (run->targets->len > 1)
        g_string_append_printf(status, " (1 of %u targets)", run->targets->len);
    toolbar_set_status(run->toolbar, status->str);
}

static void
tell_more(run_t *run)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < run->targets->len; i++) {
        const run_target_t *target = g_ptr_array_index(run->targets, i);
        session_summary_t summary;

        if (target->session == NULL)
            continue;
        session_summary(target->session, &summary);
        g_string_append_printf(text, "%s: ", target->name);
        append_summary(text, &summary, (uint32_t)run->options->rounds);
        g_string_append_printf(text, "; %u probes sent, %u answered\n", summary.sent, summary.answered);
    }
    toolbar_say(run->toolbar, text->len == 0 ? "Nothing was sent yet" : text->str);
}

/* As on the command line: one at least, and not more than so many. */
static void
take_targets(run_t *run, const char *text)
{
    options_t asked = {.target = (char *)text};
    g_auto(GStrv) names = options_targets(&asked);
    guint count = g_strv_length(names);
    g_autofree char *wrong = NULL;

    if (count > OPTIONS_TARGETS_MAX) {
        wrong = g_strdup_printf("%u targets are too many; at most %d at once", count, OPTIONS_TARGETS_MAX);
        toolbar_say_error(run->toolbar, wrong);
    }
    if (count == 0 || count > OPTIONS_TARGETS_MAX)
        return;
    run->is_first = false;
    run_begin_targets(run, text);
}

static void
take_wish(void *user, const toolbar_wish_t *wish)
{
    run_t *run = user;
    g_autofree char *targets = g_strdup(run->wanted);

    switch (wish->kind) {
    case TOOLBAR_TARGET:
        take_targets(run, wish->text);
        break;
    case TOOLBAR_MODE:
        if (wish->mode != run->mode) {
            run->mode = wish->mode;
            run_begin_targets(run, targets);
        }
        break;
    case TOOLBAR_PAUSE:
        run->is_paused = !run->is_paused;
        toolbar_set_pause(run->toolbar, run->is_paused);
        break;
    case TOOLBAR_NEXT_ROUND:
        for (guint i = 0; i < run->targets->len; i++) {
            run_target_t *target = g_ptr_array_index(run->targets, i);

            if (target->session != NULL)
                session_hurry(target->session);
        }
        break;
    case TOOLBAR_STATUS:
        tell_more(run);
        break;
    }
}

void
run_read_toolbar(run_t *run)
{
    toolbar_read(run->toolbar, take_wish, run);
}
