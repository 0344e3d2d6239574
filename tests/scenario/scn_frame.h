/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A line of [frames] as an observation. README.md lists the words.
 */
#ifndef SCN_FRAME_H
#define SCN_FRAME_H

#include <glib.h>

#include "ttr_observation.h"

/* What [flow] says: the ends of what the sender sends unless a frame says otherwise, and further words for it. */
typedef struct scn_flow {
    uint8_t family;
    uint16_t sport;
    uint16_t dport;
    ttr_address_t source;
    ttr_address_t target;
    char **defaults;            /* borrowed; NULL: none */
} scn_flow_t;

/* What a frame may refer to. */
typedef struct scn_capture {
    scn_flow_t flow;
    GArray *frames;             /* all earlier frames: ttr_observation_t */
} scn_capture_t;

/* Reads the words of frame `number` into *observation. False with *error set for a word that is unknown, out of
 * place or has no such value. */
bool scn_frame_parse(const scn_capture_t *capture, uint32_t number, char **words, ttr_observation_t *observation,
                     GError **error);

#endif
