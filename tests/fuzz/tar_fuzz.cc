#include <cstddef>
#include <cstdint>
#include <string>

#include "probes/backup_archive.h"
#include "probes/tar.h"
#include "tests/fuzz/endpoints_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string archive(reinterpret_cast<const char*>(data), size);
    const preflight::probes::TarBytes read = [&](std::uint64_t offset,
                                                 std::size_t length) -> preflight::Result<std::string> {
        return offset > archive.size() ? std::string() : archive.substr(offset, length);
    };
    const auto found =
        preflight::probes::read_backup_tar(read, archive.size(), "/a_gitlab_backup.tar", [] { return true; });
    preflight::probes::must_be_sendable(
        preflight::probes::Parsed<preflight::v1::BackupArchive>{{found.archive}, found.problems});
    return 0;
}
