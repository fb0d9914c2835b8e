// Whether db_key_base opens rows of the database, through the postgres probe and by rows that the test
// encrypted itself.
#include "probes/secret_proof.h"

#include <map>

#include "probes/base64.h"
#include "tests/probes/encrypted_row.h"
#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ResultOf;
using ::testing::SizeIs;

constexpr std::string_view own_key = "CANARY-db-key-base-a664414462e761eed682d0c5";
constexpr std::string_view other_key = "CANARY-another-key-7f1e9b5529f7d6bd3a45c10e";
constexpr std::string_view secrets_path = "/etc/gitlab/gitlab-secrets.json";
constexpr auto nodes_column = "geo_nodes.encrypted_secret_access_key";
constexpr auto settings_column = "application_settings.encrypted_ci_jwt_signing_key";
constexpr auto hooks_column = "web_hooks.encrypted_url";
constexpr auto integrations_column = "integrations.encrypted_properties";

constexpr auto tables = R"sql(
CREATE TABLE geo_nodes (id serial, encrypted_secret_access_key varchar, encrypted_secret_access_key_iv varchar);
CREATE TABLE application_settings (id serial, encrypted_ci_jwt_signing_key text, encrypted_ci_jwt_signing_key_iv text);
CREATE TABLE web_hooks (id serial, encrypted_url varchar, encrypted_url_iv varchar);
CREATE TABLE integrations (id serial, encrypted_properties bytea, encrypted_properties_iv bytea))sql";

class SecretProofTest : public PostgresProbe {
  protected:
    SecretProofTest() {
        server_.run(tables);
        configure(tree_, by_socket(server_));
        keep(fmt::format("\"{}\"", own_key));
    }
    // In JSON.
    void keep(const std::string& db_key_base) {
        tree_.file(secrets_path, R"({"gitlab_rails": {"db_key_base": )" + db_key_base + "}}", 0600);
    }
    // As attr_encrypted writes it, the base64 of text with line ends.
    void add(const std::string& column, std::string_view key) {
        constexpr std::string_view nonce = "twelve-bytes";
        const auto row = to_base64(encrypted(key, nonce, "CANARY-plain"));
        const auto dot = column.find('.');
        const auto name = column.substr(dot + 1);
        const auto value = [&](const std::string& base64) {
            return column == integrations_column ? fmt::format("decode('{}', 'base64')", base64)
                                                 : fmt::format("E'{}\\n'", base64);
        };
        server_.run(fmt::format("INSERT INTO {} ({}, {}_iv) VALUES ({}, {})", column.substr(0, dot), name,
                                name, value(row), value(to_base64(nonce))));
    }
    static std::map<std::string, v1::SecretProof> proofs_of(const std::vector<v1::Finding>& found) {
        std::map<std::string, v1::SecretProof> proofs;
        for (const auto& finding : found) {
            if (finding.has_secret_proof()) proofs[finding.secret_proof().column()] = finding.secret_proof();
        }
        return proofs;
    }
    v1::SecretProof proof_of(const std::string& column) const { return proofs_of(look())[column]; }

    PostgresServer server_{{.settings = {"log_statement = 'all'"}}};
};

// A gap of the proof's own: the other tables of GitLab's are not there in these tests.
auto gap_of_proof(v1::Gap::Cause cause) {
    return AllOf(gap(cause), ResultOf([](const v1::Finding& finding) { return finding.gap().affects(); },
                                      HasSubstr("db_key_base")));
}
auto gap_of_proof() {
    return ResultOf([](const v1::Finding& finding) { return finding.gap().affects(); },
                    HasSubstr("db_key_base"));
}

TEST_F(SecretProofTest, OpensRowsOfEveryKind) {
    for (const auto* column : {nodes_column, settings_column, hooks_column, integrations_column}) {
        add(column, own_key);
        const auto proof = proof_of(column);
        EXPECT_EQ(proof.outcome(), v1::SecretProof::OPENS) << column;
        EXPECT_EQ(proof.rows_tried(), 1U);
        EXPECT_EQ(proof.rows_opened(), 1U);
        EXPECT_EQ(proof.key(), "gitlab_rails.db_key_base");
        EXPECT_EQ(proof.path(), secrets_path);
        EXPECT_EQ(proof.database(), "main");
    }
}

TEST_F(SecretProofTest, ShowsARowThatAnotherKeyWrote) {
    add(nodes_column, own_key);
    add(nodes_column, other_key);
    const auto proof = proof_of(nodes_column);
    EXPECT_EQ(proof.outcome(), v1::SecretProof::DOES_NOT_OPEN);
    EXPECT_EQ(proof.rows_tried(), 2U);
    EXPECT_EQ(proof.rows_opened(), 1U);
}

