#include "probes/database_secret.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "probes/base64.h"

namespace preflight::probes {
namespace {

constexpr std::size_t tag_bytes = 16;
constexpr std::size_t nonce_bytes_least = 12;  // of GCM; the library that GitLab uses takes longer ones too
constexpr std::size_t nonce_bytes_most = 16;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool tag_fits(std::string_view key, std::string_view nonce, std::string_view ciphertext, std::string tag) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free);
    const auto nonce_length = static_cast<int>(nonce.size());
    if (!context || EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_IVLEN, nonce_length, nullptr) != 1 ||
        EVP_DecryptInit_ex(context.get(), nullptr, nullptr, bytes_of(key), bytes_of(nonce)) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()), tag.data()) !=
            1) {
        throw std::runtime_error("AES-256-GCM is not to be had");
    }
    std::string opened(ciphertext.size() + tag_bytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(opened.data());
    int written = 0;
    int last = 0;
    const bool fits = EVP_DecryptUpdate(context.get(), out, &written, bytes_of(ciphertext),
                                        static_cast<int>(ciphertext.size())) == 1 &&
                      EVP_DecryptFinal_ex(context.get(), out + written, &last) == 1;
    const Secret wiped(std::move(opened));
    return fits;
}

}  // namespace

DatabaseSecret try_database_secret(const Secret& db_key_base, std::string_view encrypted_base64,
                                   std::string_view nonce_base64) {
    constexpr std::size_t column_limit_bytes = 1024 * 1024;
    if (db_key_base.reveal().size() < database_key_bytes || encrypted_base64.size() > column_limit_bytes)
        return DatabaseSecret::malformed;
    const auto encrypted = from_base64(encrypted_base64);
    const auto nonce = from_base64(nonce_base64);
    if (!encrypted || !nonce || encrypted->size() < tag_bytes) return DatabaseSecret::malformed;
    if (nonce->size() < nonce_bytes_least || nonce->size() > nonce_bytes_most)
        return DatabaseSecret::malformed;
    const auto body = encrypted->size() - tag_bytes;
    const auto key = db_key_base.reveal().substr(0, database_key_bytes);
    const bool fits =
        tag_fits(key, *nonce, std::string_view(*encrypted).substr(0, body), encrypted->substr(body));
    return fits ? DatabaseSecret::opens : DatabaseSecret::does_not_open;
}

}  // namespace preflight::probes
