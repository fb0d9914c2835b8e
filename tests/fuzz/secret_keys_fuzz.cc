// The files of secrets, and the frames of a PEM file. What is told of them are names of the probes' own.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/geo_evidence.h"
#include "probes/pem.h"
#include "probes/secret_keys.h"

namespace {

using preflight::probes::SecretKeys;

// Every key is either present or missing, whatever the file.
void must_be_whole(const preflight::Result<SecretKeys>& keys, std::size_t& known) {
    if (!keys) return;
    const auto count = keys->present.size() + keys->missing.size();
    if (count == 0 || (known != 0 && count != known)) std::abort();
    known = count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static std::size_t of_package = 0;
    static std::size_t of_rails = 0;
    must_be_whole(parse_secrets_json(text, "/gitlab-secrets.json"), of_package);
    must_be_whole(parse_secrets_yml(text, "/secrets.yml"), of_rails);
    const auto flags = parse_cluster_json(text, "/gitlab-cluster.json");
    if (flags && flags->contradictory()) std::abort();
    const auto frames = parse_pem_frames(text);
    if (frames.whole && frames.labels.empty()) std::abort();
    return 0;
}
