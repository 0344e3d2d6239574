# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where Wireshark looks for the plugin and for profiles. It never loads personal plugins for root.

if(TTR_INSTALL STREQUAL "system")
    set(TTR_PLUGIN_DIR ${Wireshark_PLUGIN_INSTALL_DIR}/epan)
    set(TTR_PROFILE_DIR ${Wireshark_INSTALL_PREFIX}/share/wireshark/profiles)
elseif(TTR_INSTALL STREQUAL "personal")
    if("$ENV{HOME}" STREQUAL "")
        message(FATAL_ERROR "TTR_INSTALL=personal needs HOME")
    endif()
    set(TTR_PLUGIN_DIR
        $ENV{HOME}/.local/lib/wireshark/plugins/${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}/epan)
    set(TTR_PROFILE_DIR $ENV{HOME}/.config/wireshark/profiles)
else()
    message(FATAL_ERROR "TTR_INSTALL is '${TTR_INSTALL}'; it must be system or personal")
endif()

install(TARGETS tcptraceroute LIBRARY DESTINATION ${TTR_PLUGIN_DIR})
install(DIRECTORY "packaging/profile/TCP Traceroute" DESTINATION ${TTR_PROFILE_DIR})
