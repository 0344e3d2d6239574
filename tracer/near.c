/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "near.h"

#include <glib.h>
#include <string.h>

enum { TTLS = 256 };

/* What a trace that leads found. */
typedef struct found {
    bool is_known[TTLS];
    ttr_address_t routers[TTLS];
    uint8_t end;                /* 0: not known */
} found_t;

struct near {
    unsigned joined;
    unsigned left;
    found_t found[NEAR_LEADING];
    uint8_t depth;
    bool is_parted;             /* their ways part behind it, or one ends */
};

near_t *
near_new(void)
{
    return g_new0(near_t, 1);
}

void
near_free(near_t *near)
{
    g_free(near);
}

unsigned
near_join(near_t *near)
{
    return near->joined++;
}

/* When all are gone others may come, to other targets. */
void
near_leave(near_t *near)
{
    near->left++;
    if (near->left == near->joined)
        *near = (near_t){0};
}

static void
compare(near_t *near)
{
    const found_t *one = &near->found[0];
    const found_t *other = &near->found[1];

    near->depth = 0;
    near->is_parted = false;
    for (int ttl = 1; ttl < TTLS && !near->is_parted; ttl++) {
        bool is_end = ttl == one->end || ttl == other->end;

        if (!is_end && (!one->is_known[ttl] || !other->is_known[ttl]))
            continue;
        near->is_parted = is_end || memcmp(&one->routers[ttl], &other->routers[ttl], sizeof one->routers[ttl]) != 0;
        if (!near->is_parted)
            near->depth = (uint8_t)ttl;
    }
}

void
near_note_router(near_t *near, unsigned trace, uint8_t ttl, const ttr_address_t *router)
{
    if (trace >= NEAR_LEADING)
        return;
    near->found[trace].is_known[ttl] = true;
    near->found[trace].routers[ttl] = *router;
    compare(near);
}

void
near_note_end(near_t *near, unsigned trace, uint8_t ttl)
{
    if (trace >= NEAR_LEADING)
        return;
    near->found[trace].end = ttl;
    compare(near);
}

uint8_t
near_depth(const near_t *near)
{
    return near->depth;
}

const ttr_address_t *
near_router(const near_t *near, uint8_t ttl)
{
    return near->found[0].is_known[ttl] ? &near->found[0].routers[ttl] : NULL;
}

bool
near_is_parted(const near_t *near)
{
    return near->is_parted;
}
