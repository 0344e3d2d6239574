/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_present.h"

#include <epan/tap.h>

#include "ttr_column.h"
#include "ttr_dissector.h"
#include "ttr_expert.h"
#include "ttr_fields.h"

static int tap;

void
ttr_present_register(void)
{
    tap = register_tap(TTR_TAP_NAME);
}

ttr_known_when_t
ttr_present_wants(packet_info *pinfo, proto_tree *tree)
{
    if (ttr_fields_are_wanted(tree) || ttr_expert_is_tapped())
        return TTR_KNOWN_NOW;
    return pinfo->cinfo != NULL ? TTR_KNOWN_SO_FAR : TTR_KNOWN_THERE;
}

static void
queue(const ttr_known_t *known, packet_info *pinfo)
{
    ttr_note_t *note;

    if (!have_tap_listener(tap))
        return;
    note = wmem_new(pinfo->pool, ttr_note_t);
    *note = known->note;
    tap_queue_packet(tap, pinfo, note);
}

proto_item *
ttr_present(const ttr_known_t *known, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool is_throwing)
{
    /* A stock dissector that threw within a quote leaves this set: listeners would be kept from our note. */
    bool was_in_error = pinfo->flags.in_error_pkt;
    proto_item *item = NULL;

    pinfo->flags.in_error_pkt = FALSE;
    if (ttr_known_is_in_trace(known)) {
        if (tree != NULL)
            item = ttr_fields_add(known, tvb, pinfo, tree);
        ttr_expert_add(known, pinfo, item);
        ttr_column_append(known, pinfo, is_throwing);
    }
    queue(known, pinfo);
    pinfo->flags.in_error_pkt = was_in_error;
    return item;
}
