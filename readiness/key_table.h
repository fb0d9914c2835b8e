// KeyTable: values by key, of many nodes that tell mostly the same keys in the same order.
//
// Views of keys: they outlive the table.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace preflight::readiness {

template <typename T>
class KeyTable {
  public:
    using Entries = std::vector<std::pair<std::string_view, T>>;

    // Of a key that is not there yet a new one. The one behind the last is tried first. Holds until the next
    // call.
    T& operator[](std::string_view key) {
        if (next_ == entries_.size() || entries_[next_].first != key) {
            const auto [known, is_new] = places_.try_emplace(key, entries_.size());
            if (is_new) entries_.emplace_back(key, T{});
            next_ = known->second;
        }
        return entries_[next_++].second;
    }

    // In order of the keys' first coming.
    const Entries& entries() const { return entries_; }
    Entries take() && { return std::move(entries_); }

  private:
    Entries entries_;
    std::unordered_map<std::string_view, std::size_t> places_;  // in `entries_`
    std::size_t next_ = 0;                                      // behind the last that was asked
};

}  // namespace preflight::readiness
