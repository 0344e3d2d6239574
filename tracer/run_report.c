/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_report.h"

#define SAID_MAX 256            /* what changes all the time must not fill the memory */

void
run_report_init(run_report_t *report, GPtrArray *said)
{
    *report = (run_report_t){.said = said};
}

static void
add(run_report_t *report, const char *sentence)
{
    if (report->said->len < SAID_MAX && !g_ptr_array_find_with_equal_func(report->said, sentence, g_str_equal, NULL))
        g_ptr_array_add(report->said, g_strdup(sentence));
}

static bool
has_toolbar(const run_report_t *report)
{
    return report->toolbar != NULL && toolbar_fd(report->toolbar) >= 0;
}

void
run_report_error(run_report_t *report, GError *error)
{
    report->has_error = true;
    if (has_toolbar(report))
        toolbar_log(report->toolbar, error->message);
    add(report, error->message);
    g_error_free(error);
}

void
run_report_note(run_report_t *report, const char *name, const char *what)
{
    g_autofree char *sentence = g_strdup_printf("%s: %s", name, what);

    if (has_toolbar(report))
        toolbar_log(report->toolbar, sentence);
    else
        add(report, sentence);
}

void
run_report_log(const run_report_t *report, const char *line)
{
    if (has_toolbar(report))
        toolbar_log(report->toolbar, line);
}
