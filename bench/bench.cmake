# bench.cmake: one program per file or folder of bench/, built by the target `bench`. SPDX-License-Identifier: Apache-2.0
add_custom_target(bench)
find_path(PLIMSOLL_QUANTLIB_INCLUDE ql/quantlib.hpp)

function(add_bench name)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${ARGN})
    target_link_libraries(bench_${name} PRIVATE plimsoll_pure plimsoll_rim m)
    target_compile_definitions(bench_${name} PRIVATE _POSIX_C_SOURCE=200809L)
    set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench OUTPUT_NAME ${name})
    add_dependencies(bench bench_${name})
endfunction()

file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.c)
foreach(source IN LISTS bench_sources)
    get_filename_component(name ${source} NAME_WE)
    add_bench(${name} ${source})
endforeach()
