/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_output.h"

#include "ttr_output_list.h"

#define ADDRESS_OF(name) &ttr_output_##name,

const ttr_output_t *const ttr_outputs[] = {TTR_OUTPUT_LIST(ADDRESS_OF)};
const size_t ttr_output_count = G_N_ELEMENTS(ttr_outputs);

const ttr_output_t *
ttr_output_find(const char *name)
{
    for (size_t i = 0; i < ttr_output_count; i++) {
        if (strcmp(ttr_outputs[i]->name, name) == 0)
            return ttr_outputs[i];
    }
    return NULL;
}
