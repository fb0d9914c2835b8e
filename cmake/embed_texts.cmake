# Writes a C++ file that holds the knowledge's texts: cmake -DOUTPUT=… -DFILES=a;b -P embed_texts.cmake
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(LENGTH "${text}" length)
  set(chunks "")
  # Compilers must accept literals of 64 KiB; adjacent ones are joined. The suffix gives their length: a string_view made of a
  # plain literal would have the compiler count it, character for character, with gigabytes of its own memory.
  set(start 0)
  while(start LESS length)
    string(SUBSTRING "${text}" ${start} 8000 chunk)
    string(APPEND chunks "\nR\"_embedded_(${chunk})_embedded_\"")
    math(EXPR start "${start} + 8000")
  endwhile()
  if(chunks STREQUAL "")
    set(chunks "\"\"")
  endif()
  string(APPEND rows "    Text{\"${name}\",${chunks}sv},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from knowledge/*.txtpb by cmake/embed_texts.cmake. Change those, not this.
#include \"readiness/knowledge_texts.h\"

#include <array>

namespace preflight::readiness {

std::span<const std::pair<std::string_view, std::string_view>> knowledge_texts() {
    using namespace std::string_view_literals;
    using Text = std::pair<std::string_view, std::string_view>;
    static constexpr auto texts = std::to_array<Text>({
${rows}    });
    return texts;
}

}  // namespace preflight::readiness
")
