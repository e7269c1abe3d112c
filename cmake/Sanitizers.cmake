# CORDON_SANITIZE=address,undefined or thread, for everything.
if(CORDON_SANITIZE)
  add_compile_options(-fsanitize=${CORDON_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CORDON_SANITIZE})
endif()
if(CORDON_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
