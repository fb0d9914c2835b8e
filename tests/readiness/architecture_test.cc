#include "readiness/architecture.h"

#include <algorithm>

#include "readiness/mermaid.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

v1::Architecture of(std::vector<FleetNode> nodes, const std::vector<std::string>& external = {}) {
    auto fleet = fleet_of(std::move(nodes));
    normalise(fleet);
    auto upgrade = to("19.3.0");
    upgrade.external = external;
    return architecture_of(fleet, upgrade);
}

std::string host(std::string_view address) {
    return "findings { probe: 'system' host { addresses: '" + std::string(address) + "' } } ";
}

std::string listens(std::string_view service, int port) {
    return "findings { probe: 'endpoints' listener { service: '" + std::string(service) +
           "' address: '0.0.0.0' port: " + std::to_string(port) + " } } ";
}

std::string uses_postgresql(std::string_view address) {
    return "findings { probe: 'endpoints' postgres_endpoint { purpose: 'main' host: '" +
           std::string(address) + "' port: 5432 } } ";
}

std::string uses_gitaly(std::string_view storage, std::string_view address) {
    return "findings { probe: 'endpoints' gitaly_endpoint { storage: '" + std::string(storage) + "' host: '" +
           std::string(address) + "' port: 8075 } } ";
}

std::string is_of(std::string_view role, std::string_view site) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(site) + "' } } ";
}

// "web1 Rails, Sidekiq", "web1 @tokyo", "db.example.test external", "10.0.0.9 silent"
std::vector<std::string> boxes(const v1::Architecture& architecture) {
    std::vector<std::string> texts;
    for (const auto& node : architecture.nodes()) {
        auto text = node.name();
        for (const auto& role : node.roles()) text += " " + role;
        if (!node.site().empty()) text += " @" + node.site();
        if (node.external()) text += " external";
        if (!node.reports() && !node.external()) text += " silent";
        texts.push_back(text);
    }
    return texts;
}

// "web1 → db1 PostgreSQL db1:5432 (main)"
std::vector<std::string> edges(const v1::Architecture& architecture) {
    const auto name = [&](const std::string& id) {
        const auto node = std::ranges::find(architecture.nodes(), id, &v1::ArchitectureNode::id);
        return node == architecture.nodes().end() ? "?" : node->name();
    };
    std::vector<std::string> texts;
    for (const auto& edge : architecture.edges()) {
        std::string purposes;
        for (const auto& purpose : edge.purposes()) purposes += (purposes.empty() ? "" : ", ") + purpose;
        texts.push_back(name(edge.from()) + " → " + name(edge.to()) + " " + edge.kind() + " " +
                        edge.address() + " (" + purposes + ")");
    }
    return texts;
}

TEST(Architecture, OfASingleNodeIsOneBox) {
    const auto single = of({node("git", roles("RAILS, SIDEKIQ, POSTGRESQL") + whole_endpoints())});
    EXPECT_THAT(boxes(single), ElementsAre("10.20.0.41 silent", "git Rails Sidekiq PostgreSQL"));
    const auto alone = of({node(
        "git", roles("RAILS, POSTGRESQL") + uses_postgresql("127.0.0.1") + listens("postgresql", 5432))});
    EXPECT_THAT(boxes(alone), ElementsAre("git Rails PostgreSQL"));
    EXPECT_THAT(edges(alone), IsEmpty());
    EXPECT_EQ(alone.mermaid(), "flowchart LR\n  n1[\"git<br/>Rails, PostgreSQL\"]\n");
}

TEST(Architecture, JoinsWhoUsesWithWhoAnswers) {
    const auto tiers =
        of({node("web2", roles("RAILS") + uses_postgresql("10.0.0.5") + uses_gitaly("default", "10.0.0.7")),
            node("web1", roles("RAILS") + uses_postgresql("10.0.0.5") + uses_gitaly("default", "10.0.0.7") +
                             uses_gitaly("second", "10.0.0.7")),
            node("db1", roles("POSTGRESQL") + host("10.0.0.5") + listens("postgresql", 5432)),
            node("gitaly1", roles("GITALY") + host("10.0.0.7") + listens("gitaly", 8075))});
    EXPECT_THAT(boxes(tiers), ElementsAre("db1 PostgreSQL", "gitaly1 Gitaly", "web1 Rails", "web2 Rails"));
    EXPECT_THAT(edges(tiers),
                ElementsAre("web1 → db1 PostgreSQL 10.0.0.5:5432 (main)",
                            "web1 → gitaly1 Gitaly 10.0.0.7:8075 (storage default, storage second)",
                            "web2 → db1 PostgreSQL 10.0.0.5:5432 (main)",
                            "web2 → gitaly1 Gitaly 10.0.0.7:8075 (storage default)"));
    EXPECT_THAT(tiers.mermaid(), HasSubstr("n3 -->|\"PostgreSQL\"| n1\n"));
}

