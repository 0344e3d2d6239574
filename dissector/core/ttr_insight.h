/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a trace proves about its path: the tool that sent it, findings with the frames that show them, the figures of
 * each hop, and all of that in one sentence. A pure function of the finished model; nothing weaker than `likely` is
 * ever said. docs/findings.md has the rules.
 */
#ifndef TTR_INSIGHT_H
#define TTR_INSIGHT_H

#include "ttr_path.h"

/* What a finding is about. The names are public interface. */
typedef enum {
    TTR_FINDING_CHANGED,        /* "changed": a field of the probes is another behind a hop */
    TTR_FINDING_NAT,            /* "nat": source address or port */
    TTR_FINDING_DNAT,           /* "dnat": target address or port */
    TTR_FINDING_TRANSLATED,     /* "translated": the quoted checksum is that of other addresses or ports */
    TTR_FINDING_SILENT,         /* "silent": a hop never answers, later ones do */
    TTR_FINDING_RATE_LIMIT,     /* "rate-limit": a hop answers so often and no more */
    TTR_FINDING_ANSWERS_ONLY,   /* "answers-only": a hop leaves out answers, and passes what goes further */
    TTR_FINDING_LOSS,           /* "loss": from a hop on */
    TTR_FINDING_REFUSED,        /* "refused": a box says itself that it lets nothing through */
    TTR_FINDING_ANSWERED_BY,    /* "answered-by": another box answers in the target's name */
    TTR_FINDING_TWO_BOXES,      /* "two-boxes": two boxes answer one SYN */
    TTR_FINDING_SYN_PROXY,      /* "syn-proxy": a SYN/ACK with window 0 */
    TTR_FINDING_OTHER_RESET,    /* "other-reset": RST and SYN/ACK of one probe come from two boxes */
    TTR_FINDING_SHARED_NAT,     /* "shared-nat": carrier-grade NAT */
    TTR_FINDING_PER_PACKET,     /* "per-packet": routers take turns with the packets of one flow */
    TTR_FINDING_PER_FLOW,       /* "per-flow": each flow has its router */
    TTR_FINDING_BALANCED,       /* "balanced": one or the other; each probe was a flow of its own */
    TTR_FINDING_PATH_CHANGED,   /* "path-changed": at one moment */
    TTR_FINDING_LOOP,           /* "loop": routers hand the probes round */
    TTR_FINDING_SLOW_ANSWERS,   /* "slow-answers": a hop answers slowly and passes fast */
    TTR_FINDING_DELAY_STEP,     /* "delay-step": most of the delay comes in between two hops */
    TTR_FINDING_PORT_DROPPED,   /* "port-dropped": another port passes where this one does not */
    TTR_FINDING_PORT_REFUSED,   /* "port-refused": the same, and the box says so */
    TTR_FINDING_PATHS_DIFFER,   /* "paths-differ": two ports that cannot be compared */
    TTR_FINDING_ECN_ARRIVAL     /* "ecn-arrival": what a SYN/ACK says to a SYN that asks how its ECN field arrives */
} ttr_finding_kind_t;

/* A field of a probe that may change on the way. The names are public interface. */
typedef enum {
    TTR_FIELD_NONE,
    TTR_FIELD_DSCP,
    TTR_FIELD_ECN,
    TTR_FIELD_IP_ID,            /* IPv4 */
    TTR_FIELD_DF,               /* IPv4 */
    TTR_FIELD_LENGTH,           /* IPv4: total length; IPv6: payload length */
    TTR_FIELD_FLOW_LABEL,       /* IPv6 */
    TTR_FIELD_SOURCE,
    TTR_FIELD_TARGET,
    TTR_FIELD_SPORT,
    TTR_FIELD_DPORT,
    TTR_FIELD_SEQ,
    TTR_FIELD_ACK,
    TTR_FIELD_FLAGS,            /* 12 bits */
    TTR_FIELD_WINDOW,
    TTR_FIELD_URGENT,
    TTR_FIELD_CHECKSUM,         /* beyond what the other changes make of it */
    TTR_FIELD_MSS,
    TTR_FIELD_WINDOW_SCALE,
    TTR_FIELD_TIMESTAMPS,       /* the value */
    TTR_FIELD_OPTIONS           /* an option is missing or new, or their order is another */
} ttr_field_t;

#define TTR_FIELDS (TTR_FIELD_OPTIONS + 1)
#define TTR_FINDING_FRAMES_MAX 8

