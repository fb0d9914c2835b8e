// YAML, and database.yml and gitlab.yml made of it.

#include <cstdint>
#include <string_view>

#include "probes/database_yml.h"
#include "probes/gitaly_config.h"
#include "probes/yaml.h"
#include "tests/fuzz/endpoints_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    must_be_sendable(parse_database_yml(text, "/database.yml"));
    const auto document = parse_yaml(text, "/gitlab.yml");
    if (document) must_be_sendable(gitaly_endpoints(member(*document, "production"), "/gitlab.yml"));
    return 0;
}
