#include "readiness/checks/certificates_expiry.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string certificate(std::string_view until, std::string_view from = "2026-01-01T00:00:00Z") {
    return "certificate { subject: 'CN=git.example.test' not_before {at " + std::string(from) +
           "} not_after {at " + std::string(until) + "} } ";
}

std::string file(const std::string& content, std::string_view used_by = "used_by: 'nginx'") {
    return "findings { probe: 'certificates' source: '/etc/gitlab/ssl/git.crt' certificate_file { path: "
           "'/etc/gitlab/ssl/git.crt' " +
           content + std::string(used_by) + " } } ";
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(certificates_expiry, fleet_of({node("web1", ran({"certificates"}) + findings)}));
}

TEST(CertificatesExpiry, IsReadyWhereAllAreValidForLong) {
    EXPECT_THAT(of(file(certificate("2026-09-20T12:00:00Z"))), ElementsAre(says(v1::READY, "valid")));
    expect_no_loss_is_green(
        certificates_expiry,
        fleet_of({node("web1", ran({"certificates"}) + file(certificate("2027-01-01T00:00:00Z")))}),
        [](const v1::Finding&) { return false; });  // of one that is not told nothing can be known
}

TEST(CertificatesExpiry, BlocksOneThatHasEnded) {
    const auto verdicts = of(file(certificate("2026-08-21T12:00:00Z")));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::BLOCKER, "ended")));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "/etc/gitlab/ssl/git.crt: CN=git.example.test, until 2026-08-21T12:00:00Z");
}

TEST(CertificatesExpiry, WarnsOfOneThatEndsSoonOrHasNotBegun) {
    EXPECT_THAT(of(file(certificate("2026-09-20T11:59:59Z"))), ElementsAre(says(v1::WARNING, "ends_soon")));
    EXPECT_THAT(of(file(certificate("2028-01-01T00:00:00Z", "2026-08-22T00:00:00Z"))),
                ElementsAre(says(v1::WARNING, "not_yet")));
}

TEST(CertificatesExpiry, TellsWhatIsTrustedAndWhatOnlyLiesThereFromWhatIsServed) {
    const auto ended = certificate("2025-01-01T00:00:00Z");
    EXPECT_THAT(of(file(ended, "used_by: 'trusted'")), ElementsAre(says(v1::WARNING, "ended_trusted")));
    EXPECT_THAT(of(file(ended, "")), ElementsAre(says(v1::NOTE, "ended_unused")));
    EXPECT_THAT(of(file(ended, "used_by: 'trusted' used_by: 'registry'")),
                ElementsAre(says(v1::BLOCKER, "ended")));
}

TEST(CertificatesExpiry, JudgesWhatServersShowOnceForAllWhoSawIt) {
    const auto shown = "findings { probe: 'postgres' reach { address: '10.20.0.31:5432' " +
                       certificate("2026-08-01T00:00:00Z") + " } } ";
    const auto fleet =
        fleet_of({node("a", ran({"certificates"}) + shown), node("b", ran({"certificates"}) + shown)});
    EXPECT_THAT(judged(certificates_expiry, fleet),
                ElementsAre(AllOf(says(v1::BLOCKER, "ended"), on(Names{"a"}))));
}

TEST(CertificatesExpiry, IsUnknownWhereOneWasNotSeen) {
    EXPECT_THAT(of(gap("certificates", "cause: DENIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(file("certificate { } ")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(file("certificate { not_after { seconds: 9223372036854775807 } } ")),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(certificates_expiry, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(certificates_expiry, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(CertificatesExpiry, DoesNotApplyWithoutCertificates) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::NOT_APPLICABLE, "none")));
}

}  // namespace
}  // namespace preflight::readiness
