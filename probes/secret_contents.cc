#include "probes/secret_contents.h"

#include <string>

#include "probes/gitlab_rb.h"
#include "probes/json.h"
#include "probes/pem.h"
#include "probes/plain_text.h"
#include "probes/secret_keys.h"
#include "probes/text.h"

namespace preflight::probes {

using v1::SecretsFile;

namespace {

std::optional<Problem> take_keys(const Result<SecretKeys>& keys, SecretsFile& file) {
    if (!keys) return keys.error();
    file.set_well_formed(true);
    for (const auto& key : keys->present) file.add_keys_present(key);
    for (const auto& key : keys->missing) file.add_keys_missing(key);
    return std::nullopt;
}

}  // namespace

std::optional<Problem> inspect_secrets_json(const Secret& content, std::string_view path, SecretsFile& file) {
    return take_keys(parse_secrets_json(content.reveal(), path), file);
}

std::optional<Problem> inspect_secrets_yml(const Secret& content, std::string_view path, SecretsFile& file) {
    return take_keys(parse_secrets_yml(content.reveal(), path), file);
}

std::optional<Problem> inspect_gitlab_rb(const Secret& content, std::string_view path, SecretsFile& file) {
    if (!content.present()) return malformed(std::string(path), "empty");
    const auto parsed = parse_gitlab_rb(content.reveal(), path);
    if (!parsed) return parsed.error();
    file.set_well_formed(true);
    return std::nullopt;
}

std::optional<Problem> inspect_json(const Secret& content, std::string_view path, SecretsFile& file) {
    const auto document = parse_json(content.reveal(), path);
    if (!document) return document.error();
    if (!document->is_object()) return malformed(std::string(path), "JSON, but not an object");
    file.set_well_formed(true);
    return std::nullopt;
}

std::optional<Problem> inspect_pem(const Secret& content, std::string_view path, SecretsFile& file) {
    const auto frames = parse_pem_frames(content.reveal());
    const bool certificate = file.kind() == SecretsFile::TLS_CERTIFICATE;
    file.set_well_formed(frames.whole && (certificate ? frames.has_certificate() : frames.has_private_key()));
    // A certificate can be had again; a key cannot.
    if (file.well_formed() || certificate) return std::nullopt;
    return malformed(std::string(path), "holds no whole private key in PEM form");
}

// A .pem may be either: one that holds a private key is to be kept as such.
std::optional<Problem> inspect_any_pem(const Secret& content, std::string_view path, SecretsFile& file) {
    const auto frames = parse_pem_frames(content.reveal());
    file.set_kind(frames.has_private_key() ? SecretsFile::TLS_KEY : SecretsFile::TLS_CERTIFICATE);
    return inspect_pem(content, path, file);
}

// Ciphertext as a line of text: more than that it is there cannot be known without the key.
std::optional<Problem> inspect_encrypted(const Secret& content, std::string_view path, SecretsFile& file) {
    const auto text = trimmed(content.reveal());
    file.set_well_formed(!text.empty() && is_plain_line(text));
    if (file.well_formed()) return std::nullopt;
    return malformed(std::string(path), "is no line of encrypted text");
}

}  // namespace preflight::probes
