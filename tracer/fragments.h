/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Puts the fragments of IP packets together (RFC 791 section 3.2, RFC 8200 section 4.5). Pure. What is kept is bounded:
 * the packet that has waited longest for its rest goes first.
 */
#ifndef FRAGMENTS_H
#define FRAGMENTS_H

#include "bytes.h"
#include "ttr_types.h"

#define FRAGMENTS_BYTES_MAX (64u << 20)     /* of all packets that are not yet whole */

typedef struct fragments fragments_t;

/* Which packet a fragment is of. Made with every byte set, the padding too. */
typedef struct fragments_key {
    ttr_address_t source;
    ttr_address_t target;
    uint32_t id;
    uint16_t vlan;              /* Wireshark keeps the packets of different VLANs apart */
    uint8_t family;
    uint8_t protocol;
} fragments_key_t;

/* One fragment. */
typedef struct fragments_piece {
    size_t offset;              /* in the packet's payload */
    bool is_last;
    const uint8_t *data;
    size_t size;
} fragments_piece_t;

fragments_t *fragments_new(void);
void fragments_free(fragments_t *fragments); /* NULL is legal */

/* Takes a fragment. Returns the payload of its packet when that is whole now, else NULL: borrowed until the next call,
 * as many bytes as *size says. Where fragments overlap, what came first stays. */
const uint8_t *fragments_add(fragments_t *fragments, const fragments_key_t *key, const fragments_piece_t *piece,
                             size_t *size);

#endif
