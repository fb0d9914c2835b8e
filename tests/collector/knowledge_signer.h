// Knowledge signer: a key of a test's own, and what it signs.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace preflight::collector {

class KnowledgeSigner {
  public:
    KnowledgeSigner() : key_(::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &::EVP_PKEY_free) {
        if (!key_) throw std::runtime_error("no Ed25519 key");
    }

    std::string public_key() const {
        const Bio memory(::BIO_new(::BIO_s_mem()), &::BIO_free);
        ::PEM_write_bio_PUBKEY(memory.get(), key_.get());
        return content(memory.get());
    }

    std::string private_key() const {
        const Bio memory(::BIO_new(::BIO_s_mem()), &::BIO_free);
        ::PEM_write_bio_PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        return content(memory.get());
    }

    std::string signature_of(std::string_view text) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context(::EVP_MD_CTX_new(),
                                                                                &::EVP_MD_CTX_free);
        std::string signature(64, '\0');
        std::size_t size = signature.size();
        if (::EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
            ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
            throw std::runtime_error("no signature");
        }
        return signature;
    }

  private:
    using Bio = std::unique_ptr<BIO, decltype(&::BIO_free)>;

    static std::string content(BIO* memory) {
        char* data = nullptr;
        const auto size = ::BIO_get_mem_data(memory, &data);
        return {data, static_cast<std::size_t>(size)};
    }

    std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key_;
};

}  // namespace preflight::collector
