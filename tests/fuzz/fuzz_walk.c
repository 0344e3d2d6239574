/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * walk_frame() on any bytes. Input: frames, each behind two bytes for its link type and one for its length. All frames
 * are of one walk, so that fragments meet.
 */
#include <string.h>

#include "fuzz_check.h"
#include "walk.h"

static const uint32_t links[] = {0, 1, 9, 12, 50, 51, 101, 104, 108, 109, 113, 117, 138, 204, 228, 229, 239, 276};

typedef struct seen {
    unsigned packets;           /* of this frame */
    uint8_t last_layer;
    uint8_t sum;                /* what is handed over is read, so that ASan sees where it lies */
} seen_t;

static void
take(void *user, const walk_packet_t *packet)
{
    seen_t *seen = user;

    FUZZ_CHECK(packet->ip.family == TTR_FAMILY_IPV4 || packet->ip.family == TTR_FAMILY_IPV6);
    FUZZ_CHECK(packet->layer > seen->last_layer);
    FUZZ_CHECK(packet->bytes.length <= 65536 + 256);
    seen->last_layer = packet->layer;
    seen->packets++;
    for (size_t i = 0; i < packet->bytes.captured; i++)
        seen->sum ^= packet->bytes.data[i];
}

static void
count(void *user, const char *kind, uint64_t frames)
{
    FUZZ_CHECK(*kind != '\0' && frames > 0);
    *(uint64_t *)user += frames;
}

static void
walk_copy(walk_t *walk, uint32_t link_type, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size);   /* of the exact size: ASan sees the first byte that is read beyond it */

    if (size > 0)
        memcpy(copy, data, size);
    walk_frame(walk, link_type, copy, size, size + (link_type & 0x40));
    free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    seen_t seen = {0};
    walk_t *walk = walk_new(take, &seen);
    uint64_t unread = 0;
    uint64_t frames = 0;

    while (size >= 3) {
        uint32_t link = data[0] < 0xf0 ? links[data[0] % (sizeof links / sizeof links[0])] : data[1];
        size_t length = MIN((size_t)data[2] * 2, size - 3);

        seen.packets = 0;
        seen.last_layer = 0;
        walk_copy(walk, link, data + 3, length);
        FUZZ_CHECK(seen.packets <= 1);      /* one way leads through a frame, and it ends at the first segment */
        data += 3 + length;
        size -= 3 + length;
        frames++;
    }
    walk_unread(walk, count, &unread);
    FUZZ_CHECK(unread <= frames);
    walk_free(walk);
    return 0;
}
