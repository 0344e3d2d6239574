/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How much memory a test has in use. Include it before all else: it asks which C library this is.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdlib.h>
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 33)
#include <malloc.h>
#define HAS_MALLINFO2
#endif
#endif

/* What malloc() says is in use, in bytes, or 0 where it can't be asked. */
static inline size_t
heap_in_use(void)
{
#ifdef HAS_MALLINFO2
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

#endif
