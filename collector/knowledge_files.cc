#include "collector/knowledge_files.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "collector/input_file.h"
#include "collector/signature.h"

namespace preflight::collector {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t total_limit_bytes = 4 * file_limit_bytes;
constexpr std::size_t files_limit = 64;
constexpr std::size_t key_limit_bytes = std::size_t{16} * 1024;
constexpr auto extension = ".txtpb";

// Files that begin with a dot are an editor's, and none of ours.
Result<std::vector<fs::path>> files_of(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const auto& path = entry->path();
        if (path.extension() != extension || path.filename().string().starts_with('.')) continue;
        files.push_back(path);
        if (files.size() > files_limit) {
            return Problem{v1::Gap::TOO_LARGE, folder.string(),
                           "holds more than " + std::to_string(files_limit) + " files"};
        }
    }
    if (error) return problem_from_errno(error.value(), folder.string());
    std::ranges::sort(files);
    return files;
}

Result<void> check_signature(const fs::path& file, const std::string& content, const std::string& key,
                             const fs::path& key_file) {
    const auto beside = file.string() + ".sig";
    const auto signature = read_file(beside, signature_bytes);
    if (!signature && signature.error().cause == v1::Gap::ABSENT)
        return Problem{v1::Gap::REFUSED, file.string(), "it is not signed: there is no " + beside};
    if (!signature && signature.error().cause != v1::Gap::TOO_LARGE) return signature.error();
    auto verified = verify_signature(content, signature ? *signature : "", key);
    if (verified) return {};
    auto problem = verified.error();
    const bool of_content = problem.cause == v1::Gap::REFUSED;
    const bool of_signature = !signature || signature->size() != signature_bytes;
    problem.source = of_content ? file.string() : of_signature ? beside : key_file.string();
    return problem;
}

}  // namespace

Result<std::vector<readiness::KnowledgeFile>> read_knowledge_files(const fs::path& place,
                                                                   const fs::path& public_key) {
    std::error_code error;
    const bool is_folder = fs::is_directory(place, error);
    const auto files = is_folder ? files_of(place) : Result<std::vector<fs::path>>({place});
    if (!files) return files.error();
    const auto key = public_key.empty() ? Result<std::string>("") : read_file(public_key, key_limit_bytes);
    if (!key) return key.error();
    std::vector<readiness::KnowledgeFile> texts;
    std::size_t total_bytes = 0;
    for (const auto& file : *files) {
        auto text = read_file(file, file_limit_bytes);
        if (!text) return text.error();
        total_bytes += text->size();
        if (total_bytes > total_limit_bytes) {
            return Problem{
                v1::Gap::TOO_LARGE, place.string(),
                "its files are larger than " + std::to_string(total_limit_bytes) + " bytes together"};
        }
        if (!public_key.empty()) {
            const auto signed_so = check_signature(file, *text, *key, public_key);
            if (!signed_so) return signed_so.error();
        }
        texts.push_back({file.string(), std::move(*text)});
    }
    return texts;
}

}  // namespace preflight::collector
