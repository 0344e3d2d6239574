/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal.h"

#include <string.h>

#include "table.h"
#include "ttr_format.h"
#include "ttr_insight.h"
#include "ttr_text.h"

#define CONTINUED "    "        /* how a line begins that belongs to the hop above */
#define ALTERNATE_SCREEN "\033[?1049h\033[?25l"    /* xterm's, which others have too: a page of its own, no cursor */
#define FORMER_SCREEN "\033[?25h\033[?1049l"
#define HOME "\033[H"           /* ECMA-48: CUP, EL, ED */
#define ERASE_LINE "\033[K"
#define ERASE_BELOW "\033[J"
#define KEYS "q quit  p pause  r reset  d display"

struct terminal {
    const options_t *options;   /* borrowed */
    const reader_voice_t *voice;    /* borrowed */
    reader_t *reader;           /* owned: the model */
    ttr_output_names_t names;
    GHashTable *hosts;          /* owned: address as text (owned) -> name (owned) */
    GPtrArray *targets;         /* owned: address as text, owned */
    ttr_trace_info_t heading;   /* what stands above the path to the first one */
    GPtrArray *printed;         /* owned: what was printed of each hop, in this order; char *, owned */
    bool has_heading;
    bool has_history;           /* of the table */
    uint32_t rounds;            /* printed without a screen */
};

static char *
address_text(uint8_t family, const ttr_address_t *address)
{
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, address, digits);
    return g_strdup(digits);
}

static const char *
host_name(void *user, uint8_t family, const ttr_address_t *address)
{
    const terminal_t *terminal = user;
    g_autofree char *digits = address_text(family, address);

    return g_hash_table_lookup(terminal->hosts, digits);
}

terminal_t *
terminal_new(const options_t *options, const reader_voice_t *voice)
{
    terminal_t *terminal = g_new0(terminal_t, 1);

    terminal->options = options;
    terminal->voice = voice;
    terminal->reader = reader_new();
    terminal->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    terminal->targets = g_ptr_array_new_with_free_func(g_free);
    terminal->printed = g_ptr_array_new_with_free_func(g_free);
    terminal->names = (ttr_output_names_t){.host = host_name, .user = terminal};
    return terminal;
}

void
terminal_free(terminal_t *terminal)
{
    if (terminal == NULL)
        return;
    reader_free(terminal->reader);
    g_hash_table_unref(terminal->hosts);
    g_ptr_array_unref(terminal->targets);
    g_ptr_array_unref(terminal->printed);
    g_free(terminal);
}

static void
print(const terminal_t *terminal, const char *text)
{
    GString *out = g_string_new(text);

    terminal->voice->print(terminal->voice->user, out);
    g_string_free(out, TRUE);
}

/* Is the path of one target printed as it grows? Later rounds would change its lines. */
static bool
is_growing(const terminal_t *terminal)
{
    return strcmp(terminal->options->output, OPTIONS_OUTPUT) == 0 && terminal->targets->len == 1 &&
           terminal->options->rounds == 1 && terminal->options->mode != OPTIONS_MODE_MULTIPATH;
}

void
terminal_add_target(terminal_t *terminal, const char *name, uint8_t family, const ttr_address_t *address)
{
    if (terminal->targets->len == 0) {
        terminal->heading.family = family;
        terminal->heading.target = *address;
        terminal->heading.dport = (uint16_t)terminal->options->port;
        terminal->heading.last_ttl = (uint8_t)terminal->options->last_ttl;
    }
    g_ptr_array_add(terminal->targets, address_text(family, address));
    terminal_add_name(terminal, family, address, name);
}

void
terminal_add_name(terminal_t *terminal, uint8_t family, const ttr_address_t *address, const char *name)
{
    char *digits = address_text(family, address);

    if (strcmp(digits, name) != 0 && !g_hash_table_contains(terminal->hosts, digits))
        g_hash_table_insert(terminal->hosts, digits, g_strdup(name));
    else
        g_free(digits);
}

void
terminal_take(terminal_t *terminal, const record_t *frame)
{
    reader_take(terminal->reader, frame);
}

/* Its number, and what there is of it; false when there is no trace yet. */
static bool
first_trace(const terminal_t *terminal, uint32_t *index, ttr_trace_info_t *trace)
{
    const ttr_store_t *store = reader_store(terminal->reader);
    uint32_t count = ttr_path_trace_count(store);

    for (*index = 0; *index < count; (*index)++) {
        if (ttr_path_trace(store, *index, trace))
            return true;
    }
    return false;
}

