# SPDX-License-Identifier: GPL-2.0-or-later
#
# How every C file of the project is compiled.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang" AND NOT MSVC)
    add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes)
elseif(MSVC)
    # Sources are UTF-8. 4100, 4244, 4267: parameters that are not used, and narrowing, which -Wextra does not report either.
    add_compile_options(/W4 /utf-8 /wd4100 /wd4244 /wd4267)
    add_compile_definitions(_CRT_SECURE_NO_WARNINGS _CRT_NONSTDC_NO_WARNINGS)
endif()

# The hook asks the model about every segment of every capture: across files these questions are inlined, unless
# the user says CMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF.
if(NOT DEFINED CMAKE_INTERPROCEDURAL_OPTIMIZATION AND NOT TTR_SANITIZE AND NOT TTR_FUZZ AND NOT TTR_COVERAGE)
    include(CheckIPOSupported)
    check_ipo_supported(RESULT TTR_HAS_IPO OUTPUT TTR_IPO_OUTPUT LANGUAGES C)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${TTR_HAS_IPO})
endif()

# Tests are many executables of the same libraries: they take these without optimising them once more each, which GCC
# can where an object holds both forms (tests/CMakeLists.txt).
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-ffat-lto-objects)
endif()

if(TTR_SANITIZE OR TTR_FUZZ)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

if(TTR_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()

if(TTR_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "TTR_FUZZ needs clang: configure with --preset fuzz or CC=clang")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
