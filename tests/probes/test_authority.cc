#include "tests/probes/test_authority.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace preflight::probes {
namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

constexpr const char* new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

}  // namespace

TestAuthority::TestAuthority() {
    run(std::string("req -x509 ") + new_key +
        " -days 30 -subj '/CN=Test authority' -keyout ca.key -out ca.crt");
}

void TestAuthority::run(const std::string& arguments) const {
    const auto command = "cd " + folder_.string() + " && openssl " + arguments + " >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl " + arguments);
}

std::string TestAuthority::pem() const { return content_of(path()); }

TestAuthority::Issued TestAuthority::issue(const std::string& name, const std::string& names,
                                           int days) const {
    run(std::string("req ") + new_key + " -subj '/CN=" + name + "' -addext 'subjectAltName=" + names +
        "' -keyout " + name + ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA ca.crt -CAkey ca.key -CAcreateserial -days " +
        std::to_string(days) + " -copy_extensions copy -out " + name + ".crt");
    const auto certificate = folder_ / (name + ".crt");
    const auto key = folder_ / (name + ".key");
    return {certificate, key, content_of(certificate), content_of(key)};
}

}  // namespace preflight::probes
