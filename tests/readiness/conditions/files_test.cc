// Predicates on what single files of a node show.
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

std::string text(int line) {
    return "findings { probe: 'settings' source: '/etc/gitlab/gitlab.rb' configuration_text { path: "
           "'/etc/gitlab/gitlab.rb' line_beyond_ascii: " +
           std::to_string(line) + " } } ";
}

TEST(BeyondAscii, HoldsWhereSomeGitlabRbHasSuchALetter) {
    const auto other = node("b", text(3));
    const auto found =
        decided("beyond_ascii {}", fleet_of({node("a", text(0)), other, node_without_gitlab()}));
    EXPECT_EQ(found.truth, Truth::holds);
    EXPECT_EQ(evidence_of(found), "line 3 has characters outside ASCII\n");
    EXPECT_EQ(truth("beyond_ascii {}", fleet_of({node("a", text(0)), node_without_gitlab()})), Truth::fails);
    EXPECT_EQ(truth("beyond_ascii {}", fleet_of({node("a", text(0)), node("b", ran({"settings"}))})),
              Truth::unknown)
        << "of b nobody read the letters";
}

std::string certificate(std::string_view key) {
    return ran({"certificates"}) +
           "findings { probe: 'certificates' certificate_file { path: '/etc/gitlab/ssl/a.crt' certificate "
           "{ " +
           std::string(key) + " } } } ";
}

constexpr auto large = "certificate_key { rsa_bits_above: 8192 }";

TEST(CertificateKey, HoldsAboveTheNumberOfBits) {
    const auto found = decided(large, fleet_of({node("a", certificate("rsa_bits: 8193"))}));
    EXPECT_EQ(found.truth, Truth::holds);
    EXPECT_EQ(evidence_of(found), "/etc/gitlab/ssl/a.crt has an RSA key of 8193 bits\n");
    EXPECT_EQ(truth(large, fleet_of({node("a", certificate("rsa_bits: 8192"))})), Truth::fails);
    EXPECT_EQ(truth(large, fleet_of({node("a", certificate("rsa_bits: 0"))})), Truth::fails);
    EXPECT_EQ(truth(large, fleet_of({node("a", certificate(""))})), Truth::unknown);
    EXPECT_EQ(truth(large, fleet_of({node("a", timed_out("certificates"))})), Truth::unknown);
}

TEST(ChangedEdition, HoldsByALogAndIsNeverDenied) {
    const auto change =
        node("a", ran({"packages"}) +
                      "findings { probe: 'packages' edition_change { log: '/var/log/dpkg.log' "
                      "day: '2024-05-06' from: 'gitlab-ee' to: 'gitlab-ce' } } ");
    const auto found = decided("changed_edition {}", fleet_of({change}));
    EXPECT_EQ(found.truth, Truth::holds);
    EXPECT_EQ(evidence_of(found), "gitlab-ce was installed after gitlab-ee on 2024-05-06\n");
    EXPECT_EQ(truth("changed_edition {}", fleet_of({node("a", ran({"packages"}))})), Truth::unknown);
    const auto up = node("a", ran({"packages"}) +
                                  "findings { probe: 'packages' edition_change { from: 'gitlab-ce' to: "
                                  "'gitlab-ee' } } ");
    EXPECT_EQ(truth("changed_edition {}", fleet_of({up})), Truth::unknown) << "that is an upgrade";
}

}  // namespace
}  // namespace preflight::readiness
