# Compiles through ccache where it is installed. Objects are shared between build folders and work trees: nothing
# of ours depends on the folder it was compiled in.
find_program(CORDON_CCACHE ccache)
if(CORDON_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CORDON_CCACHE})
endif()
