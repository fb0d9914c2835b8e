# add_foreign(NAME PACKAGE SHARED_TARGET): an interface library of a foreign package: as archives by their full paths where
# PREFLIGHT_STATIC_AGENT is on, else its shared target. Debian's own CMake targets are shared only, so the archives are those
# that pkg-config lists for a static link.
function(add_foreign name package shared_target)
  add_library(${name} INTERFACE)
  if(NOT PREFLIGHT_STATIC_AGENT)
    target_link_libraries(${name} INTERFACE ${shared_target})
    return()
  endif()
  pkg_check_modules(${name} REQUIRED QUIET ${package})
  set(wanted ${${name}_STATIC_LIBRARIES})
  list(REMOVE_DUPLICATES wanted)
  set(found "")
  foreach(library IN LISTS wanted)
    find_library(archive_${library} lib${library}.a)
    # What is part of glibc (dl, pthread, …) needs no naming.
    if(archive_${library})
      list(APPEND found ${archive_${library}})
    endif()
  endforeach()
  target_link_libraries(${name} INTERFACE -Wl,--start-group ${found} -Wl,--end-group Threads::Threads)
endfunction()