TEST(Architecture, KnowsHostsThatDoNotReportByThoseThatUseThem) {
    const auto lost = of({node("web1", roles("RAILS") + uses_postgresql("db.example.test") +
                                           uses_gitaly("default", "10.0.0.7")),
                          silent_node("gitaly1")},
                         {"db.example.test:5432"});
    EXPECT_THAT(boxes(lost),
                ElementsAre("10.0.0.7 silent", "db.example.test external", "gitaly1 silent", "web1 Rails"));
    EXPECT_THAT(edges(lost),
                UnorderedElementsAre("web1 → db.example.test PostgreSQL db.example.test:5432 (main)",
                                     "web1 → 10.0.0.7 Gitaly 10.0.0.7:8075 (storage default)"));
    EXPECT_THAT(lost.mermaid(), HasSubstr("n1{{\"10.0.0.7<br/>does not report\"}}"));
    EXPECT_THAT(lost.mermaid(), HasSubstr("n2([\"db.example.test<br/>external\"])"));
}

TEST(Architecture, CallsAHostExternalOnlyWhereAllOfItIs) {
    const auto half = of({node("web1", roles("RAILS") + uses_postgresql("db.example.test") +
                                           uses_gitaly("default", "db.example.test"))},
                         {"db.example.test:5432"});
    EXPECT_THAT(boxes(half), ElementsAre("db.example.test silent", "web1 Rails"));
}

TEST(Architecture, ShowsServersBeyondGitLab) {
    const auto outside = of({node("web1", roles("RAILS") + R"(
        findings { probe: "external_services" external_service { kind: "ldap" host: "ldap.example.test" port: 636 purpose: "main" } }
        findings { probe: "external_services" external_service { kind: "object_storage" provider: "AWS" region: "eu-central-1" purpose: "lfs" } }
        findings { probe: "external_services" external_service { kind: "smtp" host: "localhost" port: 25 } }
        findings { probe: "external_services" external_service { kind: "elasticsearch" host: "10.0.0.8" port: 9200 } })"),
                             node("search", roles("MONITORING") + host("10.0.0.8"))});
    EXPECT_THAT(boxes(outside), ElementsAre("AWS eu-central-1 external", "ldap.example.test external",
                                            "search monitoring", "web1 Rails"));
    EXPECT_THAT(edges(outside), ElementsAre("web1 → AWS eu-central-1 object storage AWS eu-central-1 (lfs)",
                                            "web1 → ldap.example.test LDAP ldap.example.test:636 (main)",
                                            "web1 → search Elasticsearch 10.0.0.8:9200 ()"));
}

TEST(Architecture, DrawsEachSiteOfGeoByItself) {
    const auto pair =
        of({node("web1", roles("RAILS") + is_of("PRIMARY", "frankfurt")),
            node("web2", roles("RAILS") + is_of("SECONDARY", "")), node("gitaly1", roles("GITALY")),
            node("db1", roles("POSTGRESQL") + is_of("PRIMARY", "frankfurt"))});
    EXPECT_THAT(boxes(pair), ElementsAre("gitaly1 Gitaly", "db1 PostgreSQL @frankfurt",
                                         "web1 Rails @frankfurt", "web2 Rails @secondary"));
    EXPECT_EQ(pair.mermaid(),
              "flowchart LR\n"
              "  n1[\"gitaly1<br/>Gitaly\"]\n"
              "  subgraph s1[\"Geo site frankfurt\"]\n"
              "    n2[\"db1<br/>PostgreSQL\"]\n"
              "    n3[\"web1<br/>Rails\"]\n"
              "  end\n"
              "  subgraph s2[\"Geo site secondary\"]\n"
              "    n4[\"web2<br/>Rails\"]\n"
              "  end\n");
}

