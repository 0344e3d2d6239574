/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_toolbar.h"

/* "12 hops, 31.4 ms, open" */
static void
append_summary(GString *out, const session_summary_t *summary, uint32_t rounds)
{
    g_string_append_printf(out, "%u hop%s", summary->hops, summary->hops == 1 ? "" : "s");
    if (summary->rtt_ns != 0)
        g_string_append_printf(out, ", %.1f ms", (double)summary->rtt_ns / 1e6);
    if (summary->is_loop)
        g_string_append(out, ", a loop");
    if (summary->is_reached || summary->state != TTR_STATE_UNKNOWN)
        g_string_append_printf(out, ", %s", ttr_state_name(summary->state));
    if (rounds != 1)
        g_string_append_printf(out, ", round %u", summary->round);
}

static void
append_target(GString *out, const run_toolbar_t *bar, const run_target_t *target)
{
    session_summary_t summary;

    if (target->session == NULL)
        return;
    session_summary(target->session, &summary);
    append_summary(out, &summary, (uint32_t)bar->targets->options->rounds);
}

void
run_toolbar_show_begin(const run_toolbar_t *bar)
{
    toolbar_set_target(bar->toolbar, bar->targets->wanted);
    toolbar_set_status(bar->toolbar, "Looking up");
}

void
run_toolbar_show_error(const run_toolbar_t *bar, const char *text)
{
    toolbar_say_error(bar->toolbar, text);
    if (bar->targets->list->len == 0)
        toolbar_set_status(bar->toolbar, "No target");
}

void
run_toolbar_show(const run_toolbar_t *bar)
{
    g_autoptr(GString) status = g_string_new(NULL);

    if (bar->targets->list->len == 0)
        return;
    append_target(status, bar, g_ptr_array_index(bar->targets->list, 0));
    if (bar->targets->list->len > 1)
        g_string_append_printf(status, " (1 of %u targets)", bar->targets->list->len);
    toolbar_set_status(bar->toolbar, status->str);
}

static void
tell_more(const run_toolbar_t *bar)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < bar->targets->list->len; i++) {
        const run_target_t *target = g_ptr_array_index(bar->targets->list, i);
        session_summary_t summary;

        if (target->session == NULL)
            continue;
        session_summary(target->session, &summary);
        g_string_append_printf(text, "%s: ", target->name);
        append_summary(text, &summary, (uint32_t)bar->targets->options->rounds);
        g_string_append_printf(text, "; %u probes sent, %u answered\n", summary.sent, summary.answered);
    }
    toolbar_say(bar->toolbar, text->len == 0 ? "Nothing was sent yet" : text->str);
}

/* As on the command line: one at least, and not more than so many. */
static void
take_targets(const run_toolbar_t *bar, const char *text)
{
    g_auto(GStrv) names = options_targets(text);
    guint count = g_strv_length(names);
    g_autofree char *wrong = NULL;

    if (count > OPTIONS_TARGETS_MAX) {
        wrong = g_strdup_printf("%u targets are too many; at most %d at once", count, OPTIONS_TARGETS_MAX);
        toolbar_say_error(bar->toolbar, wrong);
    }
    if (count == 0 || count > OPTIONS_TARGETS_MAX)
        return;
    run_targets_replace(bar->targets, text);
    run_toolbar_show_begin(bar);
}

static void
take_wish(void *user, const toolbar_wish_t *wish)
{
    run_toolbar_t *bar = user;

    switch (wish->kind) {
    case TOOLBAR_TARGET:
        take_targets(bar, wish->text);
        break;
    case TOOLBAR_MODE:
        if (wish->mode != bar->targets->mode) {
            run_targets_set_mode(bar->targets, wish->mode);
            run_toolbar_show_begin(bar);
        }
        break;
    case TOOLBAR_PAUSE:
        bar->is_paused = !bar->is_paused;
        toolbar_set_pause(bar->toolbar, bar->is_paused);
        break;
    case TOOLBAR_NEXT_ROUND:
        for (guint i = 0; i < bar->targets->list->len; i++) {
            run_target_t *target = g_ptr_array_index(bar->targets->list, i);

            if (target->session != NULL)
                session_hurry(target->session);
        }
        break;
    case TOOLBAR_STATUS:
        tell_more(bar);
        break;
    }
}

void
run_toolbar_read(run_toolbar_t *bar)
{
    toolbar_read(bar->toolbar, take_wish, bar);
}
