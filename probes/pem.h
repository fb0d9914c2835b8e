// Pem: the frames of a PEM file ("-----BEGIN CERTIFICATE-----" …), not what stands in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::probes {

struct PemFrames {
    std::vector<std::string> labels;  // "CERTIFICATE", "RSA PRIVATE KEY"
    bool whole = false;               // at least one, and each that begins also ends

    bool has_private_key() const;
    bool has_certificate() const;
};

PemFrames parse_pem_frames(std::string_view text);

}  // namespace preflight::probes
