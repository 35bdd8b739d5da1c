# tests.cmake: every test program by its place; a new file needs no line here.       SPDX-License-Identifier: Apache-2.0
set(exclude_tests EXCLUDE_FROM_ALL)
if(PLIMSOLL_TESTS_IN_ALL)
    set(exclude_tests)
endif()
add_custom_target(tests)

# ASan of clang 14 needs a fixed address layout on kernels with more random bits than it knows.
set(test_launcher)
if(PLIMSOLL_SANITIZE)
    find_program(PLIMSOLL_SETARCH setarch)
    if(PLIMSOLL_SETARCH)
        execute_process(COMMAND ${PLIMSOLL_SETARCH} -R true RESULT_VARIABLE setarch_result OUTPUT_QUIET ERROR_QUIET)
        if(setarch_result EQUAL 0)
            set(test_launcher ${PLIMSOLL_SETARCH} -R)
        endif()
    endif()
endif()

# Seconds of the tests that take longest: CTest starts them first, so that no processor waits for the last one.
set(longest cli/test_syscalls_long 140 oracle/test_margin_long 55 cli/test_slow_reader_long 50 cli/test_cli 45
    properties/test_core_long 44 properties/test_kernels_long 43 unit/sim/test_demo_long 42 properties/test_margin_long 41
    cli/test_compared_long 41 unit/sim/test_screen_long 39 unit/store/test_log_faults_long 37 cli/test_backtest_long 36
    properties/test_screen_long 34)

# `quick` is what every landing runs; `*_long` is only in the default and full check.
function(describe_test name file)
    set(label quick)
    set(timeout 120)
    if(PLIMSOLL_SANITIZE)
        set(timeout 400) # sanitized programs take about five times as long
    endif()
    if(file MATCHES "_long\\.(c|py)$")
        set(label long)
        set(timeout 1500)
        set_tests_properties(${name} PROPERTIES COST 20)
    endif()
    list(FIND longest ${name} place)
    if(NOT place EQUAL -1)
        math(EXPR place "${place} + 1")
        list(GET longest ${place} seconds)
        set_tests_properties(${name} PROPERTIES COST ${seconds})
    endif()
    set_tests_properties(${name} PROPERTIES
        LABELS ${label} TIMEOUT ${timeout} SKIP_RETURN_CODE 77 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
        PLIMSOLL_BINARY=${PROJECT_BINARY_DIR}/plimsoll PLIMSOLL_BUILD=${PROJECT_BINARY_DIR}
        PLIMSOLL_ARCHIVE=$<TARGET_FILE:plimsoll_pure>)
endfunction()

# The path below test/ without its ending names the test; with `_` for `/` it names the target.
function(name_test out source)
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/test ${source})
    string(REGEX REPLACE "\\.[a-z]+$" "" name ${name})
    set(${out} ${name} PARENT_SCOPE)
endfunction()

function(add_test_program name)
    string(REPLACE "/" "_" target ${name})
    get_filename_component(folder ${name} DIRECTORY)
    get_filename_component(program ${name} NAME)
    add_executable(${target} ${exclude_tests} ${ARGN})
    add_dependencies(tests ${target})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/test)
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
    target_link_libraries(${target} PRIVATE plimsoll_server plimsoll_pure plimsoll_rim m)
    set_target_properties(${target} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/${folder} OUTPUT_NAME ${program})
endfunction()

pkg_check_modules(plimsoll_cmocka IMPORTED_TARGET cmocka)
pkg_check_modules(plimsoll_yajl REQUIRED IMPORTED_TARGET yajl)

# --- cmocka ----------------------------------------------------------------------------------------------------------
if(plimsoll_cmocka_FOUND AND NOT PLIMSOLL_FUZZ)
    file(GLOB support_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/test/support/*.c)
    if(support_sources)
        add_library(plimsoll_test_support STATIC ${exclude_tests} ${support_sources})
        target_include_directories(plimsoll_test_support PUBLIC ${PROJECT_SOURCE_DIR}/test)
        target_compile_definitions(plimsoll_test_support PRIVATE _POSIX_C_SOURCE=200809L)
        target_link_libraries(plimsoll_test_support PUBLIC plimsoll_server plimsoll_pure plimsoll_rim
            PkgConfig::plimsoll_cmocka PkgConfig::plimsoll_yajl m)
    endif()
    file(GLOB test_sources CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/test/unit/*/test_*.c
        ${PROJECT_SOURCE_DIR}/test/vectors/test_*.c
        ${PROJECT_SOURCE_DIR}/test/properties/test_*.c)
    foreach(source IN LISTS test_sources)
        name_test(name ${source})
        add_test_program(${name} ${source})
        string(REPLACE "/" "_" target ${name})
        target_link_libraries(${target} PRIVATE PkgConfig::plimsoll_cmocka)
        if(support_sources)
            target_link_libraries(${target} PRIVATE plimsoll_test_support)
        endif()
        add_test(NAME ${name} COMMAND ${test_launcher} ${PROJECT_SOURCE_DIR}/test/run.sh $<TARGET_FILE:${target}>)
        describe_test(${name} ${source})
    endforeach()