/* As tcptraceroute, which prints the highest TTL that it would probe. */
static void
print_heading(terminal_t *terminal)
{
    GString *out = g_string_new(NULL);

    if (!terminal->has_heading) {
        ttr_format_header(out, &terminal->names, &terminal->heading);
        terminal->voice->print(terminal->voice->user, out);
    }
    terminal->has_heading = true;
    g_string_free(out, TRUE);
}

/* The lines of each hop, and what stands below the last one; NULL when there is no trace yet. The caller frees it. */
static GPtrArray *
hop_lines(const terminal_t *terminal)
{
    const ttr_output_t *output = ttr_output_find(OPTIONS_OUTPUT);
    ttr_output_context_t context = {.store = reader_store(terminal->reader), .names = &terminal->names};
    g_autoptr(GString) text = g_string_new(NULL);
    GPtrArray *hops = g_ptr_array_new_with_free_func(g_free);
    ttr_trace_info_t trace;
    uint32_t index;
    const char *line;

    if (!first_trace(terminal, &index, &trace)) {
        g_ptr_array_unref(hops);
        return NULL;
    }
    output->write_trace(text, &context, index, true);
    line = strchr(text->str, '\n') + 1;         /* behind its heading */
    while (*line != '\0') {
        const char *end = strchr(line, '\n') + 1;

        while (g_str_has_prefix(end, CONTINUED))
            end = strchr(end, '\n') + 1;
        g_ptr_array_add(hops, g_strndup(line, (gsize)(end - line)));
        line = end;
    }
    return hops;
}

static void
print_hop(terminal_t *terminal, const char *lines)
{
    print(terminal, lines);
    g_ptr_array_add(terminal->printed, g_strdup(lines));
}

void
terminal_grow(terminal_t *terminal, uint8_t settled)
{
    g_autoptr(GPtrArray) hops = NULL;

    if (!is_growing(terminal))
        return;
    print_heading(terminal);
    if (settled < terminal->options->first_ttl + (int)terminal->printed->len)
        return;
    hops = hop_lines(terminal);
    while (hops != NULL && terminal->printed->len < hops->len) {
        const char *lines = g_ptr_array_index(hops, terminal->printed->len);
        guint64 ttl = g_ascii_strtoull(lines, NULL, 10);

        if (ttl == 0 || ttl > settled)          /* or what stands below the last one */
            return;
        print_hop(terminal, lines);
    }
}

/* Answers that came when a hop had been given up. */
static void
print_changed(const terminal_t *terminal, const GPtrArray *hops)
{
    bool has_some = false;

    for (guint i = 0; i < terminal->printed->len; i++) {
        const char *lines = i < hops->len ? g_ptr_array_index(hops, i) : NULL;

        if (lines == NULL || strcmp(lines, g_ptr_array_index(terminal->printed, i)) == 0)
            continue;
        if (!has_some)
            print(terminal, "With what came later:\n");
        has_some = true;
        print(terminal, lines);
    }
}

static void
print_rest(terminal_t *terminal)
{
    g_autoptr(GPtrArray) hops = hop_lines(terminal);

    print_heading(terminal);
    if (hops == NULL)
        return;
    for (guint i = terminal->printed->len; i < hops->len; i++)
        print(terminal, g_ptr_array_index(hops, i));
    print_changed(terminal, hops);
}

/* What the trace proves, and what is to be known before one trusts it: below the paths alone, the other outputs have a
 * place for it. */
static void
print_insight(const terminal_t *terminal, uint32_t index)
{
    const ttr_store_t *store = reader_store(terminal->reader);
    ttr_insight_t *insight = ttr_insight_new(store, index);
    g_auto(GStrv) notes = ttr_path_notes(store, index);
    g_autoptr(GString) out = g_string_new(NULL);

    if (insight == NULL)
        return;
    g_string_append_printf(out, "\n%s\n", insight->diagnosis);
    for (char **note = notes; *note != NULL; note++)
        g_string_append_printf(out, "Note: %s\n", *note);
    terminal->voice->print(terminal->voice->user, out);
    ttr_insight_free(insight);
}

