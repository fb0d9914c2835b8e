// The files that are laid over the knowledge: read within bounds, and signed where a key is named.
#include "collector/knowledge_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "collector/signature.h"
#include "tests/collector/knowledge_signer.h"
#include "tests/temporary_folder.h"

namespace preflight::collector {
namespace {

using ::testing::HasSubstr;

void write(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

std::string names(const std::filesystem::path& place, const std::filesystem::path& key = {}) {
    const auto files = read_knowledge_files(place, key);
    if (!files) return files.error().source + ": " + files.error().detail;
    std::string text;
    for (const auto& file : *files) text += std::filesystem::path(file.name).filename().string() + " ";
    return text;
}

TEST(KnowledgeFiles, AreThoseOfAFolderInOrderOfName) {
    const TemporaryFolder folder;
    EXPECT_EQ(names(folder), "");
    for (const auto* name : {"b.txtpb", "a.txtpb", "c.txtpb~", ".d.txtpb", "README.md", "a.txtpb.sig"})
        write(folder / name, "# nothing");
    EXPECT_EQ(names(folder), "a.txtpb b.txtpb ");
    EXPECT_EQ(names(folder / "b.txtpb"), "b.txtpb ") << "one file alone";
}

TEST(KnowledgeFiles, MustBeFilesOfASensibleSize) {
    const TemporaryFolder folder;
    EXPECT_THAT(names(folder / "no.txtpb"), HasSubstr("no.txtpb: there is no such file"));
    const auto fifo = folder / "fifo.txtpb";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_THAT(names(folder), HasSubstr("fifo.txtpb: it is not a file"));
    std::filesystem::remove(fifo);
    std::filesystem::create_directory(folder / "folder.txtpb");
    EXPECT_THAT(names(folder), HasSubstr("folder.txtpb: it is not a file"));
    std::filesystem::remove(folder / "folder.txtpb");
    write(folder / "large.txtpb", "#");
    std::filesystem::resize_file(folder / "large.txtpb", std::uintmax_t{1} << 30);
    EXPECT_THAT(names(folder), HasSubstr("large.txtpb: larger than 4194304 bytes"));
}

TEST(KnowledgeFiles, AreNotTooMany) {
    const TemporaryFolder folder;
    for (int number = 0; number < 64; ++number)
        write(folder / (std::to_string(number) + ".txtpb"), "# nothing");
    EXPECT_TRUE(read_knowledge_files(folder, {}));
    write(folder / "one_more.txtpb", "# nothing");
    EXPECT_THAT(names(folder), HasSubstr("holds more than 64 files"));
}

TEST(KnowledgeFiles, AreNotTooLargeTogether) {
    const TemporaryFolder folder;
    for (const auto* name : {"a.txtpb", "b.txtpb", "c.txtpb", "d.txtpb", "e.txtpb"}) {
        write(folder / name, "#");
        std::filesystem::resize_file(folder / name, 4'000'000);
    }
    EXPECT_THAT(names(folder), HasSubstr("larger than 16777216 bytes together"));
}

TEST(KnowledgeFiles, AreTakenWhenTheHolderOfTheKeySignedThem) {
    const TemporaryFolder folder;
    const KnowledgeSigner signer;
    write(folder / "key.pem", signer.public_key());
    write(folder / "a.txtpb", "# ours");
    write(folder / "a.txtpb.sig", signer.signature_of("# ours"));
    EXPECT_EQ(names(folder, folder / "key.pem"), "a.txtpb ");
}

TEST(KnowledgeFiles, AreRefusedWithoutARightSignature) {
    const TemporaryFolder folder;
    const KnowledgeSigner signer;
    const KnowledgeSigner other;
    const auto key = folder / "key.pem";
    write(key, signer.public_key());
    write(folder / "a.txtpb", "# ours");
    EXPECT_THAT(names(folder, key), HasSubstr("a.txtpb: it is not signed"));
    const auto with = [&](std::string_view signature) {
        write(folder / "a.txtpb.sig", signature);
        return names(folder, key);
    };
    EXPECT_THAT(with(other.signature_of("# ours")), HasSubstr("a.txtpb: its signature is not of this key"));
    EXPECT_THAT(with(signer.signature_of("# others")),
                HasSubstr("a.txtpb: its signature is not of this key"));
    EXPECT_THAT(with(std::string(64, '\0')), HasSubstr("a.txtpb: its signature is not of this key"));
    EXPECT_THAT(with(""), HasSubstr("a.txtpb.sig: it is not a signature"));
    EXPECT_THAT(with(std::string(65, 'x')), HasSubstr("a.txtpb.sig: it is not a signature"));
    EXPECT_EQ(with(signer.signature_of("# ours")), "a.txtpb ");
    write(folder / "b.txtpb", "# unsigned");
    EXPECT_THAT(names(folder, key), HasSubstr("b.txtpb: it is not signed")) << "one is enough";
}

TEST(KnowledgeFiles, AreRefusedWhereTheKeyIsNone) {
    const TemporaryFolder folder;
    const KnowledgeSigner signer;
    write(folder / "a.txtpb", "# ours");
    write(folder / "a.txtpb.sig", signer.signature_of("# ours"));
    EXPECT_THAT(names(folder, folder / "key.pem"), HasSubstr("key.pem: there is no such file"));
    for (const auto& text :
         {std::string(), std::string("\0\xff", 2), std::string("-----BEGIN PUBLIC KEY-----\n")}) {
        write(folder / "key.pem", text);
        EXPECT_THAT(names(folder, folder / "key.pem"), HasSubstr("key.pem: it is not an Ed25519 public key"));
    }
    write(folder / "key.pem", signer.private_key());
    EXPECT_THAT(names(folder, folder / "key.pem"), HasSubstr("not an Ed25519 public key"));
}

std::string from_hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t at = 0; at < digits.size(); at += 2)
        bytes += static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
    return bytes;
}

// By openssl genpkey -algorithm ed25519, pkey -pubout and pkeyutl -sign -rawin.
TEST(Signature, IsThatOfTheOpensslCommand) {
    constexpr auto key =
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAQR5xy1L6xJLTeEtgSyRQ4r+EJP/5zGvTpV+AIaS/GHw=\n-----END "
        "PUBLIC KEY-----\n";
    const auto signature = from_hex(
        "52cc742c622d69e94633222db5676892d4adf66559b49efed09f776c5add2fa2"
        "6042460e9c198d5e53634ea9a91153126be1d12197fe878d9d5ab7fe755c7b05");
    EXPECT_TRUE(verify_signature("knowledge\n", signature, key));
    EXPECT_FALSE(verify_signature("knowledge", signature, key));
}

}  // namespace
}  // namespace preflight::collector
