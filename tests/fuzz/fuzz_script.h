/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A fuzzer's bytes read as a capture: few addresses, ports and numbers, so that matches and collisions are
 * frequent, and steps that build on earlier ones: sweeps of probes, quotes of them with fields changed, answers,
 * copies, floods, and time that jumps. Every sequence of bytes is a script.
 */
#ifndef TTR_FUZZ_SCRIPT_H
#define TTR_FUZZ_SCRIPT_H

#include <stddef.h>

#include "ttr_observation.h"
#include "ttr_store.h"

#define FUZZ_SCRIPT_MEMORY 16
#define FUZZ_SCRIPT_FRAMES_MAX 4096

typedef struct fuzz_script {
    const uint8_t *next;        /* borrowed from the fuzzer */
    const uint8_t *end;
    uint32_t frame;
    uint8_t layer;
    int64_t now_ns;
    unsigned count;             /* observations so far */
    unsigned sent;              /* segments remembered in `probes`, rising without bound */
    ttr_observation_t probes[FUZZ_SCRIPT_MEMORY]; /* the latest segments that may be probes */
    ttr_observation_t last;     /* the latest observation of any kind */
    unsigned repeat_left;       /* observations that the current step still yields */
    uint8_t repeat_how;
    bool is_sweep;              /* of probes, not a flood of one packet */
    bool owes_quote;            /* the sweep's last probe is exceeded next */
} fuzz_script_t;

typedef enum {
    FUZZ_SCRIPT_END,
    FUZZ_SCRIPT_OBSERVATION,
    FUZZ_SCRIPT_CHECK           /* look at the whole model now */
} fuzz_script_step_t;

/* Begins a script with the settings that its first byte names. Borrows `data`. */
void fuzz_script_init(fuzz_script_t *script, const uint8_t *data, size_t size, ttr_config_t *config);

/* Fills *observation when FUZZ_SCRIPT_OBSERVATION is returned. */
fuzz_script_step_t fuzz_script_next(fuzz_script_t *script, ttr_observation_t *observation);

#endif
