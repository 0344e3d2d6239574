/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A hop can have as many responders as it has answers. Twice as many cost an output twice the work, not four times:
 * the compiler puts a call into each branch of the outputs, and the calls are counted. Nothing is timed.
 */
#include <glib.h>

#include "ttr_output.h"
#include "unit_trace.h"

enum {
    RESPONDERS = 1000,
    ROOM_PERCENT = 15           /* for digits that become more, and for tables that grow */
};

static const ttr_output_names_t names = {.host = NULL};
static uint64_t work;

void __sanitizer_cov_trace_pc(void);

void
__sanitizer_cov_trace_pc(void)
{
    work++;
}

static ttr_store_t *
make_store(unsigned responders)
{
    unit_trace_t trace = unit_trace_new();

    unit_trace_probe(&trace, 1);
    for (unsigned i = 0; i < responders; i++) {
        unit_trace_probe(&trace, 2);
        unit_trace_exceeded(&trace, (uint16_t)i, 1000000);
    }
    return trace.store;
}

/* All list each responder, but for those that sum a trace up. */
static bool
is_listing(const ttr_output_t *output)
{
    return output != ttr_output_find("findings") && output != ttr_output_find("ports");
}

static uint64_t
work_of(const ttr_output_t *output, unsigned responders)
{
    ttr_output_context_t context = {.store = make_store(responders), .names = &names};
    GString *out = g_string_new(NULL);
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t index = 0;

    g_assert_cmpuint(ttr_path_trace_count(context.store), ==, 1);
    g_array_append_val(traces, index);
    work = 0;
    if (output->write_trace != NULL)
        output->write_trace(out, &context, index, true);
    else
        output->write_all(out, &context, traces);
    if (is_listing(output))
        g_assert_cmpuint(out->len, >, responders);
    g_array_unref(traces);
    g_string_free(out, TRUE);
    ttr_store_free((ttr_store_t *)context.store);
    return work;
}

static void
test_work(gconstpointer data)
{
    const ttr_output_t *output = data;
    uint64_t once = work_of(output, RESPONDERS);
    uint64_t twice = work_of(output, 2 * RESPONDERS);

    g_test_message("%s: %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT, output->name, once, twice);
    if (is_listing(output))
        g_assert_cmpuint(once, >=, RESPONDERS);
    g_assert_cmpuint(twice * 100, <, once * (200 + ROOM_PERCENT));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < ttr_output_count; i++) {
        char *name = g_strdup_printf("/output_work/%s_grows_as_its_responders_do", ttr_outputs[i]->name);

        g_test_add_data_func(name, ttr_outputs[i], test_work);
        g_free(name);
    }
    return g_test_run();
}
