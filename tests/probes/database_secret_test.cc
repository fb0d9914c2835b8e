#include "probes/database_secret.h"

#include <gtest/gtest.h>

#include <string>

#include "probes/base64.h"
#include "tests/probes/encrypted_row.h"

namespace preflight::probes {
namespace {

constexpr std::string_view key_text = "CANARY-db-key-base-a664414462e761eed682d0c5";
constexpr std::string_view nonce = "twelve-bytes";

DatabaseSecret tried(std::string_view key, const std::string& row, std::string_view nonce_used = nonce) {
    return try_database_secret(Secret(std::string(key)), to_base64(row), to_base64(nonce_used));
}

TEST(DatabaseSecret, OpensWhatItEncrypted) {
    EXPECT_EQ(tried(key_text, encrypted(key_text, nonce, "a value")), DatabaseSecret::opens);
    EXPECT_EQ(tried(key_text, encrypted(key_text, nonce, "")), DatabaseSecret::opens);
    EXPECT_EQ(tried(key_text, encrypted(key_text, "sixteen bytes  !", "x"), "sixteen bytes  !"),
              DatabaseSecret::opens);
}

TEST(DatabaseSecret, IsReadFromColumnsWithLineEnds) {
    auto column = to_base64(encrypted(key_text, nonce, std::string(60, 'x')));
    column.insert(60, "\n");
    EXPECT_EQ(try_database_secret(Secret(std::string(key_text)), column + "\n", to_base64(nonce) + "\n"),
              DatabaseSecret::opens);
}

TEST(DatabaseSecret, CountsItsFirst32BytesAlone) {
    const auto row = encrypted(key_text, nonce, "a value");
    EXPECT_EQ(tried(std::string(key_text.substr(0, 32)) + "another end", row), DatabaseSecret::opens);
    EXPECT_EQ(tried("x" + std::string(key_text), row), DatabaseSecret::does_not_open);
}

TEST(DatabaseSecret, DoesNotOpenAChangedRow) {
    auto row = encrypted(key_text, nonce, "a value");
    EXPECT_EQ(tried(key_text, row, "other nonce!"), DatabaseSecret::does_not_open);
    row.back() = static_cast<char>(row.back() ^ 1);
    EXPECT_EQ(tried(key_text, row), DatabaseSecret::does_not_open);
}

TEST(DatabaseSecret, KnowsWhatIsNoKeyAndNoRow) {
    const auto row = encrypted(key_text, nonce, "a value");
    EXPECT_EQ(tried("short", row), DatabaseSecret::malformed);
    EXPECT_EQ(tried("", row), DatabaseSecret::malformed);
    EXPECT_EQ(tried(key_text, "fifteen bytes.."), DatabaseSecret::malformed);
    EXPECT_EQ(tried(key_text, row, "short"), DatabaseSecret::malformed);
    EXPECT_EQ(tried(key_text, row, std::string(1000, 'n')), DatabaseSecret::malformed);
    const Secret key{std::string(key_text)};
    EXPECT_EQ(try_database_secret(key, "not base64!", to_base64(nonce)), DatabaseSecret::malformed);
    EXPECT_EQ(try_database_secret(key, to_base64(row), ""), DatabaseSecret::malformed);
    EXPECT_EQ(try_database_secret(key, std::string(2'000'000, 'A'), to_base64(nonce)),
              DatabaseSecret::malformed);
}

}  // namespace
}  // namespace preflight::probes
