// EncryptedRow: a value as GitLab writes it into a column that db_key_base encrypts (AES-256-GCM).
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace preflight::probes {

// Ciphertext and tag, as the application writes them, before base64.
inline std::string encrypted(std::string_view key, std::string_view nonce, std::string_view plain) {
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free);
    EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_IVLEN, static_cast<int>(nonce.size()), nullptr);
    EVP_EncryptInit_ex(context.get(), nullptr, nullptr, bytes(key.substr(0, 32)), bytes(nonce));
    std::string out(plain.size() + 16, '\0');
    auto* into = reinterpret_cast<unsigned char*>(out.data());
    int written = 0;
    EVP_EncryptUpdate(context.get(), into, &written, bytes(plain), static_cast<int>(plain.size()));
    EVP_EncryptFinal_ex(context.get(), into + written, &written);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, 16, out.data() + plain.size());
    return out;
}

}  // namespace preflight::probes
