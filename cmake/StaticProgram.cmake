# link_static(TARGET): one fully static, position independent file, glibc included. gRPC's CMake targets are shared, so the
# archives are named here as pkg-config lists them.
function(link_static target)
  pkg_check_modules(GRPC_STATIC REQUIRED grpc++ protobuf yaml-cpp openssl)
  # A package's private archives are in its static list only.
  set(archives ${GRPC_STATIC_STATIC_LIBRARIES})
  list(REMOVE_ITEM archives dl pthread m rt atomic)
  list(REMOVE_DUPLICATES archives)
  set_target_properties(${target} PROPERTIES LINK_SEARCH_START_STATIC ON LINK_SEARCH_END_STATIC ON)
  target_link_options(${target} PRIVATE -static-pie -Wl,--gc-sections -s)
  # What the project's own libraries ask for, as archives: the shared targets carry full paths to .so files.
  set(preflight_archives "")
  foreach(name IN LISTS archives)
    list(APPEND preflight_archives -l${name})
  endforeach()
  target_link_libraries(${target} PRIVATE -Wl,--start-group ${preflight_archives} -Wl,--end-group atomic)
endfunction()
