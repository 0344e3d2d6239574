/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The extension objects of an ICMP error as JSON.
 */
#ifndef TTR_JSON_EXTENSION_H
#define TTR_JSON_EXTENSION_H

#include <wsutil/json_dumper.h>

#include "ttr_path.h"

/* Writes the member "icmpext" as scamper does: an array with ie_cn (class), ie_ct (type) and ie_dl (length of the
 * data) of each object, and "mpls_labels" in that of RFC 4950. An object of RFC 5837 has its content under our own
 * key "tcptraceroute". */
void ttr_json_extension(json_dumper *json, const ttr_extension_t *extension);

#endif
