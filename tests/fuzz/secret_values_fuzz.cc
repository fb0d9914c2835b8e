#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/base64.h"
#include "probes/database_secret.h"
#include "probes/fingerprint.h"
#include "probes/gitaly_tokens.h"
#include "probes/plain_text.h"
#include "probes/secret_values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight;
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto parse :
         {secret_values_of_json, secret_values_of_yml, tokens_of_gitaly, tokens_of_praefect}) {
        for (const auto& one : parse(text, "f").items) {
            if (!is_plain_line(one.key) || !is_plain_line(one.storage) || !one.value.present()) std::abort();
        }
    }
    const auto key = parse_public_key(text, "f");
    if (key && !is_plain_line(key->algorithm)) std::abort();
    if (const auto bytes = from_base64(text)) {
        if (from_base64(to_base64(*bytes)) != bytes && !bytes->empty()) std::abort();
    }
    const auto middle = size / 2;
    const Secret secret("a key of more than thirty-two bytes in all");
    if (try_database_secret(secret, text.substr(0, middle), text.substr(middle)) == DatabaseSecret::opens)
        std::abort();
    return 0;
}