elseif(PLIMSOLL_TESTS_IN_ALL AND NOT PLIMSOLL_FUZZ)
    message(FATAL_ERROR "cmocka is not installed: apt-get install libcmocka-dev")
endif()

# --- Fuzzing ---------------------------------------------------------------------------------------------------------
# With libFuzzer in the preset `fuzz`; elsewhere with a small driver, so that every check mutates a little.
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/test/fuzz/fuzz_*.c)
if(PLIMSOLL_FUZZ)
    add_custom_target(fuzzers) # what ./check builds here: the program and its tools are built elsewhere
endif()
foreach(source IN LISTS fuzz_sources)
    name_test(name ${source})
    string(REPLACE "/" "_" target ${name})
    string(REGEX REPLACE "^fuzz/fuzz_" "" noun ${name})
    set(corpus ${PROJECT_SOURCE_DIR}/test/fuzz/corpus/${noun})
    if(NOT IS_DIRECTORY ${corpus})
        set(corpus)
    endif()
    if(PLIMSOLL_FUZZ)
        add_test_program(${name} ${source})
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzzers ${target})
        # libFuzzer adds what it finds to the first folder: that one must not be the source's.
        file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/corpus/${noun})
        add_test(NAME ${name} COMMAND ${test_launcher} $<TARGET_FILE:${target}>
            -runs=20000 -seed=1 ${PROJECT_BINARY_DIR}/corpus/${noun} ${corpus})
    else()
        add_test_program(${name} ${source} ${PROJECT_SOURCE_DIR}/test/fuzz/driver.c)
        add_test(NAME ${name} COMMAND ${test_launcher} $<TARGET_FILE:${target}> 2000 ${corpus})
    endif()
    describe_test(${name} ${source})
endforeach()

# --- Oracle ----------------------------------------------------------------------------------------------------------
# What test/oracle/test_*.py compares its own model with.
if(NOT PLIMSOLL_FUZZ)
    add_test_program(oracle/dump ${PROJECT_SOURCE_DIR}/test/oracle/dump.c ${PROJECT_SOURCE_DIR}/test/support/wild.c)
    add_test_program(oracle/feed ${PROJECT_SOURCE_DIR}/test/oracle/feed.c)
    add_test_program(oracle/books_dump ${PROJECT_SOURCE_DIR}/test/oracle/books_dump.c)
    add_test_program(counts/work ${PROJECT_SOURCE_DIR}/test/counts/work.c)
endif()

# --- System calls that fail ------------------------------------------------------------------------------------------
# Preloaded by test/cli/test_syscalls_long.py; a sanitizer's runtime must come first and would not have it.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT PLIMSOLL_SANITIZE AND NOT PLIMSOLL_FUZZ)
    add_library(preload_failing MODULE ${exclude_tests} ${PROJECT_SOURCE_DIR}/test/preload/failing.c)
    add_dependencies(tests preload_failing)
    target_link_libraries(preload_failing PRIVATE plimsoll_flags ${CMAKE_DL_LIBS})
    set_target_properties(preload_failing PROPERTIES PREFIX "" OUTPUT_NAME failing
        LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/preload)
endif()

# --- Python ----------------------------------------------------------------------------------------------------------
# Source checks look at files and at the pure archive; a sanitizer's own symbols would hide what the archive calls.
find_program(PLIMSOLL_PYTHON python3)
if(PLIMSOLL_PYTHON AND NOT PLIMSOLL_FUZZ)
    file(GLOB python_tests CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/test/tidy/test_*.py ${PROJECT_SOURCE_DIR}/test/oracle/test_*.py
        ${PROJECT_SOURCE_DIR}/test/cli/test_*.py ${PROJECT_SOURCE_DIR}/test/counts/test_*.py ${PROJECT_SOURCE_DIR}/test/web/test_*.py)
    if(PLIMSOLL_SANITIZE)
        list(FILTER python_tests EXCLUDE REGEX "/test/tidy/")
    endif()
    foreach(source IN LISTS python_tests)
        name_test(name ${source})
        add_test(NAME ${name} COMMAND ${test_launcher} ${PLIMSOLL_PYTHON} ${source})
        describe_test(${name} ${source})
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
    endforeach()
endif()