TEST_F(SecretProofTest, LetsNoValueOut) {
    for (const auto* column : {nodes_column, settings_column, hooks_column, integrations_column}) {
        add(column, own_key);
        add(column, other_key);
    }
    const auto before = server_.log().size();
    const auto found = look();
    EXPECT_THAT(proofs_of(found), SizeIs(4));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    // Nor the rows as they are, nor anything to the server but questions.
    EXPECT_THAT(bytes_of(found), Not(HasSubstr(to_base64("twelve-bytes"))));
    const auto log = server_.log().substr(before);
    EXPECT_THAT(log, HasSubstr("encrypted_url"));
    EXPECT_THAT(log, Not(HasSubstr("CANARY")));
}

// Rails reads the newest settings alone; older ones may be anything.
TEST_F(SecretProofTest, TriesTheNewestRowsAndNoMoreThanFive) {
    add(settings_column, other_key);
    add(settings_column, own_key);
    EXPECT_EQ(proof_of(settings_column).outcome(), v1::SecretProof::OPENS);
    add(hooks_column, other_key);
    for (int row = 0; row < 6; ++row) add(hooks_column, own_key);
    const auto proof = proof_of(hooks_column);
    EXPECT_EQ(proof.rows_tried(), 5U);
    EXPECT_EQ(proof.outcome(), v1::SecretProof::OPENS);
}

TEST_F(SecretProofTest, HasNothingToTryInEmptyTables) {
    server_.run("INSERT INTO web_hooks (encrypted_url) VALUES (NULL), ('')");
    for (const auto& [column, proof] : proofs_of(look())) {
        EXPECT_EQ(proof.outcome(), v1::SecretProof::NOTHING_TO_TRY) << column;
        EXPECT_EQ(proof.rows_tried(), 0U);
    }
}

TEST_F(SecretProofTest, DoesNotCountRowsOfAnotherForm) {
    add(nodes_column, own_key);
    constexpr auto odd =
        "INSERT INTO {} ({}, {}_iv) VALUES ('CANARY: no base64', 'CANARY'), ('QUJD', 'QUJD')";
    server_.run(fmt::format(odd, "geo_nodes", "encrypted_secret_access_key", "encrypted_secret_access_key"));
    server_.run(fmt::format(odd, "web_hooks", "encrypted_url", "encrypted_url"));
    const auto found = look();
    auto proofs = proofs_of(found);
    EXPECT_EQ(proofs[nodes_column].outcome(), v1::SecretProof::OPENS);
    EXPECT_EQ(proofs[nodes_column].rows_tried(), 1U);
    EXPECT_FALSE(proofs.contains(hooks_column));
    EXPECT_THAT(found, Contains(gap_of_proof(v1::Gap::MALFORMED)).Times(1));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(SecretProofTest, TakesAnyKeyWhileOneIsBeingReplaced) {
    keep(fmt::format("[\"{}\", \"{}\"]", other_key, own_key));
    add(hooks_column, own_key);
    add(hooks_column, other_key);
    EXPECT_EQ(proof_of(hooks_column).rows_opened(), 2U);
}

TEST_F(SecretProofTest, ReadsTheFileOfRailsWhereThereIsNoPackage) {
    std::filesystem::remove(tree_.root() / secrets_path.substr(1));
    tree_.file("/var/opt/gitlab/gitlab-rails/etc/secrets.yml",
               fmt::format("production:\n  db_key_base: {}\n", own_key));
    add(hooks_column, own_key);
    const auto proof = proof_of(hooks_column);
    EXPECT_EQ(proof.outcome(), v1::SecretProof::OPENS);
    EXPECT_EQ(proof.path(), "/var/opt/gitlab/gitlab-rails/etc/secrets.yml");
}

TEST_F(SecretProofTest, TellsAKeyThatCannotBeReadFromOneThatIsNoKey) {
    const auto only_gap = [&](v1::Gap::Cause cause) {
        const auto found = look();
        EXPECT_THAT(proofs_of(found), IsEmpty());
        EXPECT_THAT(found, Contains(gap_of_proof(cause)).Times(1));
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    };
    keep("\"CANARY-short\"");
    only_gap(v1::Gap::MALFORMED);
    keep("{\"CANARY\": 1}");
    only_gap(v1::Gap::MALFORMED);
    keep("CANARY nonsense");
    only_gap(v1::Gap::MALFORMED);
    std::filesystem::remove(tree_.root() / secrets_path.substr(1));
    EXPECT_THAT(look(), Not(Contains(gap_of_proof()))) << "told by the probe of secrets";
}

TEST_F(SecretProofTest, TellsATableThatMayNotBeReadFromOneThatIsNotThere) {
    server_.run(role);
    server_.run("GRANT SELECT ON web_hooks TO gitlab; DROP TABLE integrations, application_settings");
    configure(tree_, by_network(server_.port()));
    add(hooks_column, own_key);
    auto found = look();
    EXPECT_THAT(proofs_of(found), SizeIs(1));
    EXPECT_THAT(found, Contains(gap_of_proof(v1::Gap::DENIED)).Times(1));
    server_.run("DROP TABLE geo_nodes, web_hooks");
    found = look();
    EXPECT_THAT(found, Contains(gap_of_proof(v1::Gap::ABSENT)).Times(1));
}

}  // namespace
}  // namespace preflight::probes
