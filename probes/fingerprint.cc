#include "probes/fingerprint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <vector>

#include "probes/base64.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

namespace json = boost::json;

// Each part with its length in front, so that no two values have one form.
void append_sized(std::string& form, std::string_view part) {
    form += std::to_string(part.size());
    form += ':';
    form += part;
}

std::string scalar_text(const json::value& value) {
    if (value.is_string()) return std::string(trimmed(value.get_string()));
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_int64()) return std::to_string(value.get_int64());
    if (value.is_uint64()) return std::to_string(value.get_uint64());
    if (value.is_double()) return fmt::format("{}", value.get_double());
    return {};
}

// The recursion is as deep as the document, which its parser has bounded.
std::string form_of(const json::value& value) {
    if (const auto* list = value.if_array()) {
        std::string form = "[";
        for (const auto& item : *list) append_sized(form, form_of(item));
        return form;
    }
    if (const auto* object = value.if_object()) {
        std::vector<std::string_view> keys;
        for (const auto& member : *object) keys.push_back(member.key());
        std::ranges::sort(keys);
        std::string form = "{";
        for (const auto key : keys) {
            append_sized(form, key);
            append_sized(form, form_of(object->at(key)));
        }
        return form;
    }
    return "=" + scalar_text(value);
}

// HMAC-SHA-256, in hex.
std::string keyed_digest(const Secret& key, std::string_view message) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
             &length) == nullptr) {
        throw std::runtime_error("HMAC-SHA-256 is not to be had");
    }
    return fmt::format("{:02x}", fmt::join(std::span(digest).first(length), ""));
}

}  // namespace

// What opens with a mark alone ("=", "[", "{") is empty.
Secret canonical(const json::value& value) {
    auto form = form_of(value);
    return form.size() == 1 ? Secret() : Secret(std::move(form));
}

Secret canonical_text(std::string_view text) { return canonical(json::value(json::string(text))); }

// No message of a fingerprint is this: each holds a NUL.
std::string name_of_key(const Secret& key) {
    constexpr std::size_t digits = 16;
    return keyed_digest(key, "keyed by").substr(0, digits);
}

std::string fingerprint(const Secret& key, std::string_view name, const Secret& value) {
    const Secret message(std::string(name) + '\0' + std::string(value.reveal()));
    return keyed_digest(key, message.reveal());
}

Result<PublicKey> parse_public_key(std::string_view text, std::string_view source) {
    const auto unclear = malformed(std::string(source), "is no public key of OpenSSH");
    const auto words = words_of(text.substr(0, text.find('\n')));
    if (words.size() < 2) return unclear;
    const auto blob = from_base64(words[1]);
    // The blob begins with the length of the algorithm's name and that name.
    if (!blob || blob->size() < 4 + words[0].size()) return unclear;
    if (std::string_view(*blob).substr(4, words[0].size()) != words[0]) return unclear;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(blob->data(), blob->size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not to be had");
    }
    auto shown = to_base64({reinterpret_cast<const char*>(digest.data()), length});
    shown.erase(shown.find_last_not_of('=') + 1);
    return PublicKey{std::string(words[0]), "SHA256:" + shown};
}

}  // namespace preflight::probes
