# What every target of ours is compiled with.
add_library(cordon_warnings INTERFACE)
target_compile_options(cordon_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow)
if(CORDON_WERROR)
  target_compile_options(cordon_warnings INTERFACE -Werror)
endif()
