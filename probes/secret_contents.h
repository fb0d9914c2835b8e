// SecretContents: what the content of a file of secrets shows of the file: whether it is whole, which keys it
// has. Never a value.
#pragma once

#include <optional>
#include <string_view>

#include "model/result.h"
#include "model/secret.h"
#include "preflight/v1/finding.pb.h"

namespace preflight::probes {

// Fills in what the content shows; a problem when that leaves something unknown.
using InspectSecret = std::optional<Problem> (*)(const Secret& content, std::string_view path,
                                                 v1::SecretsFile& file);

std::optional<Problem> inspect_secrets_json(const Secret& content, std::string_view path,
                                            v1::SecretsFile& file);
std::optional<Problem> inspect_secrets_yml(const Secret& content, std::string_view path,
                                           v1::SecretsFile& file);
std::optional<Problem> inspect_gitlab_rb(const Secret& content, std::string_view path, v1::SecretsFile& file);
// Any object in JSON.
std::optional<Problem> inspect_json(const Secret& content, std::string_view path, v1::SecretsFile& file);
// A key or a certificate, as the file's kind says.
std::optional<Problem> inspect_pem(const Secret& content, std::string_view path, v1::SecretsFile& file);
// A .pem may be either: sets the kind.
std::optional<Problem> inspect_any_pem(const Secret& content, std::string_view path, v1::SecretsFile& file);
std::optional<Problem> inspect_encrypted(const Secret& content, std::string_view path, v1::SecretsFile& file);

}  // namespace preflight::probes
