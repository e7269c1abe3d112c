# cordon_library(NAME FLOORS floors... USES libraries...): the folder src/NAME as a static library that
# may include the named floors of ours. cli's main.cpp belongs to the program.
function(cordon_library name)
  cmake_parse_arguments(arg "" "" "FLOORS;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "src/cli/main\\.cpp$")
  add_library(cordon_${name} STATIC ${sources})
  target_include_directories(cordon_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  list(TRANSFORM arg_FLOORS PREPEND cordon_)
  target_link_libraries(cordon_${name} PUBLIC ${arg_FLOORS} ${arg_USES} Threads::Threads PRIVATE cordon_warnings)
  target_compile_definitions(cordon_${name} PRIVATE CORDON_VERSION="${PROJECT_VERSION}")
endfunction()
