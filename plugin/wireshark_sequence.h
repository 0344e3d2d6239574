/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Flow Graph asks of an analysis. Wireshark exports these functions in all versions from 4.0 on, and ships their
 * header, epan/sequence_analysis.h, in none. Only what we use is declared.
 *
 * Items come from sequence_analysis_create_sai_with_addresses(), never from our own allocation, and Wireshark frees
 * them: members behind those below differ between versions, and nobody here may ask for the size of these types.
 * The members below stand where 4.0, 4.2, 4.4 and 4.6 have them; the flags became bool with 4.3.
 */
#ifndef WIRESHARK_SEQUENCE_H
#define WIRESHARK_SEQUENCE_H

#include <wireshark.h>
#include <epan/address.h>
#include <epan/packet_info.h>
#include <epan/tap.h>

#include "ttr_wsversion.h"

#ifndef TTR_REDECLARED_TYPES_FIT
#error "These types were compared with Wireshark 4.0 to 4.6 only. Compare sequence_item_t and sequence_info_t with \
epan/sequence_analysis.h of this release, then build with -D TTR_REDECLARED_TYPES_FIT (docs/wireshark-internals.md)."
#endif

/* How many hosts Wireshark draws (MAX_NUM_NODES). */
#define SEQUENCE_NODES_MAX 40

/* One arrow. Texts and addresses are owned by the item: g_malloc(). */
typedef struct sequence_item {
    uint32_t frame_number;
    address src_addr;
    uint16_t port_src;
    address dst_addr;
    uint16_t port_dst;
    char *frame_label;              /* above the arrow; never NULL */
    char *time_str;
    char *comment;                  /* beside the graph; never NULL */
    uint16_t conv_num;              /* chooses the colour; a column of its own when printed */
    unsigned fg_color;
    unsigned bg_color;
    ttr_ws_bool_t has_color_filter;
    ttr_ws_bool_t display;          /* items without are left out */
    unsigned src_node;              /* written by Wireshark when all items are there; free before */
    unsigned dst_node;
} sequence_item_t;

typedef struct sequence_info {
    const char *name;
    ttr_ws_bool_t any_addr;
    int nconv;
    GQueue *items;                  /* sequence_item_t, in order of the frames */
} sequence_info_t;

WS_DLL_PUBLIC void register_seq_analysis(const char *name, const char *ui_name, int proto_id, const char *tap_listener,
                                         unsigned tap_flags, tap_packet_cb tap_func);

/* NULL when the packet has no addresses. Fills addresses and time. */
WS_DLL_PUBLIC sequence_item_t *sequence_analysis_create_sai_with_addresses(packet_info *pinfo, sequence_info_t *info);

#endif
