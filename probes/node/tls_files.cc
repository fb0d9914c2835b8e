#include "probes/node/tls_files.h"

#include <algorithm>

#include "probes/paths.h"

namespace preflight::probes {
namespace {

constexpr std::size_t authorities_limit = 600;  // files of a directory

// OpenSSL looks authorities up by the digest of their name: "1a2b3c4d.0". Other files of the directory are
// none to it.
bool is_hashed_name(std::string_view name) {
    constexpr std::size_t digits = 8;
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return name.size() > digits + 1 && name[digits] == '.' &&
           std::ranges::all_of(name.substr(0, digits), is_hex) &&
           name.find_first_not_of("0123456789", digits + 1) == std::string_view::npos;
}

void take_directory(const Node& node, const std::string& directory, TlsSettings& settings) {
    const auto entries = node.list(directory);
    if (!entries) return;  // as to OpenSSL, a directory that is not there holds no authority
    for (const auto& entry : *entries) {
        if (settings.authorities.size() == authorities_limit) return;
        if (!is_hashed_name(entry.name)) continue;
        auto pem = node.read_file(directory + "/" + entry.name);
        if (pem) settings.authorities.push_back(std::move(*pem));
    }
}

void take_usual_authorities(const Node& node, TlsSettings& settings) {
    const bool package = node.status(paths::package_authorities).has_value();
    auto pem = node.read_file(package ? paths::package_authorities : paths::system_authorities);
    if (pem) settings.authorities.push_back(std::move(*pem));
    if (package) take_directory(node, std::string(paths::package_authorities_directory), settings);
}

}  // namespace

Result<TlsSettings> read_tls(const Node& node, const TlsFiles& files) {
    TlsSettings settings;
    settings.verify = files.verify;
    if (!files.ca_file.empty()) {
        auto pem = node.read_file(files.ca_file);
        if (!pem) return pem.error();
        settings.authorities.push_back(std::move(*pem));
    }
    if (!files.ca_directory.empty()) take_directory(node, files.ca_directory, settings);
    if (files.ca_file.empty() && files.ca_directory.empty()) take_usual_authorities(node, settings);
    if (files.certificate.empty()) return settings;
    auto certificate = node.read_file(files.certificate);
    if (!certificate) return certificate.error();
    auto key = files.key.empty() ? Result<std::string>(*certificate) : node.read_file(files.key);
    if (!key) return key.error();
    settings.certificate = std::move(*certificate);
    settings.key = Secret(std::move(*key));
    return settings;
}

}  // namespace preflight::probes
