/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reasons against any run, and against runs within connections of ordinary TTL.
 */
#include "ttr_recognise.h"

/* How many probes of a run something holds of. */
static uint32_t
count_of(const ttr_sweep_t *sweep, bool (*holds)(const ttr_ordinary_t *, const ttr_packet_t *))
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sweep->count; i++)
        count += holds(sweep->ordinary, sweep->probes[i]) ? 1 : 0;
    return count;
}

static bool
is_most(const ttr_sweep_t *sweep, uint32_t count)
{
    return count > sweep->count / 2;
}

/* TCP has no groups: IPv4 224.0.0.0/4 and 255.0.0.0/8 (RFC 5771, RFC 919), IPv6 ff00::/8 (RFC 4291). */
bool
ttr_reason_group(const ttr_sweep_t *sweep)
{
    const ttr_side_t *side = sweep->run->side;
    uint8_t first = ttr_side_target(side)->bytes[0];

    return first == 0xff || (side->work->family == TTR_FAMILY_IPV4 && first >> 4 == 14);
}

/* A loop of routers shows every packet with falling TTLs, most of them small; what is captured of it first is what
 * was left of 64 or 128 when the packet came by. A sweep through a loop has more TTLs of its own. */
bool
ttr_reason_loop(const ttr_sweep_t *sweep)
{
    uint32_t loops = 0;

    for (uint32_t i = 0; i < sweep->count; i++)
        loops += sweep->probes[i]->is_loop ? 1 : 0;
    return is_most(sweep, loops) && sweep->levels < 3;
}

/* An ordinary sender whose TTL begins at 32 or less, or that is many hops away: its connections carry data. */
bool
ttr_reason_data(const ttr_sweep_t *sweep)
{
    return is_most(sweep, count_of(sweep, ttr_ordinary_carries_data));
}

static bool
is_opened(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe)
{
    const ttr_sighting_t *segment = probe->segment;

    return (segment->flags & TTR_TCP_SYN) != 0 && segment->shape != 0 && ttr_ordinary_opens(ordinary, probe);
}

/* A fake SYN of an evasion tool, or that of a hole puncher (RFC 5128 section 3.4: it must not arrive): a kernel's SYN
 * with a small TTL, and the same connection is opened with an ordinary one. */
bool
ttr_reason_opened(const ttr_sweep_t *sweep)
{
    return is_most(sweep, count_of(sweep, is_opened));
}

/* The far end of somebody's connection, whose route changes: many ACKs, most with one TTL. A sweep sends about as many
 * with each, and begins at the first hops. */
bool
ttr_reason_drift(const ttr_sweep_t *sweep)
{
    uint32_t most;

    if ((sweep->probes[0]->segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) != TTR_TCP_ACK || !sweep->is_expired ||
        sweep->lowest <= 2)
        return false;
    most = ttr_sweep_most(sweep);
    return most > 32 && most > 3 * (uint64_t)ttr_sweep_least(sweep);
}

/* An evasion tool tries a TTL for each connection; a sweep through several connections rises once. */
bool
ttr_reason_fakes_wander(const ttr_sweep_t *sweep)
{
    return sweep->falls > 1 && ttr_sweep_flows(sweep) > 3;
}

/* Within a connection only routers tell probes from fakes: three TTLs, and one of them expired. */
bool
ttr_reason_fakes_silent(const ttr_sweep_t *sweep)
{
    return !sweep->is_expired || sweep->levels < 3;
}

/* Three TTLs in several connections are fakes with a TTL that a tool drew or was told. */
bool
ttr_reason_fakes_few_ttls(const ttr_sweep_t *sweep)
{
    return sweep->levels < 4 && ttr_sweep_flows(sweep) > 1;
}

bool
ttr_reason_fakes_order(const ttr_sweep_t *sweep)
{
    return sweep->order <= 0.3 && !ttr_sweep_is_balanced(sweep);
}
