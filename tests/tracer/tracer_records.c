/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * records.h: the fields of a record, and what of a file is an error. Bytes are written here as the drafts have them; what
 * Wireshark makes of whole files: tests/reader.
 */
#include <glib.h>
#include <string.h>

#include "records.h"

#define BYTES(text) (text), sizeof(text) - 1
#define PCAP_LE "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\x00\x00\x04\x00\x01\x00\x00\x00"
#define PCAP_BE "\xa1\xb2\xc3\xd4\x00\x02\x00\x04\0\0\0\0\0\0\0\0\x00\x04\x00\x00\x00\x00\x00\x01"
#define PCAP_NS "\x4d\x3c\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\x00\x00\x04\x00\x65\x00\x00\x00"
#define PATCHED "\x34\xcd\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\x00\x00\x04\x00\x01\x00\x00\x00"
/* second 2, fraction 7, 3 bytes captured of 9 */
#define PACKET_LE "\x02\0\0\0\x07\0\0\0\x03\0\0\0\x09\0\0\0"
#define PACKET_BE "\0\0\0\x02\0\0\0\x07\0\0\0\x03\0\0\0\x09"
#define SECTION_LE "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
#define SECTION_BE "\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\x01\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x1c"
#define INTERFACE_LE "\x01\0\0\0\x14\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0"
#define INTERFACE_BE "\0\0\0\x01\0\0\0\x14\0\x65\0\0\0\0\0\0\0\0\0\x14"
/* if_tsresol 9, if_tsoffset 100 */
#define INTERFACE_NS                                                                                                   \
    "\x01\0\0\0\x2c\0\0\0\x65\0\0\0\0\0\0\0\x09\0\x01\0\x09\0\0\0\x0e\0\x08\0\x64\0\0\0\0\0\0\0\0\0\0\0\x2c\0\0\0"
#define ENHANCED_LE "\x06\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\x87\x84\x1e\0\x03\0\0\0\x09\0\0\0" "abc\0" "\x24\0\0\0"
#define ENHANCED_1 "\x06\0\0\0\x24\0\0\0\x01\0\0\0\0\0\0\0\x07\0\0\0\x03\0\0\0\x09\0\0\0" "abc\0" "\x24\0\0\0"
#define ENHANCED_BE "\0\0\0\x06\0\0\0\x24\0\0\0\0\0\0\0\0\0\x1e\x84\x87\0\0\0\x03\0\0\0\x09" "abc\0" "\0\0\0\x24"
#define SIMPLE_LE "\x03\0\0\0\x14\0\0\0\x03\0\0\0" "abc\0" "\x14\0\0\0"
#define OLD_LE "\x02\0\0\0\x24\0\0\0\0\0\xff\xff\0\0\0\0\x87\x84\x1e\0\x03\0\0\0\x09\0\0\0" "abc\0" "\x24\0\0\0"
#define UNKNOWN_LE "\x77\x77\0\0\x10\0\0\0" "what" "\x10\0\0\0"
#define JOURNAL_LE "\x09\0\0\0\x10\0\0\0" "what" "\x10\0\0\0"

typedef struct records_case {
    const char *name;
    const char *bytes;
    size_t size;
    unsigned records;           /* before the file ends or breaks */
    const char *error;          /* a part of it; NULL: the file ends well */
    uint32_t link_type;         /* of the last record */
    uint32_t interface;
    int64_t time_ns;
} records_case_t;

