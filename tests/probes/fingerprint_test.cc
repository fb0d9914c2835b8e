#include "probes/fingerprint.h"

#include "probes/json.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Secret& instance_key() {
    static const Secret key("key of the instance");
    return key;
}

std::string of(std::string_view json_text, std::string_view name = "a") {
    return fingerprint(instance_key(), name, canonical(parse_json(json_text, "s").value()));
}

TEST(Fingerprint, IsHmacSha256OverNameAndCanonicalValue) {
    // printf 'a\0=secret' | openssl dgst -sha256 -mac HMAC -macopt key:'key of the instance'
    EXPECT_EQ(of(R"("secret")"), "ea99f4a4d2de025620534a8f17e0c2f0730ef1942ec9ed627b264d755ff8348a");
}

TEST(Fingerprint, DoesNotCareHowTheValueIsWrittenDown) {
    EXPECT_EQ(of(R"("secret\n")"), of(R"("secret")"));
    EXPECT_EQ(of("7"), of(R"("7")"));
    EXPECT_EQ(of("true"), of(R"("true")"));
    EXPECT_EQ(of(R"([ "a" , "b" ])"), of(R"(["a","b"])"));
    EXPECT_EQ(of(R"([{"x": "1", "y": "2"}])"), of(R"([{"y": "2", "x": "1"}])"));
}

TEST(Fingerprint, TellsUnlikeValuesApart) {
    EXPECT_NE(of(R"(["a", "b"])"), of(R"(["b", "a"])"));
    EXPECT_NE(of(R"(["a", "b"])"), of(R"(["ab"])"));
    EXPECT_NE(of(R"(["a"])"), of(R"("a")"));
    EXPECT_NE(of(R"(["1:=a"])"), of(R"("[4:1:=a")"));
    EXPECT_NE(of(R"("a b")"), of(R"("ab")"));
    EXPECT_NE(of("1.5"), of("1.25"));
}

TEST(Fingerprint, TellsNothingOfTheSameValueUnderAnotherName) {
    EXPECT_NE(of(R"("secret")", "a"), of(R"("secret")", "b"));
    EXPECT_NE(fingerprint(Secret("other"), "a", canonical_text("x")),
              fingerprint(instance_key(), "a", canonical_text("x")));
}

TEST(Fingerprint, NamesItsKeyWithoutTellingIt) {
    // printf 'keyed by' | openssl dgst -sha256 -mac HMAC -macopt key:'key of the instance', the first 8 bytes
    EXPECT_EQ(name_of_key(instance_key()), "a1e9d25561cc797b");
    EXPECT_NE(name_of_key(instance_key()), name_of_key(Secret("other")));
}

TEST(Fingerprint, IsOfNothingWhereNothingStands) {
    for (const auto* text : {"null", R"("")", R"("  ")", "[]", "{}"}) {
        EXPECT_FALSE(canonical(parse_json(text, "s").value()).present()) << text;
    }
    EXPECT_TRUE(canonical(parse_json("0", "s").value()).present());
    EXPECT_TRUE(canonical(parse_json("false", "s").value()).present());
}

TEST(Fingerprint, OfAPublicKeyIsTheOneThatSshKeygenShows) {
    const auto key = parse_public_key(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDdTwLL9h1RLp+kPB5CbMduSwXU2x2CsnZaHxEQ708Bm "
        "test@mill.example\n",
        "/k.pub");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->algorithm, "ssh-ed25519");
    EXPECT_EQ(key->fingerprint, "SHA256:HHeUsirAsp8AbY7FZhDCsQ72BQKdZ9K5z5IaKB0Prh4");
}

TEST(Fingerprint, OfWhatIsNoPublicKeyIsAProblem) {
    for (const auto* text : {"", "ssh-ed25519", "ssh-ed25519 CANARY", "ssh-ed25519 AAAA",
                             "ssh-ed25519 CANARYCANARYCANARYCANARYCANA",
                             "-----BEGIN PRIVATE KEY-----\nCANARY\n", "ssh-ed25519 AA=A"}) {
        const auto key = parse_public_key(text, "/k.pub");
        ASSERT_FALSE(key) << text;
        EXPECT_EQ(key.error().cause, v1::Gap::MALFORMED);
        EXPECT_THAT(key.error().detail, Not(HasSubstr("CANARY")));
    }
}

}  // namespace
}  // namespace preflight::probes
