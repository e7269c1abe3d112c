# Compiles through ccache where it is installed.
find_program(CORDON_CCACHE ccache)
if(CORDON_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CORDON_CCACHE})
endif()
