# Files as arrays of a C++ source, packed with gzip. As a script (-P): OUTPUT is the source, LIST a file with a line
# "name|path" each. As a module: embed_files(TARGET OUTPUT name=path...).
if(CMAKE_SCRIPT_MODE_FILE)
  file(STRINGS "${LIST}" lines)
  set(arrays "")
  set(rows "")
  set(number 0)
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([^|]+)\\|(.+)$" matched "${line}")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
    execute_process(COMMAND gzip -9nc "${path}" OUTPUT_FILE "${OUTPUT}.gz" COMMAND_ERROR_IS_FATAL ANY)
    file(READ "${OUTPUT}.gz" bytes HEX)
    file(SIZE "${path}" size)
    file(SHA256 "${path}" digest)
    string(SUBSTRING "${digest}" 0 16 tag)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "constexpr unsigned char k_file_${number}[] = {${bytes}};\n")
    string(APPEND rows "    {\"${name}\", \"${tag}\", ${size}, {reinterpret_cast<const char*>(k_file_${number}), sizeof(k_file_${number})}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(REMOVE "${OUTPUT}.gz")
  file(WRITE "${OUTPUT}" "// Made by cmake/Embed.cmake.
#include \"console/embedded.hpp\"

namespace cordon::console {
namespace {
${arrays}
const EmbeddedFile k_files[] = {
${rows}};
}  // namespace

std::span<const EmbeddedFile> embedded_files() noexcept {
    return k_files;
}

}  // namespace cordon::console
")
  return()
endif()

set(CORDON_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")
function(embed_files target output)
  set(list "")
  set(paths "")
  foreach(file IN LISTS ARGN)
    string(REGEX MATCH "^([^=]+)=(.+)$" matched "${file}")
    string(APPEND list "${CMAKE_MATCH_1}|${CMAKE_MATCH_2}\n")
    list(APPEND paths "${CMAKE_MATCH_2}")
  endforeach()
  file(CONFIGURE OUTPUT "${output}.list" CONTENT "${list}" @ONLY)
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DLIST=${output}.list" -P "${CORDON_EMBED_SCRIPT}"
    DEPENDS ${paths} "${output}.list" "${CORDON_EMBED_SCRIPT}" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
  set_source_files_properties("${output}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
