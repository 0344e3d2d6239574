/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One row a hop, time from left to right from 0 on. Places are percentages of the width, so that the drawing fits any
 * screen while its words keep their size; hop numbers and losses stand in the margins left and right of it.
 */
#include "ttr_html.h"

#include <math.h>

#include "ttr_markup.h"

#define NS_PER_MS 1e6
#define ROW_HEIGHT 24u
#define TOP 8u                  /* above the first row */
#define AXIS_HEIGHT 22u
#define TICKS_MAX 5
#define SMALLEST_STEP 0.001     /* ms: what three decimals can show */

typedef struct scale {
    double step;                /* ms from tick to tick */
    double end;                 /* ms at the right edge, a tick */
    int decimals;               /* that a tick needs */
} scale_t;

static guint
middle_of(guint row)
{
    return TOP + ROW_HEIGHT / 2 + row * ROW_HEIGHT;
}

static double
worst_of(const ttr_hops_t *hops)
{
    double worst = 0;

    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);

        if (hop->is_on_path)
            worst = MAX(worst, hop->statistics.worst);
    }
    return worst;
}

/* Ticks at 1, 2 or 5 times a power of ten, a few of them, and the last one not before `worst`. */
static scale_t
scale_for(double worst)
{
    static const double factors[] = {1, 2, 5, 10};
    double rough = MAX(worst / TICKS_MAX, SMALLEST_STEP);
    int exponent = (int)floor(log10(rough));
    scale_t scale = {.decimals = MAX(0, -exponent)};

    for (guint i = 0; i < G_N_ELEMENTS(factors); i++) {
        scale.step = factors[i] * pow(10, exponent);
        if (scale.step >= rough * (1 - 1e-9))
            break;
    }
    scale.end = scale.step * MAX(1, ceil(worst / scale.step - 1e-9));
    return scale;
}

static void
append_percent(GString *out, double ms, const scale_t *scale)
{
    ttr_markup_number(out, CLAMP(ms / scale->end * 100, 0, 100), 2);
    g_string_append(out, "%");
}

static void
append_axis(GString *out, const scale_t *scale, guint bottom)
{
    int ticks = (int)(scale->end / scale->step + 0.5);

    for (int i = 0; i <= ticks; i++) {
        g_string_append(out, "<line class=\"grid\" x1=\"");
        append_percent(out, i * scale->step, scale);
        g_string_append(out, "\" x2=\"");
        append_percent(out, i * scale->step, scale);
        g_string_append_printf(out, "\" y1=\"0\" y2=\"%u\"/><text class=\"tick\" y=\"%u\" x=\"", bottom, bottom + 16);
        append_percent(out, i * scale->step, scale);
        g_string_append(out, "\">");
        ttr_markup_number(out, i * scale->step, scale->decimals);
        g_string_append(out, i == ticks ? " ms</text>\n" : "</text>\n");
    }
}

/* The range from the best to the worst, and a stroke at the average. */
static void
append_range(GString *out, const ttr_statistics_t *statistics, const scale_t *scale, guint y)
{
    g_string_append(out, "<line class=\"range\" x1=\"");
    append_percent(out, statistics->best, scale);
    g_string_append(out, "\" x2=\"");
    append_percent(out, statistics->worst, scale);
    g_string_append_printf(out, "\" y1=\"%u\" y2=\"%u\"/><line class=\"average\" y1=\"%u\" y2=\"%u\" x1=\"", y, y,
                           y - 8, y + 8);
    append_percent(out, statistics->average, scale);
    g_string_append(out, "\" x2=\"");
    append_percent(out, statistics->average, scale);
    g_string_append(out, "\"/>\n");
}

static void
append_dot(GString *out, const ttr_probe_info_t *probe, const ttr_reply_info_t *reply, const scale_t *scale)
{
    double ms = (double)reply->rtt_ns / NS_PER_MS;

    append_percent(out, ms, scale);
    g_string_append_printf(out, "\"><title>hop %u, probe %u: ", probe->ttl, probe->attempt);
    ttr_html_ms(out, ms);
    g_string_append_printf(out, " ms, frame %u \u2192 %u, ", probe->frame, reply->frame);
    ttr_html_address(out, reply->family, &reply->responder);
    g_string_append(out, "</title></circle>");
}

static void
append_dots(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops, guint index,
            const scale_t *scale)
{
    const ttr_hop_t *hop = g_ptr_array_index(hops->hops, index);
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;

    for (guint i = hop->first; i < hop->first + hop->count; i++) {
        ttr_path_probe(context->store, g_array_index(hops->probes, uint32_t, i), &probe);
        if (!ttr_path_reply(context->store, probe.first_reply, &reply))
            continue;
        g_string_append_printf(out, "<circle class=\"r%u\" r=\"4\" cy=\"%u\" cx=\"",
                               g_array_index(hops->answered_by, uint32_t, i) % TTR_HTML_COLOURS, middle_of(index));
        append_dot(out, &probe, &reply, scale);
    }
}

static void
append_row(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops, guint index,
           const scale_t *scale)
{
    const ttr_hop_t *hop = g_ptr_array_index(hops->hops, index);
    const ttr_statistics_t *statistics = &hop->statistics;
    guint y = middle_of(index);

    g_string_append_printf(out, "<text class=\"hop\" x=\"0\" dx=\"-10\" y=\"%u\">%u</text>", y + 4, hop->ttl);
    g_string_append_printf(out, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/>\n", y, y);
    if (statistics->received > 1)
        append_range(out, statistics, scale, y);
    append_dots(out, context, hops, index, scale);
    if (ttr_statistics_lost(statistics) > 0)
        g_string_append_printf(out, "<text class=\"lost\" x=\"100%%\" dx=\"10\" y=\"%u\">%u lost</text>\n", y + 4,
                               ttr_statistics_lost(statistics));
}

void
ttr_html_chart(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    scale_t scale = scale_for(worst_of(hops));
    guint rows = 0;

    if (hops->trace.answered_count == 0)
        return;
    while (rows < hops->hops->len && ((const ttr_hop_t *)g_ptr_array_index(hops->hops, rows))->is_on_path)
        rows++;
    g_string_append_printf(out,
                           "<figure>\n<figcaption>Round-trip time of each probe by hop</figcaption>\n"
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"100%%\" height=\"%u\">"
                           "<title>Round-trip time of each probe by hop, in milliseconds</title>\n",
                           TOP + rows * ROW_HEIGHT + AXIS_HEIGHT);
    append_axis(out, &scale, TOP + rows * ROW_HEIGHT);
    for (guint i = 0; i < rows; i++)
        append_row(out, context, hops, i, &scale);
    g_string_append(out, "</svg>\n</figure>\n");
}
