// SharedList: a list that several hold and nobody changes; copies of it are cheap.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace preflight::readiness {

template <typename T>
class SharedList {
  public:
    using value_type = T;
    using const_iterator = typename std::vector<T>::const_iterator;

    SharedList() = default;
    explicit SharedList(std::vector<T> items)
        : items_(std::make_shared<const std::vector<T>>(std::move(items))) {}

    auto begin() const { return items_->begin(); }
    auto end() const { return items_->end(); }
    std::size_t size() const { return items_->size(); }
    bool empty() const { return items_->empty(); }
    const T& operator[](std::size_t at) const { return (*items_)[at]; }

  private:
    std::shared_ptr<const std::vector<T>> items_ = std::make_shared<const std::vector<T>>();
};

}  // namespace preflight::readiness