/* The last trace to the target; TTR_NO_TRACE: there is none. */
static uint32_t
last_trace(const terminal_t *terminal, const char *target, ttr_trace_info_t *trace)
{
    const ttr_store_t *store = reader_store(terminal->reader);

    for (uint32_t index = ttr_path_trace_count(store); index-- > 0;) {
        g_autofree char *digits = NULL;

        if (!ttr_path_trace(store, index, trace))
            continue;
        digits = address_text(trace->family, &trace->target);
        if (strcmp(digits, target) == 0)
            return index;
    }
    return TTR_NO_TRACE;
}

void
terminal_open_screen(const terminal_t *terminal)
{
    print(terminal, ALTERNATE_SCREEN);
}

void
terminal_close_screen(const terminal_t *terminal)
{
    print(terminal, FORMER_SCREEN);
}

/* "HOST (ADDRESS) port 80, round 3, paused   KEYS" */
static char *
title_of(const terminal_t *terminal, const terminal_view_t *view)
{
    g_autofree char *host = terminal->targets->len == 0 ? g_strdup("")
                                                        : ttr_format_host(&terminal->names, terminal->heading.family,
                                                                          &terminal->heading.target);

    return g_strdup_printf("%s port %u, round %u%s   " KEYS, host, terminal->heading.dport, view->round,
                           view->is_paused ? ", paused" : "");
}

void
terminal_draw(const terminal_t *terminal, const terminal_view_t *view)
{
    g_autofree char *title = title_of(terminal, view);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) out = g_string_new(HOME);
    ttr_trace_info_t trace;
    table_t table = {
        .store = reader_store(terminal->reader),
        .names = &terminal->names,
        .trace = TTR_NO_TRACE,
        .title = title,
        .width = view->width,
        .height = view->height,
        .is_unicode = view->is_unicode,
        .has_history = terminal->has_history,
    };

    if (terminal->targets->len > 0)
        table.trace = last_trace(terminal, g_ptr_array_index(terminal->targets, 0), &trace);
    table_draw(text, &table);
    g_string_truncate(text, text->len - 1);     /* the end of the last line would move all up in a full terminal */
    for (const char *at = text->str; *at != '\0'; at++) {
        if (*at == '\n')
            g_string_append(out, ERASE_LINE);
        g_string_append_c(out, *at);
    }
    g_string_append(out, ERASE_LINE ERASE_BELOW);
    terminal->voice->print(terminal->voice->user, out);
}

terminal_wish_t
terminal_press(terminal_t *terminal, char key)
{
    switch (key) {
    case 'q':
        return TERMINAL_QUIT;
    case 'p':
        return TERMINAL_PAUSE;
    case 'r':
        reader_free(terminal->reader);
        terminal->reader = reader_new();
        return TERMINAL_NOTHING;
    case 'd':
        terminal->has_history = !terminal->has_history;
        return TERMINAL_NOTHING;
    default:
        return TERMINAL_NOTHING;
    }
}

static void
print_output(const terminal_t *terminal)
{
    reader_print(terminal->reader, ttr_output_find(terminal->options->output), &terminal->names, NULL, terminal->voice);
}

void
terminal_print_round(terminal_t *terminal, uint32_t round)
{
    if (round <= terminal->rounds + 1)
        return;
    terminal->rounds = round - 1;
    print_output(terminal);
    print(terminal, "\n");
}

/* Did the target answer? What counts is the last trace to it. */
static bool
is_reached(const terminal_t *terminal, const char *target)
{
    ttr_trace_info_t trace;

    return last_trace(terminal, target, &trace) != TTR_NO_TRACE && trace.is_reached;
}

static void
print_all_insights(const terminal_t *terminal)
{
    const ttr_store_t *store = reader_store(terminal->reader);
    uint32_t count = ttr_path_trace_count(store);

    for (uint32_t index = 0; index < count; index++)
        print_insight(terminal, index);
}

bool
terminal_finish(terminal_t *terminal)
{
    bool are_reached = terminal->targets->len > 0;

    if (is_growing(terminal))
        print_rest(terminal);
    else
        print_output(terminal);
    if (strcmp(terminal->options->output, OPTIONS_OUTPUT) == 0)
        print_all_insights(terminal);
    for (guint i = 0; i < terminal->targets->len; i++)
        are_reached = is_reached(terminal, g_ptr_array_index(terminal->targets, i)) && are_reached;
    return are_reached;
}
