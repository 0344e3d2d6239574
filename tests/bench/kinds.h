/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kinds of capture, one file each. README.md says what each is for.
 */
#ifndef BENCH_KINDS_H
#define BENCH_KINDS_H

#include "capture.h"

void generate_ordinary(capture_t *capture, uint32_t packets);
void generate_traces(capture_t *capture, uint32_t traces);
void generate_sweep(capture_t *capture, uint32_t targets);
void generate_flood(capture_t *capture, uint32_t packets);

#endif
