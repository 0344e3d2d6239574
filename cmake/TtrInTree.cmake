# SPDX-License-Identifier: GPL-2.0-or-later
#
# The plugin as plugins/epan/tcptraceroute of Wireshark's own tree: Wireshark says how C is compiled, where plugins go
# and which GLib is used. Neither the capture tool nor the tests are built there.

set(TTR_IN_TREE ON)
add_library(ttr_glib INTERFACE)
target_include_directories(ttr_glib SYSTEM INTERFACE ${GLIB2_INCLUDE_DIRS})
target_link_libraries(ttr_glib INTERFACE ${GLIB2_LIBRARIES})
add_library(ttr_math INTERFACE)
target_link_libraries(ttr_math INTERFACE ${M_LIBRARIES})

set(CMAKE_POSITION_INDEPENDENT_CODE ON)     # static libraries that become part of the plugin
separate_arguments(errors NATIVE_COMMAND "${WERROR_COMMON_FLAGS}")
add_compile_options(${errors})
foreach(folder dissector/core dissector/output dissector/epan plugin)
    add_subdirectory(${folder})
endforeach()
