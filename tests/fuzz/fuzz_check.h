/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the fuzz targets share: how a property that does not hold is reported.
 */
#ifndef TTR_FUZZ_CHECK_H
#define TTR_FUZZ_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process the way a fuzzer notices: a property is not a debugging aid, NDEBUG does not remove it. */
#define FUZZ_CHECK(condition)                                                                        \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            fprintf(stderr, "%s:%d: %s: does not hold: %s\n", __FILE__, __LINE__, __func__, #condition); \
            abort();                                                                                 \
        }                                                                                            \
    } while (0)

#endif
