// TOML, and Gitaly's and Praefect's configuration made of it.

#include <cstdint>
#include <string_view>

#include "probes/gitaly_config.h"
#include "probes/praefect_config.h"
#include "tests/fuzz/endpoints_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& config : parse_gitaly_config(text, "/config.toml").items) {
        must_be_sendable(Parsed<preflight::v1::GitalyServer>{{config.server}, {}});
        must_be_sendable(Parsed<preflight::v1::Listener>{config.listeners, {}});
    }
    for (const auto& config : parse_praefect_config(text, "/config.toml").items) {
        must_be_sendable(Parsed<preflight::v1::PraefectVirtualStorage>{config.virtual_storages, {}});
        must_be_sendable(Parsed<preflight::v1::PostgresEndpoint>{endpoints_of(config.databases), {}});
        must_be_sendable(Parsed<preflight::v1::Listener>{config.listeners, {}});
    }
    return 0;
}
