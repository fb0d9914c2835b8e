// DatabaseSecret: whether a db_key_base is the one that a row of the database was encrypted with.
//
// GitLab encrypts such columns with AES-256-GCM: the key is the first 32 bytes of db_key_base, the nonce
// stands in a column of its own, both columns are base64, and the ciphertext ends with its tag of 16 bytes.
// That the tag fits is the proof; what was encrypted is wiped here and goes nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/secret.h"

namespace preflight::probes {

inline constexpr std::size_t database_key_bytes = 32;

enum class DatabaseSecret : std::uint8_t {
    opens,
    does_not_open,  // another key, or a row that was changed
    malformed,      // a key too short, or columns that are no base64 of a fitting length
};

DatabaseSecret try_database_secret(const Secret& db_key_base, std::string_view encrypted_base64,
                                   std::string_view nonce_base64);

}  // namespace preflight::probes
