/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a NAT does to a packet that goes through it, and to the quote of it that comes back. Pure.
 */
#ifndef SIM_NAT_H
#define SIM_NAT_H

#include "sim_description.h"

/* What one NAT changed, so that it can be undone. */
typedef struct sim_nat_step {
    bool changed; /* source address or port, and quotes are translated back */
    sim_address_t old_source;
    sim_address_t new_source;
    uint16_t old_port;
    uint16_t new_port;
} sim_nat_step_t;

/* Changes the source and the IP ID of `packet` as `nat` does. */
sim_nat_step_t sim_nat_apply(const sim_nat_t *nat, sim_packet_t *packet);

/* Translates a quote back. Leaves it alone when the NAT leaves quotes, or when the quote does not have the source
 * that the NAT had given it. The IP ID stays as the NAT made it.
 */
void sim_nat_undo(const sim_nat_step_t *step, sim_packet_t *quoted);

#endif
