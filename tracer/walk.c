/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include <string.h>

#include "walk_link.h"
#include "walk_private.h"

enum { KINDS_MAX = 32 };        /* kinds that are told apart; further ones count as "other" */

typedef struct walk_kind {
    char *name;                 /* owned */
    uint64_t frames;
} walk_kind_t;

static void
free_kind(gpointer data)
{
    walk_kind_t *kind = data;

    g_free(kind->name);
    g_free(kind);
}

walk_t *
walk_new(walk_take_t take, void *user)
{
    walk_t *walk = g_new0(walk_t, 1);

    walk->take = take;
    walk->user = user;
    walk->fragments = fragments_new();
    walk->kinds = g_ptr_array_new_with_free_func(free_kind);
    return walk;
}

void
walk_free(walk_t *walk)
{
    if (walk == NULL)
        return;
    fragments_free(walk->fragments);
    g_ptr_array_unref(walk->kinds);
    g_free(walk);
}

bool
walk_enter(walk_t *walk)
{
    return walk->depth++ < WALK_DEPTH_MAX;
}

void
walk_count(walk_t *walk, const char *name)
{
    walk_kind_t *kind;

    if (walk->kinds->len == KINDS_MAX)
        name = "other kinds";
    for (guint i = 0; i < walk->kinds->len; i++) {
        kind = g_ptr_array_index(walk->kinds, i);
        if (strcmp(kind->name, name) == 0) {
            kind->frames++;
            return;
        }
    }
    kind = g_new0(walk_kind_t, 1);
    kind->name = g_strdup(name);
    kind->frames = 1;
    g_ptr_array_add(walk->kinds, kind);
}

void
walk_unread(const walk_t *walk, void (*said)(void *user, const char *kind, uint64_t frames), void *user)
{
    for (guint i = 0; i < walk->kinds->len; i++) {
        const walk_kind_t *kind = g_ptr_array_index(walk->kinds, i);

        said(user, kind->name, kind->frames);
    }
}

void
walk_frame(walk_t *walk, uint32_t link_type, const uint8_t *data, size_t captured, size_t length)
{
    bytes_t bytes = {.data = data, .captured = captured, .length = length};

    walk->depth = 0;
    walk->layer = 0;
    walk->vlan = 0;
    walk->is_cooked = false;
    walk->device = NULL;
    walk->link = NULL;
    walk_link(walk, link_type, bytes);
}
