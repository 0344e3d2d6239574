/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_json_value.h"

#include "ttr_text.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_US 1000u

void
ttr_json_begin(json_dumper *json, const char *key)
{
    json_dumper_set_member_name(json, key);
    json_dumper_begin_object(json);
}

void
ttr_json_number(json_dumper *json, const char *key, int64_t number)
{
    json_dumper_set_member_name(json, key);
    json_dumper_value_anyf(json, "%" G_GINT64_FORMAT, (gint64)number);
}

void
ttr_json_bool(json_dumper *json, const char *key, bool is_so)
{
    json_dumper_set_member_name(json, key);
    json_dumper_value_anyf(json, "%s", is_so ? "true" : "false");
}

void
ttr_json_address(json_dumper *json, const char *key, uint8_t family, const ttr_address_t *address)
{
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, address, digits);
    json_dumper_set_member_name(json, key);
    json_dumper_value_string(json, digits);
}

void
ttr_json_string(json_dumper *json, const char *key, const char *words)
{
    char *valid = g_utf8_make_valid(words, -1);

    json_dumper_set_member_name(json, key);
    json_dumper_value_string(json, valid);
    g_free(valid);
}

void
ttr_json_ms(json_dumper *json, const char *key, int64_t ns)
{
    uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    unsigned fraction = (unsigned)(magnitude % NS_PER_MS);
    bool has_nanoseconds = fraction % NS_PER_US != 0;

    json_dumper_set_member_name(json, key);
    json_dumper_value_anyf(json, "%s%" G_GUINT64_FORMAT ".%0*u", ns < 0 ? "-" : "", (guint64)(magnitude / NS_PER_MS),
                           has_nanoseconds ? 6 : 3, has_nanoseconds ? fraction : fraction / NS_PER_US);
}
