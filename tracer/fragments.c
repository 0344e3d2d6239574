/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fragments.h"

#include <string.h>

enum { PAYLOAD_MAX = 65536 };   /* a fragment that ends behind this is none (RFC 791 section 3.1) */

/* A packet that is not yet whole. */
typedef struct packet {
    fragments_key_t key;
    GArray *parts;              /* owned: part_t, by begin, no two overlap or touch */
    GByteArray *payload;        /* owned */
    size_t total;               /* of the payload, 0 while the last fragment is missing */
    GList place;                /* in the order of waiting */
} packet_t;

typedef struct part {
    size_t begin;
    size_t end;
} part_t;

struct fragments {
    GHashTable *packets;        /* owned: &packet_t.key -> packet_t */
    GQueue waiting;             /* the oldest first */
    size_t kept;                /* bytes */
    GByteArray *whole;          /* owned: what was returned last; NULL: nothing yet */
};

static guint
hash_key(gconstpointer data)
{
    const uint8_t *bytes = data;
    guint hash = 2166136261u;

    for (size_t i = 0; i < sizeof(fragments_key_t); i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(fragments_key_t)) == 0;
}

static void
free_packet(gpointer data)
{
    packet_t *packet = data;

    g_array_unref(packet->parts);
    if (packet->payload != NULL)
        g_byte_array_unref(packet->payload);
    g_free(packet);
}

fragments_t *
fragments_new(void)
{
    fragments_t *fragments = g_new0(fragments_t, 1);

    g_queue_init(&fragments->waiting);
    return fragments;
}

void
fragments_free(fragments_t *fragments)
{
    if (fragments == NULL)
        return;
    if (fragments->packets != NULL)
        g_hash_table_unref(fragments->packets);
    if (fragments->whole != NULL)
        g_byte_array_unref(fragments->whole);
    g_free(fragments);
}

static void
forget(fragments_t *fragments, packet_t *packet)
{
    fragments->kept -= sizeof *packet + (packet->payload == NULL ? 0 : packet->payload->len);
    g_queue_unlink(&fragments->waiting, &packet->place);
    g_hash_table_remove(fragments->packets, &packet->key);
}

/* The table is made with the first fragment: most captures have none. */
static packet_t *
find(fragments_t *fragments, const fragments_key_t *key)
{
    packet_t *packet;

    if (fragments->packets == NULL)
        fragments->packets = g_hash_table_new_full(hash_key, equal_keys, NULL, free_packet);
    packet = g_hash_table_lookup(fragments->packets, key);
    if (packet != NULL)
        return packet;
    packet = g_new0(packet_t, 1);
    packet->key = *key;
    packet->parts = g_array_new(FALSE, FALSE, sizeof(part_t));
    packet->payload = g_byte_array_new();
    packet->place.data = packet;
    g_queue_push_tail_link(&fragments->waiting, &packet->place);
    g_hash_table_insert(fragments->packets, &packet->key, packet);
    fragments->kept += sizeof *packet;
    return packet;
}

/* Copies what of the piece is not there yet, and notes that it is. */
static void
add_bytes(packet_t *packet, const fragments_piece_t *piece)
{
    part_t added = {.begin = piece->offset, .end = piece->offset + piece->size};
    size_t at = piece->offset;
    guint i = 0;

    if (packet->payload->len < added.end)
        g_byte_array_set_size(packet->payload, (guint)added.end);
    while (i < packet->parts->len) {
        part_t part = g_array_index(packet->parts, part_t, i);

        if (part.end < added.begin) {
            i++;
            continue;
        }
        if (part.begin > added.end)
            break;
        if (part.begin > at)
            memcpy(packet->payload->data + at, piece->data + (at - piece->offset), part.begin - at);
        at = MAX(at, part.end);
        added.begin = MIN(added.begin, part.begin);
        added.end = MAX(added.end, part.end);
        g_array_remove_index(packet->parts, i);
    }
    if (at < piece->offset + piece->size)
        memcpy(packet->payload->data + at, piece->data + (at - piece->offset), piece->offset + piece->size - at);
    g_array_insert_val(packet->parts, i, added);
}

static bool
is_whole(const packet_t *packet)
{
    const part_t *first = &g_array_index(packet->parts, part_t, 0);

    return packet->total > 0 && first->begin == 0 && first->end >= packet->total;
}

const uint8_t *
fragments_add(fragments_t *fragments, const fragments_key_t *key, const fragments_piece_t *piece, size_t *size)
{
    packet_t *packet;
    size_t before;

    if (piece->size == 0 || piece->offset + piece->size > PAYLOAD_MAX)
        return NULL;
    packet = find(fragments, key);
    before = packet->payload->len;
    add_bytes(packet, piece);
    fragments->kept += packet->payload->len - before;
    if (piece->is_last)
        packet->total = piece->offset + piece->size;
    if (is_whole(packet)) {
        if (fragments->whole != NULL)
            g_byte_array_unref(fragments->whole);
        *size = packet->total;
        fragments->whole = g_byte_array_ref(packet->payload);
        forget(fragments, packet);
        return fragments->whole->data;
    }
    while (fragments->kept > FRAGMENTS_BYTES_MAX && fragments->waiting.length > 1)
        forget(fragments, fragments->waiting.head->data);
    return NULL;
}
