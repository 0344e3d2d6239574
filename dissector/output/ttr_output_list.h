/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All outputs, in the order in which they are documented. The row ttr_output_NAME stands in ttr_output_NAME.c.
 * README.md says how another one is added.
 */
#ifndef TTR_OUTPUT_LIST_H
#define TTR_OUTPUT_LIST_H

#include "ttr_output.h"

#define TTR_OUTPUT_LIST(OUTPUT) \
    OUTPUT(paths)               \
    OUTPUT(json)                \
    OUTPUT(report)              \
    OUTPUT(findings)            \
    OUTPUT(ports)               \
    OUTPUT(dot)                 \
    OUTPUT(html)

#define TTR_OUTPUT_DECLARE(name) extern const ttr_output_t ttr_output_##name;
TTR_OUTPUT_LIST(TTR_OUTPUT_DECLARE)
#undef TTR_OUTPUT_DECLARE

#endif
