#include "probes/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "model/digest.h"

namespace preflight::probes {
namespace {

using OwnedBio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using OwnedX509 = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr int names_limit = 50;
constexpr int certificates_limit = 200;

std::string text_of(const X509_NAME* name) {
    const OwnedBio out(BIO_new(BIO_s_mem()), BIO_free);
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return {};
    char* bytes = nullptr;
    const auto length = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(length)};
}

google::protobuf::Timestamp time_of(const ASN1_TIME* time) {
    google::protobuf::Timestamp stamp;
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) == 1) stamp.set_seconds(::timegm(&parts));
    return stamp;
}

std::string address_text(const ASN1_OCTET_STRING& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = ASN1_STRING_length(&bytes) == 4 ? AF_INET : AF_INET6;
    if (family == AF_INET6 && ASN1_STRING_length(&bytes) != 16) return {};
    ::inet_ntop(family, ASN1_STRING_get0_data(&bytes), text.data(), text.size());
    return text.data();
}

void take_names(const X509& certificate, v1::Certificate& into) {
    auto* names =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> owned(names, GENERAL_NAMES_free);
    for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names) && i < names_limit; ++i) {
        const auto* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) {
            into.add_names(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))));
        } else if (name->type == GEN_IPADD) {
            if (auto text = address_text(*name->d.iPAddress); !text.empty()) into.add_names(std::move(text));
        }
    }
}

std::string fingerprint_of(const X509& certificate) {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(&certificate, &bytes);
    if (size <= 0) return {};
    auto digest = sha256_hex({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
    OPENSSL_free(bytes);
    return digest;
}

// Nothing where the key cannot be read; 0 where it is of another kind.
void take_key(const X509& certificate, v1::Certificate& into) {
    const auto* key = X509_get0_pubkey(&certificate);
    if (key == nullptr) return;
    const bool rsa = EVP_PKEY_base_id(key) == EVP_PKEY_RSA;
    into.set_rsa_bits(rsa ? static_cast<std::uint32_t>(EVP_PKEY_bits(key)) : 0);
}

}  // namespace

v1::Certificate describe(const X509& certificate) {
    v1::Certificate said;
    said.set_fingerprint(fingerprint_of(certificate));
    said.set_subject(text_of(X509_get_subject_name(&certificate)));
    said.set_issuer(text_of(X509_get_issuer_name(&certificate)));
    take_names(certificate, said);
    take_key(certificate, said);
    *said.mutable_not_before() = time_of(X509_get0_notBefore(&certificate));
    *said.mutable_not_after() = time_of(X509_get0_notAfter(&certificate));
    return said;
}

Result<std::vector<v1::Certificate>> parse_certificates(std::string_view pem, std::string_view path) {
    const OwnedBio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::vector<v1::Certificate> found;
    while (in && found.size() < certificates_limit) {
        const OwnedX509 certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
        if (!certificate) break;
        found.push_back(describe(*certificate));
        found.back().set_path(std::string(path));
    }
    // At the end of the text no further beginning is found; anything else is a certificate that cannot be
    // read.
    const auto reason = ERR_GET_REASON(ERR_peek_last_error());
    ERR_clear_error();
    if (found.empty() || (found.size() < certificates_limit && reason != PEM_R_NO_START_LINE)) {
        return malformed(std::string(path), found.empty() ? "holds no certificate that can be read"
                                                          : "a certificate in it cannot be read");
    }
    return found;
}

}  // namespace preflight::probes
