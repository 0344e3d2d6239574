/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_settings.h"

#define SECOND INT64_C(1000000000)
#define OR(value, standard) ((value) != 0 ? (value) : (standard))

schedule_config_t
fake_settings(const schedule_config_t *change)
{
    return (schedule_config_t){
        .family = OR(change->family, TTR_FAMILY_IPV4),
        .first_ttl = OR(change->first_ttl, 1),
        .last_ttl = OR(change->last_ttl, 30),
        .probes = OR(change->probes, 3),
        .rounds = OR(change->rounds, 1),
        .gap_limit = OR(change->gap_limit, 8),
        .interval_ns = OR(change->interval_ns, SECOND),
        .timeout_ns = OR(change->timeout_ns, SECOND),
        .flows = OR(change->flows, 256),
    };
}
