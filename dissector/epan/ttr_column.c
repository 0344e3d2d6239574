/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_column.h"

#include <epan/column-info.h>
#include <epan/column-utils.h>

#include "ttr_settings.h"
#include "ttr_text.h"

static void
add_frame(ttr_text_t *text, const char *words, uint32_t frame)
{
    ttr_text_add(text, words);
    ttr_text_add_number(text, frame);
}

static void
write_probe(const ttr_known_t *known, ttr_text_t *text)
{
    if (known->probe.copy_of != 0) {
        add_frame(text, ", copy of ", known->probe.copy_of);
        return;
    }
    add_frame(text, ", probe ", known->probe.attempt);
    if (known->has_reply)
        add_frame(text, ", reply in ", known->reply.frame);
}

static void
write_teardown(const ttr_known_t *known, ttr_text_t *text)
{
    add_frame(text, " of trace ", known->note.trace);
    add_frame(text, ", teardown of ", known->teardown.syn_ack_frame);
}

static void
write_reply(const ttr_known_t *known, ttr_text_t *text)
{
    const ttr_reply_info_t *reply = &known->reply;

    add_frame(text, " of trace ", known->note.trace);
    add_frame(text, ", reply to ", reply->probe_frame);
    ttr_text_add(text, ", ");
    ttr_text_add_ms(text, reply->rtt_ns);
    ttr_text_add(text, " ms");
    if (reply->state != TTR_STATE_UNKNOWN) {
        ttr_text_add(text, ", ");
        ttr_text_add(text, ttr_state_name(reply->state));
    }
    if (reply->copy_of != 0)
        add_frame(text, ", copy of ", reply->copy_of);
    else if (reply->is_duplicate)
        ttr_text_add(text, ", duplicate");
}

/* What waits for the end of the frame; the routine that Wireshark calls there gets no argument. */
static struct {
    uint32_t frame;
    column_info *columns;       /* borrowed until the end of the frame */
    ttr_text_t text;
} pending;

static void
append_pending(void)
{
    if (pending.text.used > 0)
        col_append_str(pending.columns, COL_INFO, pending.text.data);
    pending.text.used = 0;
}

/* As register_frame_end_routine() does, which plugins can't call: libwireshark keeps it to itself, and the functions in a
 * list of data pointers. On every system that Wireshark runs on the two are of one size. */
static void
call_at_frame_end(packet_info *pinfo, void (*routine)(void))
{
    /* cppcheck-suppress duplicateExpression -- what is to be the same here */
    G_STATIC_ASSERT(sizeof(void *) == sizeof(void (*)(void)));
    union {
        void (*routine)(void);
        void *data;
    } entry = {.routine = routine};

    pinfo->frame_end_routines = g_slist_append(pinfo->frame_end_routines, entry.data);
}

static void
append_later(const ttr_text_t *text, packet_info *pinfo)
{
    if (pending.frame != pinfo->num || pending.columns != pinfo->cinfo)
        pending.text.used = 0;
    pending.frame = pinfo->num;
    pending.columns = pinfo->cinfo;
    ttr_text_add(&pending.text, text->data);
    call_at_frame_end(pinfo, append_pending);
}

void
ttr_column_append(const ttr_known_t *known, packet_info *pinfo, bool is_throwing)
{
    ttr_text_t text;

    if (pinfo->cinfo == NULL || !ttr_settings_has_info_column() || pinfo->cinfo->col_first[COL_INFO] < 0 ||
        !col_get_writable(pinfo->cinfo, COL_INFO))
        return;
    text.used = 0;
    add_frame(&text, " [hop ", known->probe.ttl);
    if (ttr_known_is_teardown(known))
        write_teardown(known, &text);
    else if (ttr_known_is_reply(known))
        write_reply(known, &text);
    else
        write_probe(known, &text);
    ttr_text_add(&text, "]");
    if (is_throwing)
        append_later(&text, pinfo);
    else
        col_append_str(pinfo->cinfo, COL_INFO, text.data);
}
