/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Members of a JSON object: a key and a value of one kind.
 */
#ifndef TTR_JSON_VALUE_H
#define TTR_JSON_VALUE_H

#include <wsutil/json_dumper.h>

#include "ttr_path.h"

/* Begins an object; the caller ends it. */
void ttr_json_begin(json_dumper *json, const char *key);

void ttr_json_number(json_dumper *json, const char *key, int64_t number);
void ttr_json_bool(json_dumper *json, const char *key, bool is_so);
void ttr_json_address(json_dumper *json, const char *key, uint8_t family, const ttr_address_t *address);

/* Any bytes: what is not UTF-8 is replaced. */
void ttr_json_string(json_dumper *json, const char *key, const char *words);

/* Milliseconds with three decimals; with six when there are nanoseconds. Exact: no float is involved. */
void ttr_json_ms(json_dumper *json, const char *key, int64_t ns);

#endif
