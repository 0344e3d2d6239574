/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model of the current file: made with the preferences of the moment when Wireshark begins to dissect a file,
 * freed when it ends. A changed preference makes Wireshark begin anew.
 */
#ifndef TTR_FILE_H
#define TTR_FILE_H

#include "ttr_path.h"
#include "ttr_store.h"

/* Registers what Wireshark calls at the begin and end of a file. `proto` is the protocol whose enabling counts. */
void ttr_file_register(int proto);

/* NULL when there is no file or the protocol is disabled. */
ttr_store_t *ttr_file_store(void);

/* Hands the observation to the store, which must not be NULL. Warns, once a file, when candidates were dropped. */
void ttr_file_observe(const ttr_observation_t *observation);

typedef struct ttr_endpoint {
    uint8_t family;
    ttr_address_t address;
} ttr_endpoint_t;

/* The target of a trace that the store knows; it never changes. Borrowed until the next call.
 * Answers from a cache: ttr_path_trace() walks over the whole trace. */
const ttr_endpoint_t *ttr_file_target(uint32_t trace);

#endif
