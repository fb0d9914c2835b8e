// Secret: a value read from a node that must not leave it.
//
// Wrapped at the moment of reading. It has no printing, no comparison with text and no conversion; whoever
// needs the bytes (to log in, to compute a fingerprint) calls reveal(), which is easy to find. Move-only,
// wiped when it goes.
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace preflight {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(Secret&& other) noexcept {
        if (this == &other) return *this;
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(); }

    bool present() const { return !value_.empty(); }
    std::string_view reveal() const { return value_; }

  private:
    void wipe() noexcept {
        OPENSSL_cleanse(value_.data(), value_.size());
        value_.clear();
    }

    std::string value_;
};

}  // namespace preflight
