/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_dissector.h"

#include <epan/packet.h>

#include "ttr_clock.h"
#include "ttr_expert.h"
#include "ttr_fields.h"
#include "ttr_hook.h"
#include "ttr_present.h"
#include "ttr_file.h"
#include "ttr_settings.h"

void
ttr_dissector_register(void)
{
    int proto = proto_register_protocol("TCP Traceroute", "tcptraceroute", "tcptraceroute");

    ttr_fields_register(proto);
    ttr_expert_register(proto);
    ttr_settings_register(proto);
    ttr_present_register();
    ttr_file_register(proto);
    ttr_hook_register();
}

void
ttr_dissector_handoff(void)
{
    ttr_hook_install();
}

const ttr_store_t *
ttr_dissector_store(void)
{
    return ttr_file_store();
}

bool
ttr_dissector_has_second_pass(void)
{
    return ttr_file_has_second_pass();
}

void
ttr_dissector_watch_end(void)
{
    ttr_clock_watch();
}
