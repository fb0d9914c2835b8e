#include "probes/backup_contents.h"

#include <gtest/gtest.h>

#include "tests/probes/gzip_writer.h"
#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

using Member = v1::BackupProof::Member;

Member read(std::string_view name, std::string_view bytes) {
    auto part = known_backup_part(name).value();
    read_backup_part(pieces_of(bytes), part);
    return part;
}

Member::Outcome of_dump(std::string_view bytes) { return read("db/database.sql.gz", bytes).outcome(); }
Member::Outcome of_files(std::string_view bytes) { return read("uploads.tar.gz", bytes).outcome(); }

TEST(BackupContents, KnowsThePartsThatGitlabMakes) {
    EXPECT_EQ(known_backup_part("./db/ci_database.sql.gz")->name(), "db/ci_database.sql.gz");
    EXPECT_EQ(known_backup_part("db/database.sql.gz")->kind(), Member::DUMP);
    EXPECT_EQ(known_backup_part("./lfs.tar.gz")->kind(), Member::FILES);
    for (const std::string_view name :
         {"db/CANARY.sql.gz", "db/.sql.gz", "db/x/y.sql.gz", "x/lfs.tar.gz", "CANARY.tar.gz",
          "repositories/a.tar.gz", "repositories", "notes.gz", "db.sql.gz", ""}) {
        EXPECT_FALSE(known_backup_part(name)) << name;
    }
}

TEST(BackupContents, ReadsADumpToItsClosingLine) {
    const auto dump = dump_of(lines_of_text(100'000));
    const auto part = read("db/database.sql.gz", gzip_of(dump));
    EXPECT_EQ(part.outcome(), Member::OK);
    EXPECT_EQ(part.inflated_bytes(), dump.size());
    EXPECT_EQ(of_dump(gzip_of(dump + "\\unrestrict k5rY0FbGz3tHnWm\n\n")), Member::OK);
    EXPECT_EQ(of_dump(gzip_of(dump.substr(0, 50'000)) + gzip_of(dump.substr(50'000))), Member::OK);
}

TEST(BackupContents, MissesTheClosingLineOfADump) {
    const auto dump = dump_of(lines_of_text(100'000));
    EXPECT_EQ(of_dump(gzip_of(dump.substr(0, 90'000))), Member::NO_CLOSING_LINE);
    EXPECT_EQ(of_dump(gzip_of("")), Member::NO_CLOSING_LINE);
    // The line as a row of somebody's text, long before the end.
    EXPECT_EQ(of_dump(gzip_of(dump + lines_of_text(2'000))), Member::NO_CLOSING_LINE);
}

TEST(BackupContents, SaysWhatIsWrongWithACompressedPart) {
    const auto whole = gzip_of(dump_of(lines_of_text(100'000)));
    EXPECT_EQ(of_dump(whole.substr(0, whole.size() - 1)), Member::TORN);
    EXPECT_EQ(of_dump(whole + "x"), Member::TRAILING_GARBAGE);
    EXPECT_EQ(of_dump(""), Member::EMPTY);
    EXPECT_EQ(of_dump(std::string("\x28\xB5\x2F\xFD\x04\0", 6)), Member::NOT_GZIP);
    auto wrong = whole;
    wrong[wrong.size() - 6] ^= 1;
    EXPECT_EQ(of_dump(wrong), Member::WRONG_CHECKSUM);
    EXPECT_EQ(of_dump(gzip_header() + "\x07" + std::string(64, ' ')), Member::CORRUPT);
}

TEST(BackupContents, WalksTheArchiveWithin) {
    const auto archive = TarWriter().directory("./").file("./CANARY", lines_of_text(9'000)).finish();
    const auto part = read("uploads.tar.gz", gzip_of(archive));
    EXPECT_EQ(part.outcome(), Member::OK);
    EXPECT_EQ(part.files(), 2U);
    EXPECT_EQ(part.DebugString().find("CANARY"), std::string::npos);
    EXPECT_EQ(of_files(gzip_of(archive.substr(0, archive.size() - 1'024))), Member::TORN);
    EXPECT_EQ(of_files(gzip_of(archive.substr(0, 1'700))), Member::TORN);
    EXPECT_EQ(of_files(gzip_of("no archive at all" + std::string(600, ' '))), Member::CORRUPT);
    EXPECT_EQ(of_files(gzip_of("")), Member::TORN);
    const auto long_name = TarWriter().gnu_file(std::string(100'000, 'n'), "").finish();
    EXPECT_EQ(of_files(gzip_of(long_name)), Member::OUTCOME_UNSPECIFIED);
    auto wrong = gzip_of(archive);
    wrong[wrong.size() - 6] ^= 1;
    EXPECT_EQ(of_files(wrong), Member::WRONG_CHECKSUM);
}

}  // namespace
}  // namespace preflight::probes
