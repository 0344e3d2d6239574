/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_chance.h"

#include <glib.h>
#include <math.h>

/* Terms below this share of the sum change nothing that is printed or compared. */
#define NEGLIGIBLE 1e-12

static double
log_choose(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* The hypergeometric distribution of hits in `a`, given both sums. */
static double
chance_of(double hits, ttr_share_t a, ttr_share_t b)
{
    double all_hits = (double)a.hits + b.hits;

    return exp(log_choose(a.of, hits) + log_choose(b.of, all_hits - hits) - log_choose((double)a.of + b.of, all_hits));
}

/* From the chance of `hits` to that of one hit more. */
static double
step_up(double hits, ttr_share_t a, ttr_share_t b)
{
    double rest = (double)a.hits + b.hits - hits;

    return (a.of - hits) * rest / ((hits + 1) * (b.of - rest + 1));
}

double
ttr_chance_more(ttr_share_t a, ttr_share_t b)
{
    uint64_t most = MIN(a.of, (uint64_t)a.hits + b.hits);
    double term;
    double sum = 0;

    if (a.of == 0 || b.of == 0)
        return 1;
    term = chance_of(a.hits, a, b);
    for (uint64_t count = a.hits; count <= most; count++) {
        double hits = (double)count;

        sum += term;
        term *= step_up(hits, a, b);
        if (term < NEGLIGIBLE * sum && step_up(hits, a, b) < 1)
            break;
    }
    return MIN(sum, 1);
}

/* The tail of more hits, which is the nearer one, and of the other what is no likelier than what was seen. */
static double
both_tails(double more, ttr_share_t a, ttr_share_t b)
{
    const double rounding = 1 + 1e-7;
    uint64_t all_hits = (uint64_t)a.hits + b.hits;
    uint64_t first = all_hits > b.of ? all_hits - b.of : 0;
    double here = chance_of(a.hits, a, b);
    double term = chance_of((double)first, a, b);
    double sum = more;

    for (uint64_t hits = first; hits < a.hits && term <= here * rounding; hits++) {
        sum += term;
        term *= step_up((double)hits, a, b);
    }
    return MIN(sum, 1);
}

double
ttr_chance_other(ttr_share_t a, ttr_share_t b)
{
    ttr_share_t rest_a = {a.of - a.hits, a.of};
    ttr_share_t rest_b = {b.of - b.hits, b.of};
    double more;
    double fewer;

    if (a.of == 0 || b.of == 0)
        return 1;
    more = ttr_chance_more(a, b);
    fewer = ttr_chance_more(rest_a, rest_b);
    return more <= fewer ? both_tails(more, a, b) : both_tails(fewer, rest_a, rest_b);
}

/* Half a side of the score interval, and its middle. */
static double
wilson(ttr_share_t share, double side)
{
    const double z = 1.959964;
    double n = share.of;
    double rate = share.hits / n;
    double middle = rate + z * z / (2 * n);
    double half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));

    return CLAMP((middle + side * half) / (1 + z * z / n), 0, 1);
}

double
ttr_chance_low(ttr_share_t share)
{
    return share.of == 0 || share.hits == 0 ? 0 : wilson(share, -1);
}

double
ttr_chance_high(ttr_share_t share)
{
    return share.of == 0 || share.hits == share.of ? 1 : wilson(share, 1);
}

double
ttr_chance_log_likelihood(ttr_share_t share)
{
    double rate = share.of == 0 ? 0 : (double)share.hits / share.of;
    double log_likelihood = 0;

    if (share.hits > 0)
        log_likelihood += share.hits * log(rate);
    if (share.hits < share.of)
        log_likelihood += (share.of - share.hits) * log(1 - rate);
    return log_likelihood;
}
