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

// Authorities that are not there are none, as to OpenSSL. Others that cannot be read would make a good
// certificate look untrusted.
Result<void> none_if_absent(const Problem& problem) {
    if (problem.cause == v1::Gap::ABSENT) return {};
    return problem;
}

Result<void> take_file(const Node& node, std::string_view path, TlsSettings& settings) {
    auto pem = node.read_file(path);
    if (!pem) return none_if_absent(pem.error());
    settings.authorities.push_back(std::move(*pem));
    return {};
}

Result<void> take_directory(const Node& node, const std::string& directory, TlsSettings& settings) {
    const auto entries = node.list(directory);
    if (!entries) return none_if_absent(entries.error());
    for (const auto& entry : *entries) {
        if (settings.authorities.size() == authorities_limit) break;
        if (!is_hashed_name(entry.name)) continue;
        auto taken = take_file(node, directory + "/" + entry.name, settings);
        if (!taken) return taken;
    }
    return {};
}

Result<void> take_usual_authorities(const Node& node, TlsSettings& settings) {
    const auto package = node.status(paths::package_authorities);
    if (!package && package.error().cause == v1::Gap::ABSENT)
        return take_file(node, paths::system_authorities, settings);
    auto taken = take_file(node, paths::package_authorities, settings);
    if (!taken) return taken;
    return take_directory(node, std::string(paths::package_authorities_directory), settings);
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
    Result<void> taken;
    if (!files.ca_directory.empty()) taken = take_directory(node, files.ca_directory, settings);
    if (files.ca_file.empty() && files.ca_directory.empty()) taken = take_usual_authorities(node, settings);
    if (!taken) return taken.error();
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
