/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pool and the index: records keep their place and their ids, buckets list the latest record first.
 */
#include <glib.h>
#include <string.h>

#include "ttr_index.h"
#include "ttr_pool.h"

enum { BLOCK = 1 << TTR_POOL_SHIFT };

typedef struct unit_record {
    uint32_t value;
    uint32_t hash;
    ttr_link_t link;
} unit_record_t;

static uint32_t
hash_of(const void *owner, uint32_t id)
{
    return ((const unit_record_t *)ttr_pool_get(owner, id))->hash;
}

static uint32_t
add_record(ttr_pool_t *pool, uint32_t hash)
{
    uint32_t id = ttr_pool_new(pool);
    unit_record_t *record = ttr_pool_get(pool, id);

    record->value = id * 3;
    record->hash = hash;
    return id;
}

static void
test_pool_counts_from_one(void)
{
    ttr_pool_t pool;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    for (uint32_t i = 1; i <= 3 * BLOCK + 1; i++)
        g_assert_cmpuint(ttr_pool_new(&pool), ==, i);
    g_assert_cmpuint(pool.count, ==, 3 * BLOCK + 1);
    g_assert_cmpuint(pool.used, ==, 3 * BLOCK + 1);
    ttr_pool_clear(&pool);
}

static void
test_pool_never_moves(void)
{
    ttr_pool_t pool;
    unit_record_t *first;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    first = ttr_pool_get(&pool, add_record(&pool, 77));
    for (int i = 0; i < 100 * BLOCK; i++)
        add_record(&pool, 0);
    g_assert_true(ttr_pool_get(&pool, 1) == first);
    g_assert_cmpuint(first->hash, ==, 77);
    for (uint32_t id = 1; id <= pool.used; id++)
        g_assert_cmpuint(((unit_record_t *)ttr_pool_get(&pool, id))->value, ==, id * 3);
    ttr_pool_clear(&pool);
}

static void
test_pool_uses_freed_records_again(void)
{
    ttr_pool_t pool;
    unit_record_t zeros = {0};

    ttr_pool_init(&pool, sizeof(unit_record_t));
    for (int i = 0; i < 10; i++)
        memset(ttr_pool_get(&pool, ttr_pool_new(&pool)), 0xff, sizeof(unit_record_t));
    ttr_pool_free(&pool, 4);
    ttr_pool_free(&pool, 9);
    g_assert_cmpuint(pool.count, ==, 8);
    for (int i = 0; i < 2; i++) {
        uint32_t id = ttr_pool_new(&pool);

        g_assert_true(id == 4 || id == 9);
        g_assert_true(memcmp(ttr_pool_get(&pool, id), &zeros, sizeof zeros) == 0);
    }
    g_assert_cmpuint(ttr_pool_new(&pool), ==, 11);
    g_assert_cmpuint(pool.count, ==, 11);
    ttr_pool_clear(&pool);
}

static void
test_pool_memory_grows_by_blocks(void)
{
    ttr_pool_t pool;
    size_t one_block;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    g_assert_cmpuint(ttr_pool_memory(&pool), ==, 0);
    for (int i = 0; i < BLOCK; i++)
        ttr_pool_new(&pool);
    one_block = ttr_pool_memory(&pool);
    g_assert_cmpuint(one_block, >=, BLOCK * sizeof(unit_record_t));
    ttr_pool_new(&pool);
    g_assert_cmpuint(ttr_pool_memory(&pool), ==, 2 * one_block);
    for (uint32_t id = 1; id <= BLOCK; id++)
        ttr_pool_free(&pool, id);
    for (int i = 0; i < BLOCK; i++)
        ttr_pool_new(&pool);
    g_assert_cmpuint(ttr_pool_memory(&pool), ==, 2 * one_block);
    ttr_pool_clear(&pool);
}

/* Checks that the records with this hash are listed from the latest to the first, and returns how many there are. */
static uint32_t
count_listed(const ttr_index_t *index, uint32_t hash)
{
    uint32_t last = UINT32_MAX;
    uint32_t count = 0;

    for (uint32_t id = ttr_index_first(index, hash); id != 0; id = ttr_index_next(index, id)) {
        g_assert_cmpuint(id, <, last);
        last = id;
        count += hash_of(index->pool, id) == hash ? 1 : 0;
    }
    return count;
}

