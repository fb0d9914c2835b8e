#include "probes/backup_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/backup_manifest.h"
#include "tests/probes/gzip_writer.h"
#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using v1::BackupProof;
using Member = BackupProof::Member;

constexpr std::string_view path = "/b/1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar";
const std::string plain_manifest = ":gitlab_version: 19.2.1-ee\n:skipped: ''\n";
const std::string files = gzip_of(TarWriter().directory("./").file("./CANARY", "CANARY").finish());
const std::string dump = gzip_of(dump_of("CANARY" + lines_of_text(200'000)));

// A whole archive, of which the parts can be chosen.
struct Archive {
    std::string manifest = plain_manifest;
    std::string database = dump;
    std::string uploads = files;
    std::string repository = "repositories/manifests/default/@hashed/aa/bb/aabb.git/1.toml";

    std::string bytes() const {
        TarWriter tar;
        tar.file(manifest_name, manifest).file("db/database.sql.gz", database).file(repository, "CANARY");
        for (const std::string task :
             {"builds", "artifacts", "pages", "lfs", "terraform_state", "packages", "ci_secure_files"}) {
            tar.file(task + ".tar.gz", files);
        }
        return tar.file("uploads.tar.gz", uploads).finish();
    }
};

BackupGround ground() {
    return {
        .running = parse_backup_version("19.2.1-ee"), .running_text = "19.2.1-ee", .storages = {"default"}};
}

FoundBackup listed(const std::string& bytes) {
    return read_backup_tar(tar_bytes(bytes), bytes.size(), path, [] { return true; });
}

BackupProof by_listing(const std::string& bytes, const BackupGround& of = ground()) {
    return proof_by_listing(listed(bytes), of);
}

FoundProof proved(
    const std::string& bytes, const BackupGround& of = ground(),
    const KeepOnProving& keep_on = [](const BackupProof&) { return true; }) {
    const auto found = listed(bytes);
    return proof_by_reading(tar_bytes(bytes), found.archive, proof_by_listing(found, of), of, keep_on);
}

// "uploads.tar.gz TORN" for each part that is not whole.
std::vector<std::string> faults(const BackupProof& proof) {
    std::vector<std::string> all;
    for (const auto& member : proof.members()) {
        if (member.outcome() == Member::OK) continue;
        all.push_back(member.name() + " " + Member::Outcome_Name(member.outcome()));
    }
    return all;
}

TEST(BackupProof, NotesWhatLiesInObjectStorage) {
    auto of = ground();
    of.in_buckets = {"lfs"};
    EXPECT_THAT(by_listing(Archive().bytes(), of).notes(),
                Contains("lfs in object storage: in no archive, not locally provable"));
    EXPECT_THAT(by_listing(Archive().bytes()).notes(), Not(Contains(HasSubstr("object storage"))));
}

TEST(BackupProof, HoldsAWholeArchiveOfTheRunningVersionForTheHighestRung) {
    const auto archive = Archive().bytes();
    EXPECT_EQ(by_listing(archive).rung(), BackupProof::LISTED);
    const auto found = proved(archive);
    EXPECT_EQ(found.proof.rung(), BackupProof::VERSION_FITS);
    EXPECT_FALSE(found.problem);
    EXPECT_EQ(found.proof.members_size(), 9);
    EXPECT_THAT(faults(found.proof), IsEmpty());
    EXPECT_EQ(found.proof.members_read(), 11U);
    EXPECT_GT(found.proof.bytes_read(), dump.size());
    EXPECT_THAT(found.proof.storages_missing(), IsEmpty());
    EXPECT_TRUE(found.proof.storages_shown());
    EXPECT_THAT(found.proof.SerializeAsString(), Not(HasSubstr("CANARY")));
}

TEST(BackupProof, TellsAnotherVersionOrEditionThanTheRunningOne) {
    for (const std::string version : {"19.2.0-ee", "19.2.1"}) {
        const auto archive = Archive{.manifest = ":gitlab_version: " + version + "\n"}.bytes();
        EXPECT_EQ(proved(archive).proof.rung(), BackupProof::READ) << version;
    }
    EXPECT_EQ(proved(Archive().bytes(), {}).proof.rung(), BackupProof::READ);
}

TEST(BackupProof, MissesWhatTheManifestDoesNotSkip) {
    const auto archive = TarWriter()
                             .file(manifest_name, ":gitlab_version: 19.2.1-ee\n:skipped: uploads,pages,tar\n")
                             .file("db/database.sql.gz", "")
                             .file("lfs.tar.gz", files)
                             .finish();
    const auto proof = by_listing(archive);
    EXPECT_EQ(proof.rung(), BackupProof::EXISTS);
    EXPECT_THAT(proof.tasks_missing(),
                ElementsAre("db", "builds", "artifacts", "terraform_state", "packages", "ci_secure_files"));
    EXPECT_EQ(proved(archive).proof.rung(), BackupProof::EXISTS);
    EXPECT_THAT(faults(proved(archive).proof), ElementsAre("db/database.sql.gz EMPTY"));
}

TEST(BackupProof, TakesADumpAloneForListedAndReadWhenAllElseWasSkipped) {
    const auto archive =
        TarWriter()
            .file(manifest_name,
                  ":gitlab_version: 19.2.1-ee\n:skipped: external_diffs,repositories,uploads,builds,"
                  "artifacts,lfs,terraform_state,ci_secure_files,registry,pages,packages\n")
            .file("db/database.sql.gz", dump)
            .finish();
    const auto proof = proved(archive).proof;
    EXPECT_EQ(proof.rung(), BackupProof::VERSION_FITS);
    EXPECT_THAT(proof.storages_missing(), ElementsAre("default"));
}

TEST(BackupProof, AsksTheChartForTheDatabaseAlone) {
    const auto archive = TarWriter()
                             .file("./backup_information.yml",
                                   ":gitlab_version: 19.2.1-ee\n:installation_type: gitlab-helm-chart\n")
                             .file("./db/database.sql.gz", dump)
                             .finish();
    EXPECT_EQ(proved(archive).proof.rung(), BackupProof::VERSION_FITS);
}

TEST(BackupProof, IsNotListedWhereverTheArchiveEnds) {
    const auto whole = Archive().bytes();
    for (std::size_t length = 0; length < whole.size() - 512; length += 509) {
        const auto found = listed(whole.substr(0, length));
        EXPECT_EQ(proof_by_listing(found, ground()).rung(), BackupProof::EXISTS) << length;
    }
    EXPECT_EQ(by_listing(TarWriter().file("db/database.sql.gz", dump).finish()).rung(), BackupProof::EXISTS);
    EXPECT_EQ(proof_by_listing({}, ground()).rung(), BackupProof::NONE);
}

TEST(BackupProof, DoesNotCallReadWhatIsTornWithin) {
    const auto half_dump = gzip_of(dump_of(lines_of_text(5'000)).substr(0, 4'000));
    for (const auto& [database, fault] :
         std::vector<std::pair<std::string, std::string>>{{dump.substr(0, dump.size() / 2), "TORN"},
                                                          {dump.substr(0, dump.size() - 4), "TORN"},
                                                          {dump + "CANARY", "TRAILING_GARBAGE"},
                                                          {half_dump, "NO_CLOSING_LINE"},
                                                          {std::string("\x28\xB5\x2F\xFD", 4), "NOT_GZIP"}}) {
        const auto proof = proved(Archive{.database = database}.bytes()).proof;
        EXPECT_EQ(proof.rung(), BackupProof::LISTED) << fault;
        EXPECT_THAT(faults(proof), ElementsAre("db/database.sql.gz " + fault));
        EXPECT_EQ(proof.members_read(), 11U);
        EXPECT_THAT(proof.SerializeAsString(), Not(HasSubstr("CANARY")));
    }
    auto wrong = files;
    wrong[wrong.size() - 5] ^= 1;
    EXPECT_THAT(faults(proved(Archive{.uploads = wrong}.bytes()).proof),
                ElementsAre("uploads.tar.gz WRONG_CHECKSUM"));
    const auto torn = gzip_of(TarWriter().file("./a", lines_of_text(3'000)).without_end());
    EXPECT_THAT(faults(proved(Archive{.uploads = torn}.bytes()).proof), ElementsAre("uploads.tar.gz TORN"));
}

TEST(BackupProof, StopsAtItsDeadlineWithWhatItHas) {
    const auto archive = Archive().bytes();
    const auto none = proved(archive, ground(), [](const BackupProof&) { return false; }).proof;
    EXPECT_EQ(none.rung(), BackupProof::LISTED);
    EXPECT_THAT(none.notes(), ElementsAre("stopped after 0 of " + std::to_string(archive.size()) + " bytes"));
    EXPECT_THAT(none.members(), IsEmpty());
    int turns = 0;
    const auto some = proved(archive, ground(), [&turns](const BackupProof&) { return ++turns < 5; }).proof;
    EXPECT_EQ(some.rung(), BackupProof::LISTED);
    EXPECT_GT(some.bytes_read(), 0U);
    EXPECT_THAT(some.notes(), ElementsAre(HasSubstr("stopped after ")));
    // What was begun is not called torn.
    EXPECT_THAT(faults(some), testing::Each(HasSubstr("OUTCOME_UNSPECIFIED")));
}

TEST(BackupProof, SaysHowFarItIsOnTheWay) {
    const auto archive = Archive().bytes();
    std::vector<std::uint64_t> bytes;
    const auto proof = proved(archive, ground(), [&](const BackupProof& so_far) {
        EXPECT_EQ(so_far.rung(), BackupProof::LISTED);
        bytes.push_back(so_far.bytes_read());
        return true;
    });
    EXPECT_TRUE(std::ranges::is_sorted(bytes));
    EXPECT_EQ(bytes.front(), 0U);
    EXPECT_EQ(proof.proof.rung(), BackupProof::VERSION_FITS);
}

TEST(BackupProof, HandsOnThatTheDiskRefuses) {
    const auto bytes = Archive().bytes();
    const auto found = listed(bytes);
    const auto refusing = [&](std::uint64_t offset, std::size_t length) -> Result<std::string> {
        if (offset <= 5'000 && 5'000 < offset + length)
            return Problem{v1::Gap::FAILED, std::string(path), "input/output error"};
        return bytes.substr(offset, length);
    };
    const auto proof = proof_by_reading(refusing, found.archive, proof_by_listing(found, ground()), ground(),
                                        [](const BackupProof&) { return true; });
    ASSERT_TRUE(proof.problem);
    EXPECT_EQ(proof.problem->cause, v1::Gap::FAILED);
    EXPECT_EQ(proof.proof.rung(), BackupProof::LISTED);
}

// The size field of a sparse file of petabytes, of one past the archive's end, of one that is none.
TEST(BackupProof, IsNotLedAstrayByHostileSizes) {
    for (const auto& size :
         {TarWriter::base256(1ULL << 52U), TarWriter::octal(9'000'000'000), std::string(12, '\xFF')}) {
        for (const char type : {'0', 'S'}) {
            const auto archive = TarWriter()
                                     .file(manifest_name, plain_manifest)
                                     .header_only("uploads.tar.gz", size, type)
                                     .finish();
            const auto found = proved(archive);
            EXPECT_EQ(found.proof.rung(), BackupProof::EXISTS);
            EXPECT_LE(found.proof.bytes_read(), archive.size());
        }
    }
}

TEST(BackupProof, NamesTheStoragesThatTheArchiveDoesNotHold) {
    auto two = ground();
    two.storages = {"default", "second"};
    EXPECT_THAT(by_listing(Archive().bytes(), two).storages_missing(), ElementsAre("second"));
    EXPECT_FALSE(by_listing(Archive().bytes(), {}).storages_shown()) << "none is known";
    const auto older =
        by_listing(Archive{.repository = "repositories/@hashed/aa/bb/aabb.bundle"}.bytes(), two);
    EXPECT_FALSE(older.storages_shown());
    EXPECT_THAT(older.storages_missing(), IsEmpty());
    const auto asked =
        Archive{.manifest = ":gitlab_version: 19.2.1-ee\n:repositories_storages: second,third\n",
                .repository = "repositories/@hashed/aa/bb/aabb.bundle"};
    EXPECT_THAT(by_listing(asked.bytes(), two).storages_missing(), ElementsAre("default"));
    EXPECT_THAT(by_listing(asked.bytes(), two).notes(), Contains(HasSubstr("only some storages")));
}

TEST(BackupProof, NamesWhatIsNotLocallyProvable) {
    auto uploading = ground();
    uploading.upload_provider = "AWS";
    const auto notes = by_listing(Archive().bytes(), uploading).notes();
    EXPECT_THAT(notes, ElementsAre("its copy in object storage (AWS) is not locally provable"));
    const auto server_side =
        Archive{.manifest = ":gitlab_version: 19.2.1-ee\n:repositories_server_side: true\n"};
    EXPECT_THAT(by_listing(server_side.bytes()).notes(), Contains(HasSubstr("not locally provable")));
    EXPECT_FALSE(by_listing(server_side.bytes()).storages_shown());
}

}  // namespace
}  // namespace preflight::probes