typedef struct ttr_finding {
    ttr_finding_kind_t kind;
    bool is_shown;              /* follows from the bytes; else likely: passed a test whose level docs/findings.md has */
    uint8_t family;
    bool has_after;             /* somewhere between the hop after_hop (0: the sender) and the hop at_hop */
    uint8_t after_hop;
    uint8_t at_hop;             /* 0: the trace as a whole */
    bool has_near;              /* after_hop has one responder */
    bool has_responder;         /* at_hop has one responder */
    ttr_address_t near;
    ttr_address_t responder;
    ttr_field_t field;
    bool has_values;            /* `from` and `to` are the same in all frames */
    uint64_t from;              /* of fields that are numbers; window scale: the shift + 1 and 0 for none; MSS: 0 for none */
    uint64_t to;
    ttr_address_t from_address; /* of the fields source and target */
    ttr_address_t to_address;
    bool has_range;
    double low;                 /* percent, hops, milliseconds or seconds, by kind */
    double high;
    uint32_t count;             /* by kind: what was counted, and of how many */
    uint32_t of;
    uint8_t code;               /* of an unreachable; of an answer to AccECN: AE, CWR, ECE as a number from 0 to 7 */
    bool is_from_target;        /* of an unreachable, or of one that answers */
    int64_t time_ns;            /* of a change, since 1970 */
    uint32_t other_trace;       /* index, or TTR_NO_TRACE */
    uint16_t port;              /* of this trace, and of the other */
    uint16_t other_port;
    uint32_t frames[TTR_FINDING_FRAMES_MAX];    /* that show it, ascending: the first of them where there are more */
    uint8_t frame_count;
    uint32_t first_frame;       /* `field`: the first reply of at_hop that shows it; 0 where there is no field */
} ttr_finding_t;

/* How a hop keeps silent. The names are public interface. */
typedef enum {
    TTR_SILENCE_NONE,           /* every probe was answered, or is in flight */
    TTR_SILENCE_SILENT,         /* none was, though later hops answered */
    TTR_SILENCE_BEYOND,         /* none was, nor of any later hop */
    TTR_SILENCE_RATE_LIMIT,
    TTR_SILENCE_ANSWERS_ONLY,
    TTR_SILENCE_LOSS,
    TTR_SILENCE_UNCLEAR         /* too few probes to tell */
} ttr_silence_t;

/* The figures of a hop; loss with its 95 % interval (Wilson), percent. */
typedef struct ttr_hop_figures {
    uint8_t ttl;
    uint32_t sent;
    uint32_t lost;              /* neither answered nor in flight */
    uint32_t in_flight;
    double loss_low;
    double loss_high;
    ttr_silence_t silence;
} ttr_hop_figures_t;

#define TTR_TOOL_CANDIDATES_MAX 3
#define TTR_TOOL_SEEN_MAX 192

/* Who sent the probes. All strings but `seen` are static. */
typedef struct ttr_tool {
    const char *name;           /* "unknown" when no rule fits */
    const char *variant;        /* NULL: none */
    bool is_sure;               /* a constant that no system's own TCP sends decides it, and probes enough show it */
    const char *candidates[TTR_TOOL_CANDIDATES_MAX];    /* that send the same; NULL behind the last */
    char seen[TTR_TOOL_SEEN_MAX];                       /* what the probes have in common */
} ttr_tool_t;

/* All that is found in a trace. */
typedef struct ttr_insight {
    ttr_tool_t tool;
    GArray *findings;           /* owned: ttr_finding_t, in the order in which the diagnosis would tell them */
    GArray *hops;               /* owned: ttr_hop_figures_t, each TTL that was probed up to the target, ascending */
    char *diagnosis;            /* owned: one sentence without full stop */
} ttr_insight_t;

/* What the quote of one reply shows otherwise than its probe was sent. Fills from[] and to[] for the bits (1 << ttr_field_t)
 * that are returned, but for addresses; 0: nothing, or the reply quotes nothing. Of fields by which the probe was not
 * found, too: the answer to another probe would show that as well. */
uint32_t ttr_reply_changes(const ttr_store_t *store, uint32_t reply_id, uint64_t from[TTR_FIELDS],
                           uint64_t to[TTR_FIELDS]);

/* How many bytes of the probe's TCP segment a reply quotes, padding left out, 255 at most; 0: none, or not known. */
uint8_t ttr_reply_quoted_bytes(const ttr_store_t *store, uint32_t reply_id);

/* How many hops away the sender of a packet with this TTL is, itself counted, if it began with the least of 64, 128 and 255
 * that fits. */
uint8_t ttr_reply_distance(uint8_t ttl);

/* NULL when there is no such trace. Costs a few walks over the trace's probes and replies, and for the comparison of
 * ports over the traces between the same hosts. The caller frees it with ttr_insight_free(). */
ttr_insight_t *ttr_insight_new(const ttr_store_t *store, uint32_t index);
void ttr_insight_free(ttr_insight_t *insight);

/* Names as the public interface spells them; static. */
const char *ttr_finding_kind_name(ttr_finding_kind_t kind);
const char *ttr_field_name(ttr_field_t field);
const char *ttr_silence_name(ttr_silence_t silence);

/* The finding as a sentence without full stop, with its place and without its frames. The caller frees it. */
char *ttr_finding_text(const ttr_finding_t *finding);

/* "traceroute -T", "tcptraceroute -A, likely", "unknown: SYN without options, …". The caller frees it. */
char *ttr_tool_text(const ttr_tool_t *tool);

#endif
