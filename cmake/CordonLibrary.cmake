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
  if(CORDON_UNITY)
    set_target_properties(cordon_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    # A file of ours is no header, though it is included like one here.
    target_compile_options(cordon_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  target_compile_definitions(cordon_${name} PRIVATE CORDON_VERSION="${PROJECT_VERSION}")
endfunction()