static const records_case_t cases[] = {
    {"pcap", BYTES(PCAP_LE PACKET_LE "abc" PACKET_LE "abc"), 2, NULL, 1, 0, 2000007000},
    {"pcap_of_big_endian", BYTES(PCAP_BE PACKET_BE "abc"), 1, NULL, 1, 0, 2000007000},
    {"pcap_with_nanoseconds", BYTES(PCAP_NS PACKET_LE "abc"), 1, NULL, 101, 0, 2000000007},
    {"pcap_patched", BYTES(PATCHED PACKET_LE "\x02\0\0\0\0\x08\0\0" "abc"), 1, NULL, 1, 0, 2000007000},
    {"pcap_without_packets", BYTES(PCAP_LE), 0, NULL, 0, 0, 0},
    {"pcap_cut_in_a_packet", BYTES(PCAP_LE PACKET_LE "abc" PACKET_LE "ab"), 1, "middle of a packet", 1, 0, 2000007000},
    {"pcap_cut_in_a_header", BYTES(PCAP_LE PACKET_LE "abc\x02"), 1, "packet's header", 1, 0, 2000007000},
    {"pcap_packet_too_long", BYTES(PCAP_LE "\0\0\0\0\0\0\0\0\x01\x00\x04\x00\x01\x00\x04\x00"), 0, "262145", 0, 0, 0},
    {"pcapng", BYTES(SECTION_LE INTERFACE_LE ENHANCED_LE), 1, NULL, 1, 0, 2000007000},
    {"pcapng_of_big_endian", BYTES(SECTION_BE INTERFACE_BE ENHANCED_BE), 1, NULL, 101, 0, 2000007000},
    {"pcapng_two_sections", BYTES(SECTION_LE INTERFACE_LE ENHANCED_LE SECTION_BE INTERFACE_BE ENHANCED_BE), 2, NULL,
     101, 0, 2000007000},
    {"pcapng_two_interfaces", BYTES(SECTION_LE INTERFACE_LE INTERFACE_NS ENHANCED_LE ENHANCED_1), 2, NULL, 101, 1,
     100000000007},
    {"pcapng_interfaces_end_with_their_section", BYTES(SECTION_LE INTERFACE_LE ENHANCED_LE SECTION_LE ENHANCED_LE), 1,
     "interface 0", 1, 0, 2000007000},
    {"pcapng_simple_packet", BYTES(SECTION_LE INTERFACE_LE SIMPLE_LE), 1, NULL, 1, 0, 0},
    {"pcapng_simple_packet_without_interface", BYTES(SECTION_LE SIMPLE_LE), 0, "without an interface", 0, 0, 0},
    {"pcapng_old_packet", BYTES(SECTION_LE INTERFACE_LE OLD_LE), 1, NULL, 1, 0, 2000007000},
    {"pcapng_unknown_block", BYTES(SECTION_LE INTERFACE_LE UNKNOWN_LE ENHANCED_LE), 1, NULL, 1, 0, 2000007000},
    {"pcapng_journal", BYTES(SECTION_LE JOURNAL_LE), 1, NULL, RECORDS_LINK_NONE, 0, 0},
    {"pcapng_block_ends_otherwise", BYTES(SECTION_LE "\x77\x77\0\0\x10\0\0\0" "what" "\x14\0\0\0"), 0, "whose end says",
     0, 0, 0},
    {"pcapng_block_too_small", BYTES(SECTION_LE "\x77\x77\0\0\x08\0\0\0"), 0, "a block of 8 bytes", 0, 0, 0},
    {"pcapng_cut_in_a_block", BYTES(SECTION_LE INTERFACE_LE "\x06\0\0\0\x24\0\0\0\0\0"), 0, "middle of a block", 0, 0, 0},
    {"empty", BYTES(""), 0, "empty", 0, 0, 0},
    {"text", BYTES("text, not packets"), 0, "no capture", 0, 0, 0},
};

typedef struct input {
    const char *bytes;
    size_t left;
} input_t;

/* A byte at a time. */
static long
fill(void *user, uint8_t *buffer, size_t size)
{
    input_t *input = user;

    if (input->left == 0 || size == 0)
        return 0;
    *buffer = (uint8_t)*input->bytes++;
    input->left--;
    return 1;
}

static void
check(gconstpointer data)
{
    const records_case_t *test = data;
    input_t input = {.bytes = test->bytes, .left = test->size};
    source_t *source = source_new(fill, &input);
    records_t *records = records_new(source);
    records_result_t result;
    record_t record = {0};
    unsigned count = 0;

    while ((result = records_next(records, &record)) == RECORDS_PACKET) {
        count++;
        if (record.link_type == RECORDS_LINK_NONE) {
            g_assert_nonnull(record.kind);
            continue;
        }
        g_assert_cmpmem(record.data, record.captured, "abc", 3);
        if (count == test->records) {
            g_assert_cmpuint(record.link_type, ==, test->link_type);
            g_assert_cmpuint(record.interface, ==, test->interface);
            g_assert_cmpint(record.time_ns, ==, test->time_ns);
        }
    }
    g_assert_cmpuint(count, ==, test->records);
    g_assert_cmpint(result, ==, test->error == NULL ? RECORDS_END : RECORDS_BROKEN);
    if (test->error != NULL)
        g_assert_nonnull(strstr(records_error(records), test->error));
    records_free(records);
    source_free(source);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/records/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], check);
    }
    return g_test_run();
}