TEST(Architecture, IsTheSameWhoeverReportedFirst) {
    auto nodes = whole_fleet().nodes;
    nodes.push_back(node("web2", roles("RAILS") + uses_gitaly("default", "10.20.0.41")));
    const auto forward = of(nodes);
    std::ranges::reverse(nodes);
    EXPECT_EQ(of(nodes).SerializeAsString(), forward.SerializeAsString());
    EXPECT_THAT(of({}).mermaid(), "flowchart LR\n");
}

// Every line of the drawing is one of the few forms that are written here, whatever a name holds.
bool is_well_formed(const std::string& mermaid) {
    const auto plain = [](char letter) {
        const bool beyond_ascii = (static_cast<unsigned char>(letter) & 0x80U) != 0;
        return beyond_ascii || letter == '#' || letter == ';' ||
               mermaid_text(std::string(1, letter)).size() == 1;
    };
    std::string rest;
    bool quoted = false;
    for (std::size_t at = 0; at < mermaid.size(); ++at) {
        if (mermaid[at] == '"') {
            quoted = !quoted;
        } else if (quoted && mermaid.compare(at, 5, "<br/>") == 0) {
            at += 4;
        } else if (quoted && !plain(mermaid[at])) {
            return false;
        } else if (!quoted) {
            rest += mermaid[at];
        }
    }
    return !quoted && rest.find_first_of("%<&`'\"") == std::string::npos;
}

TEST(Architecture, StaysOneDrawingWhateverANameHolds) {
    for (const std::string name :
         {R"x(x"]; click n1 href "javascript:alert(1)")x", "x\"]\n  end\n  n9[\"y", "a%%b %%{init: {}}%%",
          "<img src=x onerror=alert(1)>", "&quot;&lt;script&gt;", "`md` **b** [l](http://e)", "#34;#quot;",
          "end", "subgraph", "x\xff\xfe",
          "x\xe2\x80\xae"
          "gnp",
          "x\r\n```\n# out", "\x1b[2J", "{{\"|\"}}--o"}) {
        auto hostile = node("n", roles("RAILS") + uses_gitaly("s", "10.0.0.7"));
        hostile.inspection.mutable_node()->set_name(name);
        auto sited = node("m", roles("RAILS") + is_of("SECONDARY", "s"));
        sited.inspection.mutable_findings(1)->mutable_geo_role()->set_site_name(name);
        auto endpoint = node("o", uses_gitaly("s", "h"));
        endpoint.inspection.mutable_findings(0)->mutable_gitaly_endpoint()->set_host(name);
        const auto drawn = of({hostile, sited, endpoint}).mermaid();
        EXPECT_TRUE(is_well_formed(drawn)) << drawn;
        EXPECT_EQ(std::ranges::count(drawn, '\n'), 9) << drawn;
    }
    EXPECT_EQ(mermaid_text("a\"b%#;é"), "a#34;b#37;#35;#59;é");
}

TEST(Architecture, GathersLikeNodesWhereThereAreTooManyToDraw) {
    std::vector<FleetNode> nodes{
        node("gitaly1", roles("GITALY") + host("10.0.0.7") + listens("gitaly", 8075))};
    for (int at = 100; at < 170; ++at)
        nodes.push_back(node("web" + std::to_string(at), roles("RAILS") + uses_gitaly("s", "10.0.0.7")));
    const auto large = of(nodes);
    EXPECT_EQ(large.nodes_size(), 71);
    EXPECT_EQ(large.edges_size(), 70);
    EXPECT_EQ(large.mermaid(),
              "flowchart LR\n"
              "  n1[\"gitaly1<br/>Gitaly\"]\n"
              "  n2[\"web100 and 69 like it<br/>Rails\"]\n"
              "  n2 -->|\"Gitaly\"| n1\n");
}

TEST(Architecture, SaysWhatItDoesNotDraw) {
    std::vector<FleetNode> nodes;
    for (int at = 100; at < 240; ++at) {
        const auto name = "web" + std::to_string(at);
        nodes.push_back(node(name, roles("RAILS") + is_of("SECONDARY", "site" + name) +
                                       uses_gitaly("a", "10.0.0.7") + uses_gitaly("b", "10.0.0.8") +
                                       uses_gitaly("c", "10.0.0.9")));
    }
    const auto huge = of(nodes).mermaid();
    EXPECT_THAT(huge, HasSubstr("more[\"41 more that are not drawn\"]"));
    EXPECT_LT(huge.size(), 50'000U);
    EXPECT_THAT(huge, Not(HasSubstr("web239")));
}

}  // namespace
}  // namespace preflight::readiness
