/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What ordinary packets carry: HTTP, TLS and DNS that a dissector accepts. Each function fills `out`,
 * which has room for CONTENT_MAX bytes, and returns the length.
 */
#ifndef BENCH_CONTENT_H
#define BENCH_CONTENT_H

#include "rng.h"

#define CONTENT_MAX 1400 /* with IPv6, TCP and its time stamps within Ethernet's MTU */

size_t content_http_request(rng_t *rng, uint8_t *out);

/* The head of a response with `body_length` bytes to come. */
size_t content_http_response(uint8_t *out, size_t body_length);

size_t content_tls_client_hello(rng_t *rng, uint8_t *out);
size_t content_tls_server_hello(rng_t *rng, uint8_t *out);

/* One record of application data, `length` bytes with its header (5 of them). */
size_t content_tls_data(rng_t *rng, uint8_t *out, size_t length);

/* Query and response of one `id` ask for and answer the same name. */
size_t content_dns_query(uint16_t id, uint8_t *out);
size_t content_dns_response(uint16_t id, uint8_t *out);

#endif
