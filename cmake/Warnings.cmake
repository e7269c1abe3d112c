# What every target of ours is compiled with, where warnings are errors: a build for use stays quiet about what GCC 12
# sees in its own std::string when it optimises (-Wrestrict, GCC bug 105651).
add_library(cordon_warnings INTERFACE)
if(CORDON_WERROR)
  target_compile_options(cordon_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror)
endif()
