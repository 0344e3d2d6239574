/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model of the current file: made with the preferences of the moment when Wireshark begins to dissect a file,
 * freed when it ends. A changed preference makes Wireshark begin anew.
 */
#ifndef TTR_FILE_H
#define TTR_FILE_H

#include "ttr_insight.h"
#include "ttr_path.h"
#include "ttr_store.h"

/* Registers what Wireshark calls at the begin and end of a file. `proto` is the protocol whose enabling counts. */
void ttr_file_register(int proto);

/* NULL when there is no file or the protocol is disabled. */
ttr_store_t *ttr_file_store(void);

/* Hands the observation to the store, which must not be NULL. Warns, once a file, when candidates were dropped. */
void ttr_file_observe(const ttr_observation_t *observation);

/* What a trace proves, by the whole file: for frames that are dissected again. Kept for the traces that were asked for last.
 * NULL when there is no such trace. Borrowed until the next call of a function here. */
const ttr_insight_t *ttr_file_insight(uint32_t trace);

/* A packet that the model knows is dissected again; and whether one was, since the file began. */
void ttr_file_see_again(void);
bool ttr_file_has_second_pass(void);

#endif
