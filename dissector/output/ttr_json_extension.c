/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_json_extension.h"

#include "ttr_json_value.h"

/* Classes of objects (RFC 4950 section 3, RFC 5837 section 4). */
enum {
    CLASS_MPLS = 1,
    CLASS_INTERFACE = 2,
    MPLS_ENTRY_BYTES = 4
};

static void
write_labels(json_dumper *json, const ttr_mpls_t *labels, size_t count)
{
    json_dumper_set_member_name(json, "mpls_labels");
    json_dumper_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        json_dumper_begin_object(json);
        ttr_json_number(json, "mpls_ttl", labels[i].ttl);
        ttr_json_number(json, "mpls_s", labels[i].bottom);
        ttr_json_number(json, "mpls_exp", labels[i].exp);
        ttr_json_number(json, "mpls_label", labels[i].label);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void
write_interface(json_dumper *json, const ttr_interface_t *interface)
{
    static const char *const roles[] = {"incoming", "sub-ip", "outgoing", "next-hop"};

    ttr_json_begin(json, "tcptraceroute");
    ttr_json_string(json, "role", roles[interface->role & 3]);
    if (interface->has_index)
        ttr_json_number(json, "index", interface->index);
    if (interface->family != 0)
        ttr_json_address(json, "addr", interface->family, &interface->address);
    if (interface->name[0] != '\0')
        ttr_json_string(json, "name", interface->name);
    if (interface->has_mtu)
        ttr_json_number(json, "mtu", interface->mtu);
    json_dumper_end_object(json);
}

void
ttr_json_extension(json_dumper *json, const ttr_extension_t *extension)
{
    size_t mpls = 0, interface = 0;

    json_dumper_set_member_name(json, "icmpext");
    json_dumper_begin_array(json);
    for (size_t i = 0; i < extension->object_count; i++) {
        const ttr_object_t *object = &extension->objects[i];

        json_dumper_begin_object(json);
        ttr_json_number(json, "ie_cn", object->class_num);
        ttr_json_number(json, "ie_ct", object->c_type);
        ttr_json_number(json, "ie_dl", object->length);
        if (object->class_num == CLASS_MPLS && object->c_type == 1) {
            size_t count = MIN(object->length / MPLS_ENTRY_BYTES, extension->mpls_count - mpls);

            write_labels(json, extension->mpls + mpls, count);
            mpls += count;
        } else if (object->class_num == CLASS_INTERFACE && interface < extension->interface_count) {
            write_interface(json, &extension->interfaces[interface++]);
        }
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}
