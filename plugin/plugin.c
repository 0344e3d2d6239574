/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Wireshark's plugin loader asks for; nothing else is exported.
 */
#define WS_BUILD_DLL            /* before any header of Wireshark: on Windows what is declared here is exported */
#include <wireshark.h>
#include <epan/proto.h>
#include <epan/tap.h>

#include "ttr_dissector.h"
#include "ttr_wsversion.h"
#include "views.h"

WS_DLL_PUBLIC const char plugin_version[];
WS_DLL_PUBLIC const int plugin_want_major;
WS_DLL_PUBLIC const int plugin_want_minor;
WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

WS_DLL_PUBLIC_DEF const char plugin_version[] = PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

static void
register_views(void)
{
    view_text_register();
    view_tools_register();
}

/* sharkd asks no plugin for its taps, but knows the views that are registered as a dissector registers them. */
static void
register_protocol(void)
{
    ttr_dissector_register();
    view_hop_table_register();
    view_tree_register();
    view_flow_register();
    view_conversation_register();
}

void
plugin_register(void)
{
    static proto_plugin dissector = {
        .register_protoinfo = register_protocol,
        .register_handoff = ttr_dissector_handoff,
    };
    static tap_plugin views = {.register_tap_listener = register_views};

    proto_register_plugin(&dissector);
    tap_register_plugin(&views);
}

uint32_t
plugin_describe(void)
{
    return TTR_PLUGIN_DESCRIPTION;
}