static void
test_index_lists_latest_first(void)
{
    enum { RECORDS = 100000, HASHES = 7 };
    ttr_pool_t pool;
    ttr_index_t index;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    ttr_index_init(&index, &pool, &pool, hash_of, offsetof(unit_record_t, link));
    for (uint32_t i = 0; i < RECORDS; i++)
        ttr_index_add(&index, add_record(&pool, i % HASHES * 0x01000193u));
    for (uint32_t i = 0; i < HASHES; i++)
        g_assert_cmpuint(count_listed(&index, i * 0x01000193u), ==, RECORDS / HASHES + (i < RECORDS % HASHES ? 1 : 0));
    g_assert_cmpuint(index.count, ==, RECORDS);
    ttr_index_clear(&index);
    ttr_pool_clear(&pool);
}

static void
test_index_grows_with_its_records(void)
{
    ttr_pool_t pool;
    ttr_index_t index;
    size_t before;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    ttr_index_init(&index, &pool, &pool, hash_of, offsetof(unit_record_t, link));
    before = ttr_index_memory(&index);
    for (uint32_t i = 0; i < 10000; i++)
        ttr_index_add(&index, add_record(&pool, i));
    g_assert_cmpuint(ttr_index_memory(&index), >, before);
    g_assert_cmpuint(ttr_index_memory(&index), <=, 2 * 10000 * sizeof(uint32_t));
    for (uint32_t i = 0; i < 10000; i++)
        g_assert_cmpuint(count_listed(&index, i), ==, 1);
    ttr_index_clear(&index);
    ttr_pool_clear(&pool);
}

static void
test_index_removes_first_middle_and_last(void)
{
    ttr_pool_t pool;
    ttr_index_t index;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    ttr_index_init(&index, &pool, &pool, hash_of, offsetof(unit_record_t, link));
    for (int i = 0; i < 5; i++)
        ttr_index_add(&index, add_record(&pool, 42));
    ttr_index_remove(&index, 5);
    g_assert_cmpuint(ttr_index_first(&index, 42), ==, 4);
    ttr_index_remove(&index, 3);
    g_assert_cmpuint(ttr_index_next(&index, 4), ==, 2);
    ttr_index_remove(&index, 1);
    g_assert_cmpuint(ttr_index_next(&index, 2), ==, 0);
    g_assert_cmpuint(count_listed(&index, 42), ==, 2);
    ttr_index_remove(&index, 2);
    ttr_index_remove(&index, 4);
    g_assert_cmpuint(ttr_index_first(&index, 42), ==, 0);
    g_assert_cmpuint(index.count, ==, 0);
    ttr_index_add(&index, 3);
    g_assert_cmpuint(count_listed(&index, 42), ==, 1);
    ttr_index_clear(&index);
    ttr_pool_clear(&pool);
}

/* Adds and removes at random, and compares with a plain list of what should be there. */
static void
test_index_agrees_with_a_list(void)
{
    enum { STEPS = 50000, HASHES = 251 };
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t expected[HASHES] = {0};
    ttr_pool_t pool;
    ttr_index_t index;

    ttr_pool_init(&pool, sizeof(unit_record_t));
    ttr_index_init(&index, &pool, &pool, hash_of, offsetof(unit_record_t, link));
    for (int i = 0; i < STEPS; i++) {
        uint32_t id;

        if (ids->len > 0 && g_rand_int_range(random, 0, 3) == 0) {
            guint at = (guint)g_rand_int_range(random, 0, (gint32)ids->len);

            id = g_array_index(ids, uint32_t, at);
            g_array_remove_index_fast(ids, at);
            expected[hash_of(&pool, id)]--;
            ttr_index_remove(&index, id);
        } else {
            id = add_record(&pool, (uint32_t)g_rand_int_range(random, 0, HASHES));
            g_array_append_val(ids, id);
            expected[hash_of(&pool, id)]++;
            ttr_index_add(&index, id);
        }
    }
    for (uint32_t hash = 0; hash < HASHES; hash++)
        g_assert_cmpuint(count_listed(&index, hash), ==, expected[hash]);
    g_assert_cmpuint(index.count, ==, ids->len);
    ttr_index_clear(&index);
    ttr_pool_clear(&pool);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(void);
    } tests[] = {
        {"/pool/ids_count_from_one", test_pool_counts_from_one},
        {"/pool/records_never_move", test_pool_never_moves},
        {"/pool/freed_records_are_used_again_and_zeroed", test_pool_uses_freed_records_again},
        {"/pool/memory_grows_by_blocks_and_counts_free_records", test_pool_memory_grows_by_blocks},
        {"/index/latest_record_comes_first_also_after_growth", test_index_lists_latest_first},
        {"/index/table_grows_with_its_records", test_index_grows_with_its_records},
        {"/index/first_middle_and_last_can_be_removed", test_index_removes_first_middle_and_last},
        {"/index/agrees_with_a_list_after_random_steps", test_index_agrees_with_a_list},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].path, tests[i].run);
    return g_test_run();
}
