/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "content.h"

#include <stdio.h>
#include <string.h>

/* Builds a message from its start; lengths that are known only at the end are filled in afterwards. */
typedef struct {
    uint8_t *start;
    size_t length;
} writer_t;

static void
write8(writer_t *writer, uint8_t value)
{
    writer->start[writer->length++] = value;
}

static void
write16(writer_t *writer, uint32_t value)
{
    write8(writer, (uint8_t)(value >> 8));
    write8(writer, (uint8_t)value);
}

static void
write_random(writer_t *writer, rng_t *rng, size_t length)
{
    rng_fill(rng, writer->start + writer->length, length);
    writer->length += length;
}

static void
write_text(writer_t *writer, const char *text)
{
    size_t length = strlen(text);

    memcpy(writer->start + writer->length, text, length);
    writer->length += length;
}

/* Stores at `at` how many bytes follow these two. */
static void
fill_length(writer_t *writer, size_t at)
{
    size_t length = writer->length - at - 2;

    writer->start[at] = (uint8_t)(length >> 8);
    writer->start[at + 1] = (uint8_t)length;
}

size_t
content_http_request(rng_t *rng, uint8_t *out)
{
    return (size_t)snprintf((char *)out, CONTENT_MAX,
                            "GET /objects/%08x?size=large HTTP/1.1\r\n"
                            "Host: www.example.com\r\n"
                            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0\r\n"
                            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
                            "Accept-Language: en-US,en;q=0.5\r\n"
                            "Connection: keep-alive\r\n\r\n",
                            (unsigned)rng_next(rng));
}

size_t
content_http_response(uint8_t *out, size_t body_length)
{
    return (size_t)snprintf((char *)out, CONTENT_MAX,
                            "HTTP/1.1 200 OK\r\n"
                            "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
                            "Server: nginx\r\n"
                            "Content-Type: application/octet-stream\r\n"
                            "Content-Length: %zu\r\n"
                            "Connection: keep-alive\r\n\r\n",
                            body_length);
}

/* Record and handshake header up to the cipher suites, which hellos have in common. Both lengths are at fixed
 * places: the record's at 3, the lower 16 bits of the handshake's at 7. */
static void
begin_hello(writer_t *writer, rng_t *rng, uint8_t type)
{
    write8(writer, 22);
    write16(writer, 0x0301);
    write16(writer, 0);
    write8(writer, type);
    write8(writer, 0);
    write16(writer, 0);
    write16(writer, 0x0303);
    write_random(writer, rng, 32);
    write8(writer, 32);
    write_random(writer, rng, 32);
}

static void
end_hello(writer_t *writer)
{
    fill_length(writer, 7);
    fill_length(writer, 3);
}

static void
write_server_name(writer_t *writer)
{
    static const char name[] = "www.example.com";
    size_t length = sizeof name - 1;

    write16(writer, 0);
    write16(writer, (uint32_t)length + 5);
    write16(writer, (uint32_t)length + 3);
    write8(writer, 0);
    write16(writer, (uint32_t)length);
    write_text(writer, name);
}

static void
write_key_share(writer_t *writer, rng_t *rng, bool is_client)
{
    write16(writer, 51);
    write16(writer, is_client ? 38 : 36);
    if (is_client)
        write16(writer, 36);
    write16(writer, 0x001d);
    write16(writer, 32);
    write_random(writer, rng, 32);
}

size_t
content_tls_client_hello(rng_t *rng, uint8_t *out)
{
    static const uint16_t suites[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030};
    writer_t writer = {out, 0};
    size_t extensions;

    begin_hello(&writer, rng, 1);
    write16(&writer, sizeof suites);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        write16(&writer, suites[i]);
    write16(&writer, 0x0100); /* one compression method: none */
    extensions = writer.length;
    write16(&writer, 0);
    write_server_name(&writer);
    write16(&writer, 43); /* supported versions: TLS 1.3 and 1.2 */
    write16(&writer, 5);
    write8(&writer, 4);
    write16(&writer, 0x0304);
    write16(&writer, 0x0303);
    write_key_share(&writer, rng, true);
    fill_length(&writer, extensions);
    end_hello(&writer);
    return writer.length;
}

size_t
content_tls_server_hello(rng_t *rng, uint8_t *out)
{
    writer_t writer = {out, 0};
    size_t extensions;

    begin_hello(&writer, rng, 2);
    write16(&writer, 0x1301);
    write8(&writer, 0);
    extensions = writer.length;
    write16(&writer, 0);
    write16(&writer, 43);
    write16(&writer, 2);
    write16(&writer, 0x0304);
    write_key_share(&writer, rng, false);
    fill_length(&writer, extensions);
    end_hello(&writer);
    return writer.length;
}

size_t
content_tls_data(rng_t *rng, uint8_t *out, size_t length)
{
    writer_t writer = {out, 0};

    write8(&writer, 23);
    write16(&writer, 0x0303);
    write16(&writer, (uint32_t)length - 5);
    write_random(&writer, rng, length - 5);
    return length;
}

static void
write_question(writer_t *writer, uint16_t id, uint16_t flags, uint16_t answers)
{
    char host[9];

    write16(writer, id);
    write16(writer, flags);
    write16(writer, 1);
    write16(writer, answers);
    write16(writer, 0);
    write16(writer, 0);
    snprintf(host, sizeof host, "%08x", (unsigned)rng_hash(id));
    write8(writer, 8);
    write_text(writer, host);
    write8(writer, 7);
    write_text(writer, "example");
    write8(writer, 3);
    write_text(writer, "com");
    write8(writer, 0);
    write16(writer, 1);
    write16(writer, 1);
}

size_t
content_dns_query(uint16_t id, uint8_t *out)
{
    writer_t writer = {out, 0};

    write_question(&writer, id, 0x0100, 0);
    return writer.length;
}

size_t
content_dns_response(uint16_t id, uint8_t *out)
{
    writer_t writer = {out, 0};

    write_question(&writer, id, 0x8180, 1);
    write16(&writer, 0xc00c); /* the name of the question */
    write16(&writer, 1);
    write16(&writer, 1);
    write16(&writer, 0);
    write16(&writer, 300);
    write16(&writer, 4);
    write16(&writer, 0xc633);
    write16(&writer, 0x6400u | (id & 0xff));
    return writer.length;
}
