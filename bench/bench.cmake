# bench.cmake: one program per file of bench/ (and per folder), built by the target `bench`. SPDX-License-Identifier: Apache-2.0
#
# A C file measures Plimsoll alone. C++ sits beside QuantLib and is described only where its headers are; the same for a
# folder, whose C and C++ files make one program.
add_custom_target(bench)
find_path(PLIMSOLL_QUANTLIB_INCLUDE ql/quantlib.hpp)

function(add_bench name)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${ARGN})
    target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(bench_${name} PRIVATE plimsoll_pure plimsoll_rim m)
    target_compile_definitions(bench_${name} PRIVATE _POSIX_C_SOURCE=200809L)
    set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench OUTPUT_NAME ${name})
    set(cpp_sources ${ARGN})
    list(FILTER cpp_sources INCLUDE REGEX "\\.cpp$")
    if(cpp_sources)
        target_link_libraries(bench_${name} PRIVATE QuantLib)
        target_compile_options(bench_${name} PRIVATE -O3 -march=native -DNDEBUG) # peers get what a compiler can do
        target_compile_options(bench_${name} PRIVATE -Wno-error=maybe-uninitialized) # gcc's own AVX-512 header
        target_include_directories(bench_${name} SYSTEM PRIVATE ${PLIMSOLL_QUANTLIB_INCLUDE})
    endif()
    add_dependencies(bench bench_${name})
endfunction()

set(bench_languages c)
file(GLOB_RECURSE bench_cpp_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cpp)
if(bench_cpp_sources AND PLIMSOLL_QUANTLIB_INCLUDE)
    find_program(PLIMSOLL_CXX NAMES g++ clang++)
endif()
if(bench_cpp_sources AND PLIMSOLL_QUANTLIB_INCLUDE AND PLIMSOLL_CXX)
    enable_language(CXX)
    set(CMAKE_CXX_STANDARD 17)
    list(APPEND bench_languages cpp)
endif()

foreach(language IN LISTS bench_languages)
    file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.${language})
    foreach(source IN LISTS bench_sources)
        get_filename_component(name ${source} NAME_WE)
        add_bench(${name} ${source})
    endforeach()
endforeach()

file(GLOB bench_folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/bench/*)
foreach(folder IN LISTS bench_folders)
    file(GLOB bench_sources CONFIGURE_DEPENDS ${folder}/*.c ${folder}/*.cpp)
    set(cpp_sources ${bench_sources})
    list(FILTER cpp_sources INCLUDE REGEX "\\.cpp$")
    if(bench_sources AND (NOT cpp_sources OR "cpp" IN_LIST bench_languages))
        get_filename_component(name ${folder} NAME)
        add_bench(${name} ${bench_sources})
    endif()
endforeach()

# A peer in another language runs as it stands, beside the built ones, where `plimsoll bench --peers` looks.
configure_file(${PROJECT_SOURCE_DIR}/bench/peer_scipy.py ${PROJECT_BINARY_DIR}/bench/peer_scipy.py COPYONLY)
