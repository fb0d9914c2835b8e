// TestAuthority: a certificate authority of a test's own, and certificates that it signed.
#pragma once

#include <filesystem>
#include <string>

#include "tests/temporary_folder.h"

namespace preflight::probes {

class TestAuthority {
  public:
    TestAuthority();

    std::string pem() const;
    std::string path() const { return folder_ / "ca.crt"; }

    struct Issued {
        std::string certificate_path;
        std::string key_path;
        std::string certificate;
        std::string key;
    };
    // For names as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". With fewer than no days it has expired.
    Issued issue(const std::string& name, const std::string& names, int days = 20) const;

  private:
    void run(const std::string& arguments) const;

    TemporaryFolder folder_;
};

}  // namespace preflight::probes
