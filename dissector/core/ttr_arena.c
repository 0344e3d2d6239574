/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_arena.h"

#include <string.h>

#include <glib.h>

enum {
    BLOCK_KEPT = 16384,         /* of the first block, which most computes do not fill */
    BLOCK = 16384,              /* of the next one; each is twice the one before, up to BLOCK_MAX */
    BLOCK_MAX = 1 << 20,
    ALIGN = 16
};

struct ttr_arena {
    GPtrArray *blocks;          /* owned; [0] stays, the others are freed at the end of each use */
    char *next;                 /* in the last block */
    size_t left;
    size_t block;
};

ttr_arena_t *
ttr_arena_new(void)
{
    ttr_arena_t *arena = g_new0(ttr_arena_t, 1);

    arena->blocks = g_ptr_array_new_with_free_func(g_free);
    arena->block = BLOCK;
    arena->next = g_malloc(BLOCK_KEPT);
    arena->left = BLOCK_KEPT;
    g_ptr_array_add(arena->blocks, arena->next);
    return arena;
}

void
ttr_arena_reset(ttr_arena_t *arena)
{
    g_ptr_array_set_size(arena->blocks, 1);
    arena->block = BLOCK;
    arena->next = g_ptr_array_index(arena->blocks, 0);
    arena->left = BLOCK_KEPT;
}

size_t
ttr_arena_memory(const ttr_arena_t *arena)
{
    return arena == NULL ? 0 : sizeof *arena + BLOCK_KEPT;
}

void
ttr_arena_free(ttr_arena_t *arena)
{
    if (arena == NULL)
        return;
    g_ptr_array_unref(arena->blocks);
    g_free(arena);
}

void *
ttr_arena_take(ttr_arena_t *arena, size_t size)
{
    size_t needed = (MAX(size, 1) + ALIGN - 1) / ALIGN * ALIGN;
    void *taken;

    if (needed > arena->block / 4 && needed > arena->left) {
        taken = g_malloc0(needed);      /* by itself, so that the rest of the block is not lost */
        g_ptr_array_add(arena->blocks, taken);
        return taken;
    }
    if (needed > arena->left) {
        arena->next = g_malloc(arena->block);
        arena->left = arena->block;
        g_ptr_array_add(arena->blocks, arena->next);
        arena->block = MIN(arena->block * 2, BLOCK_MAX);
    }
    taken = memset(arena->next, 0, needed);
    arena->next += needed;
    arena->left -= needed;
    return taken;
}
