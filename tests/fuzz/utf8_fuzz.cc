// UTF-8: what is made valid is valid, what is valid stays as it is.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/utf8.h"
#include "probes/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto text = preflight::valid_utf8(bytes);
    if (!preflight::is_valid_utf8(text)) std::abort();
    if (preflight::is_valid_utf8(bytes) != (text == bytes)) std::abort();
    // The probes' own rule is the same one, and forbids NUL bytes besides.
    const bool plain = text == bytes && bytes.find('\0') == std::string_view::npos;
    if (preflight::probes::is_plain_text(bytes) != plain) std::abort();
    return 0;
}
