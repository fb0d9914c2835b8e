// Signature: whether a file is as the holder of a key left it: Ed25519 over its bytes.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::collector {

inline constexpr std::size_t signature_bytes = 64;

// The key as PEM ("BEGIN PUBLIC KEY"), the signature as its 64 bytes. REFUSED where it is of other bytes or
// of another key, MALFORMED for what is no key or no signature; the sources are left empty.
Result<void> verify_signature(std::string_view content, std::string_view signature, const std::string& key);

}  // namespace preflight::collector
