#include "collector/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace preflight::collector {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)>;
using Bio = std::unique_ptr<BIO, decltype(&::BIO_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// A key with a pass phrase is none to us: nobody is asked.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Key read_key(const std::string& pem) {
    const Bio memory(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &::BIO_free);
    Key key(::PEM_read_bio_PUBKEY(memory.get(), nullptr, no_pass_phrase, nullptr), &::EVP_PKEY_free);
    ::ERR_clear_error();
    return key;
}

}  // namespace

Result<void> verify_signature(std::string_view content, std::string_view signature, const std::string& key) {
    if (signature.size() != signature_bytes)
        return malformed("", "it is not a signature: an Ed25519 signature has 64 bytes");
    const auto public_key = read_key(key);
    if (!public_key || ::EVP_PKEY_id(public_key.get()) != EVP_PKEY_ED25519)
        return malformed("", "it is not an Ed25519 public key in PEM");
    const Context context(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free);
    const bool begun =
        context && ::EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1;
    const bool right = begun && ::EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                                   bytes_of(content), content.size()) == 1;
    ::ERR_clear_error();
    if (!right) return Problem{v1::Gap::REFUSED, "", "its signature is not of this key over these bytes"};
    return {};
}

}  // namespace preflight::collector
