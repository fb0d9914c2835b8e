// JSON, and the node's attributes and Gitaly's metadata made of it.

#include <cstdint>
#include <string_view>

#include "probes/gitaly_config.h"
#include "probes/rails_attributes.h"
#include "tests/fuzz/endpoints_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto id = parse_gitaly_metadata(text, "/.gitaly-metadata");
    if (id && !is_plain_text(*id)) std::abort();
    const auto attributes = parse_attributes(text, "/node.json", {});
    if (!attributes) return 0;
    must_be_sendable(attribute_databases(*attributes));
    must_be_sendable(attribute_redis(*attributes));
    must_be_sendable(attribute_storages(*attributes));
    return 0;
}
