#include "readiness/checks/geo_sites_agree.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

constexpr std::string_view lookup =
    "key_commands: '/opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell-authorized-keys-check'";

std::string rows() {
    return "findings { probe: 'postgres' geo_site { id: 1 name: 'Berlin' url: 'https://git.example.test/' "
           "primary: true enabled: true } } "
           "findings { probe: 'postgres' geo_site { id: 2 name: 'Lisbon' url: 'https://git.example.test/' "
           "internal_url: 'https://lisbon.example.test/' enabled: true } } ";
}

std::string trusts(std::string_view mark) {
    return "findings { probe: 'certificates' certificate_file { path: '/etc/gitlab/trusted-certs/" +
           std::string(mark) + ".crt' used_by: 'trusted' certificate { subject: 'CN=ca' fingerprint: '" +
           std::string(mark) + "' } } } ";
}

// A node of the application whose files say this, and that it is of this site.
FleetNode node_of(std::string_view name, std::string_view role, std::string_view site,
                  std::string_view settings, const std::string& more) {
    return node(name, roles("RAILS") + ran({"geo", "certificates"}) +
                          "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
                          std::string(site) + "' } } " + "findings { probe: 'geo' site_settings { " +
                          with_others(settings, {{"external_url", "'https://git.example.test'"},
                                                 {"sshd_known", "true"},
                                                 {"sshd", "true"}}) +
                          " } } " + more);
}

FleetNode berlin() {
    return node_of("berlin1", "PRIMARY", "Berlin", lookup, rows() + trusts("aa") + trusts("bb"));
}

FleetNode lisbon(std::string_view settings = lookup,
                 const std::string& trusted = trusts("bb") + trusts("aa")) {
    return node_of("lisbon1", "SECONDARY", "Lisbon", settings, trusted);
}

std::vector<v1::Verdict> of(FleetNode secondary) {
    return judged(geo_sites_agree, fleet_of({berlin(), std::move(secondary)}));
}

// The primary's node is in order.
template <typename Says>
auto beside_ready(const Says& says_this) {
    return UnorderedElementsAre(says(v1::READY, "agree"), says_this);
}

TEST(GeoSitesAgree, AreReadyWhereAllIsEqual) {
    EXPECT_THAT(of(lisbon()), ElementsAre(AllOf(says(v1::READY, "agree"), on(Names{"berlin1", "lisbon1"}))));
    // Of a unified URL the secondary may have its internal one.
    EXPECT_THAT(of(lisbon(std::string(lookup) + " external_url: 'https://lisbon.example.test'")),
                ElementsAre(says(v1::READY, "agree")));
    expect_no_loss_is_green(geo_sites_agree, fleet_of({berlin(), lisbon()}), [](const v1::Finding& finding) {
        return finding.has_site_settings() || finding.has_certificate_file();
    });
}

TEST(GeoSitesAgree, WarnOfCertificatesThatOneSiteDoesNotTrust) {
    const auto verdicts = of(lisbon(lookup, trusts("bb")));
    ASSERT_THAT(verdicts, Contains(AllOf(says(v1::WARNING, "trust_differs"), on(Names{"lisbon1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "does not trust /etc/gitlab/trusted-certs/aa.crt (CN=ca)");
    EXPECT_THAT(of(lisbon(lookup, "")), Contains(says(v1::WARNING, "trust_differs")));
}

TEST(GeoSitesAgree, WarnOfAnSshServerThatDoesNotAskGitlabForKeys) {
    EXPECT_THAT(of(lisbon("")),
                beside_ready(AllOf(says(v1::WARNING, "no_key_lookup"), on(Names{"lisbon1"}))));
    EXPECT_THAT(of(lisbon("key_commands: '/usr/bin/sss_ssh_authorizedkeys'")),
                beside_ready(says(v1::WARNING, "no_key_lookup")));
    EXPECT_THAT(of(lisbon("gitlab_sshd: true")), ElementsAre(says(v1::READY, "agree")));
    EXPECT_THAT(of(lisbon("sshd: false")), ElementsAre(says(v1::READY, "agree")));
}

TEST(GeoSitesAgree, WarnOfANodeWithAnotherUrlThanItsSite) {
    const auto verdicts = of(lisbon(std::string(lookup) + " external_url: 'https://old.example.test'"));
    EXPECT_THAT(verdicts, beside_ready(AllOf(says(v1::WARNING, "url_differs"), on(Names{"lisbon1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "https://old.example.test, its site Lisbon has https://git.example.test/");
}

TEST(GeoSitesAgree, AreUnknownWhereNotAllWasSeen) {
    const auto unseen = beside_ready(says(v1::UNKNOWN, "unseen"));
    EXPECT_THAT(of(lisbon("sshd_known: false")), unseen);
    EXPECT_THAT(of(lisbon(std::string(lookup) + " external_url: ''")), unseen);
    EXPECT_THAT(of(node_of("lisbon1", "SECONDARY", "Paris", lookup, trusts("aa") + trusts("bb"))), unseen);
    EXPECT_THAT(judged(geo_sites_agree, fleet_of({berlin()})), unseen) << "no node of the other site";
    EXPECT_THAT(of(silent_node("lisbon1")), unseen);
    const auto torn = gap("certificates", "cause: DROPPED");
    EXPECT_THAT(of(lisbon(lookup, trusts("aa") + trusts("bb") + torn)),
                Contains(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(geo_sites_agree, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(GeoSitesAgree, DoNotApplyWithoutASecondSite) {
    const auto alone =
        node("web1", roles("RAILS") + installed("19.2.4") + ran({"geo", "postgres", "services"}) +
                         "findings { probe: 'postgres' schema_migrations { database: 'main' applied: 9 } } "
                         "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } ");
    EXPECT_THAT(judged(geo_sites_agree, fleet_of({alone})), ElementsAre(says(v1::NOT_APPLICABLE, "no_geo")));
    const auto primary = node("web1", roles("RAILS") +
                                          "findings { probe: 'postgres' geo_site { id: 1 name: "
                                          "'Berlin' primary: true } } ");
    EXPECT_THAT(judged(geo_sites_agree, fleet_of({primary})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_secondary")));
}

}  // namespace
}  // namespace preflight::readiness
