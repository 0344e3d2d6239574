/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sorting as qsort() does it, which equal elements leave in their order (glibc), but for one thing: what is in order is
 * not sorted, and in a capture most things are. Private to the core.
 */
#ifndef TTR_SORT_H
#define TTR_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

typedef int (*ttr_sort_compare_t)(const void *a, const void *b);

static inline bool
ttr_sort_is_done(const void *base, size_t count, size_t size, ttr_sort_compare_t compare)
{
    const char *element = base;

    for (size_t i = 1; i < count; i++, element += size) {
        if (compare(element, element + size) > 0)
            return false;
    }
    return true;
}

static inline void
ttr_sort(void *base, size_t count, size_t size, ttr_sort_compare_t compare)
{
    if (!ttr_sort_is_done(base, count, size, compare))
        qsort(base, count, size, compare);
}

#endif
