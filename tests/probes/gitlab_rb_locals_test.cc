// What gitlab.rb does to its sections by other names than theirs, and what it does to things of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "probes/gitlab_rb.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

GitlabRb read(std::string_view text) {
    auto settings = parse_gitlab_rb(text, "/etc/gitlab/gitlab.rb");
    EXPECT_TRUE(settings.has_value()) << text;
    return settings ? *settings : GitlabRb();
}

constexpr std::string_view by_another_name = "changes a section by another name";

// Of the first line that is unclear; empty: there is none.
std::string unclear(std::string_view text) {
    const auto found = read(text).unclear;
    return found ? found->what : std::string();
}

TEST(GitlabRbLocals, MayBeSections) {
    for (const auto* text :
         {"s = gitlab_rails\ns['x'] = 1", "s = nginx if a\ns['x'] = 1", "s ||= nginx\ns['x']['y'] << 1",
          "s = a ? 'b' : nginx\ns.delete 'x'", "s, t = nginx, registry\nt[key] = 1",
          "s, = nginx, 1\ns[key] = 1", "@s = nginx\n@s.merge!(x)", "S = nginx\nS.clear",
          "s = {}.merge(nginx).itself\ns['x'] = 1", "s = gitlab_rails['object_store']\ns['enabled'] = true",
          "s = Gitlab\ns.delete('nginx')", "a = b = nginx\nb['x'] = 1", "s = nginx\ns, t = {}, 1\ns['x'] = 1",
          "s = self.nginx\ns.compact!", "s = pick(nginx)\ns['x'] = 1", "s = nginx\nt = s\n\nt['x'] = 1\n",
          "alias n nginx\nn['a'] = 1", "s = nginx\ns.filter! { |k, v| v }"})
        EXPECT_EQ(unclear(text), by_another_name) << text;
    EXPECT_EQ(read("s = nginx\nt = s\n\nt['x'] = 1\ns['x'] = 1\n").unclear->line, 4U);
}

TEST(GitlabRbLocals, MayBeSectionsByAConditionOrAMethodOfTheFile) {
    for (const auto* text :
         {"s = if ENV['X']\n  nginx\nelse\n  registry\nend\ns.merge!('enable' => false)",
          "s = case ENV['X']\nwhen 'a'\n  nginx\nend\ns['a'] = 1", "s = begin\n  nginx\nend\ns[ENV['K']] = 1",
          "s = if true then nginx else registry end\ns.merge!('enable' => false)",
          "if true then s = nginx end\ns['enable'] = false", "s = nginx and 1\ns['a'] = 1",
          "s = nginx rescue nil\ns['a'] = 1", "s = ENV['A'] ? nginx: {}\ns.merge!(x)",
          "def section(name)\n  name == 'a' ? nginx : registry\nend\ns = section('a')\ns[ENV['K']] = false",
          "section('a')['enable'] = false", "s = ENV.fetch('X') { |k| 1 } ? nginx : registry\ns.merge!(x)",
          "s = %w(a b).map { |x| x }.include?('a') ? nginx : registry\ns['a'] = 1"})
        EXPECT_EQ(unclear(text), by_another_name) << text;
}

TEST(GitlabRbLocals, MayHoldSections) {
    for (const auto* text :
         {"all = { 'nginx' => nginx }\nall['nginx']['enable'] = false",
          "all = { 'nginx' => nginx }\nall.fetch('nginx')['enable'] = false",
          "all = { 'n' => nginx }\ns = all['n']\ns.merge!('enable' => false)",
          "all = [nginx, registry]\ns = all.first\ns.merge!('a' => 1)",
          "s = [nginx, registry].first\ns['x'] = 1", "s = [nginx][0]\ns['x'] = 1",
          "all = [nginx]\nall.each { |s| s['x'] = 1 }", "s = gitlab_rails['x'].dup\ns['a']['b'] = 1",
          "all = [nginx]\nall[0].delete('x')"})
        EXPECT_EQ(unclear(text), by_another_name) << text;
    for (const auto* text :
         {"own = {\n 'a' => nginx['b'],\n}\nown['c'] = 1",
          "own = { 'host' => gitlab_rails['redis_host'] }.merge('port' => 1)\nown['x'] = 1",
          "own = [gitlab_rails['x'], 'b'].compact\nown.delete 'x'",
          "own = { 'a' => nginx['x'] } if true\nown['x'] = 1",
          "own = {}.merge('a' => nginx['x'])\nown['b'] = 1", "own = gitlab_rails['x'].dup\nown['a'] = 1"})
        EXPECT_EQ(unclear(text), "") << text;
}

TEST(GitlabRbLocals, AreChangedInPlace) {
    for (const auto* text :
         {"list = gitlab_rails['trusted_proxies']\nlist << ENV['P']", "x = nginx['l']\nx.upcase!",
          "list = gitlab_rails['trusted_proxies']\nlist.push '10.0.0.2'",
          "a = gitlab_rails['x'].to_a\na[0] = 'b'", "[nginx['x']].each { |l| l << '10.0.0.1' }"})
        EXPECT_EQ(unclear(text), by_another_name) << text;
    for (const auto* text :
         {"x = nginx['l']\nx = 'b'", "x = nginx['l']\nx += 'b'", "s = nginx\nputs s['x']\ns['x'] == 1"})
        EXPECT_EQ(unclear(text), "") << text;
}

TEST(GitlabRbLocals, AreParametersOfWhatIsGone) {
    for (const auto* text :
         {"[nginx, registry].each { |s| s['x'] = 1 }", "[nginx].each do |s|\ns['x'] = 1\nend",
          "nginx.each_slice 2 do |s|\ns['x'] = 1\nend", "set = ->(s) {\ns['x'] = 1 }",
          "set = lambda { |s| s['x'] = 1 }", "def set(s)\ns['x'] = 1\nend", "def set s, t\nt['x'] = 1\nend",
          "for s in [nginx]\ns['x'] = 1\nend", "[nginx, registry].each { _1['enable'] = false }",
          "[1].each { |nginx| nginx = {} }\ns = nginx\ns['x'] = 1"})
        EXPECT_EQ(unclear(text), by_another_name) << text;
    EXPECT_EQ(unclear("[1].each { |nginx| puts nginx }\nnginx.merge!(x)"), "changes a section as a whole");
    EXPECT_EQ(unclear("[1].each do |nginx|\nputs nginx\nend\nnginx.merge!(x)"),
              "changes a section as a whole");
    for (const auto* text :
         {"nodes = [{ 'h' => 'a' }]\nnodes.each { |n| n['port'] = 1 }",
          "data = JSON.parse(File.read('/x'))\ndata.each { |k, v| v['enabled'] = true }",
          "env = File.readlines('/e').each_with_object({}) { |l, acc| acc[l] = 1 }",
          "secrets = Hash.new { |h, k| h[k] = File.read(\"/run/secrets/#{k}\").strip }\nsecrets['a'] = 1",
          "%w(a b).each do |user|\n  puts user\nend\nuser['username'] = 'git'",
          "def host() postgresql['listen_address'] end\npostgresql['enable'] = true",
          "for i in 1..2 do\nlist[i]\nend\nredis['host'] = 'a'"})
        EXPECT_EQ(unclear(text), "") << text;
}

TEST(GitlabRbLocals, AreChangedThroughWhatAMethodGives) {
    for (const auto* text :
         {"nginx.dig('a')['b'] = 1", "nginx.fetch('a')['b'] = 1", "(nginx)['enable'] = false",
          "(x ? nginx : registry)['enable'] = false", "nginx.values.first.merge!(x)",
          "[nginx, registry].each(&:clear)", "node.default['gitlab']['nginx']['enable'] = false"})
        EXPECT_EQ(unclear(text), by_another_name) << text;
    for (const auto* text :
         {"nginx.compact!", "nginx.transform_values! { |v| v }", "Gitlab.nginx.clear", "self.nginx.clear"})
        EXPECT_EQ(unclear(text), "changes a section as a whole") << text;
    EXPECT_EQ(unclear("send(:nginx)['x'] = 1"), "takes in what is not evaluated here");
    EXPECT_EQ(unclear("x = method(:nginx)"), "takes in what is not evaluated here");
}

TEST(GitlabRbLocals, AreOfTheFileItselfWhereNoSectionIsInThem) {
    for (const auto* text :
         {"list = gitlab_rails['a'].split(',')\nlist.delete 'x'",
          "list = ENV['A'].to_s.split\nlist.delete 'x'", "own = `cmd`.lines\nown[0] = 1",
          "a, b = {}, []\nb.delete 'x'\na['x'] = 1",
          "path = '/x'\nown = JSON.parse(File.read(path))\nown.delete('a')", "x = node['a']\nx.delete('b')",
          "own = {}\nother = own\nother['x'] = 1", "own = {}\nown.each { |key, value| puts value }",
          "own = Hash.new { |all, key| key }\nown['a'] = 1",
          "gitlab_rails['a'] = %w(b c).map { |x| x }.compact",
          "own = "
          "'a,b'.split(',').uniq.compact\nown.map(&:strip).uniq!\nown.each(&:upcase!)\ngitlab_rails['x'] = "
          "own.join(',')",
          "own = YAML.load_file(File.join(__dir__, 'x.yml'))\nown.delete('a')"})
        EXPECT_EQ(unclear(text), "") << text;
}

TEST(GitlabRbLocals, AreNoSettings) {
    EXPECT_THAT(read("puma['w'] = 2\npuma['w'] *= 2\nnginx['a'] = 1\nnginx['a'] ^= 1").literals, IsEmpty());
    const auto found = read("external_url 'http://a'\nGitlab.external_url 'http://b'\n");
    EXPECT_THAT(found.literals, IsEmpty());
    EXPECT_THAT(found.computed, ElementsAre("external_url"));
}

TEST(GitlabRbLocals, SetsEachKeyOfAListOfThem) {
    const auto found = read(
        "nginx['a'] = 1\nnginx['a'], registry['b']['c'], *x = 2, 3\nf(nginx['d'], 1)\n"
        "g [nginx['e'], y]\nh(nginx['f'], y)\n"
        "(geo['a'], geo['b']), c = [1, 2], 3\n");
    EXPECT_THAT(found.literals, IsEmpty());
    EXPECT_THAT(found.computed, ElementsAre("geo.a", "geo.b", "nginx.a", "registry.b.c"));
}

TEST(GitlabRbLocals, EndOnHostileText) {
    for (const std::string_view one :
         {"x = ", "x = [", "-> ", "def ", "for ", "a['b'], ", "{ |", "x[x[", "nginx.a.delete(",
          "x.delete.delete.", "a[", "do |x| ", "(", "a(b).c[d] = ", "] = ", "} = "}) {
        std::string repeated = "x = 1\n";
        while (repeated.size() < 100'000) repeated += one;
        parse_gitlab_rb(repeated, "rb");
    }
    std::string wide = "a['" + std::string(100'000, 'k') + "'] = {";
    for (int entry = 0; entry < 10'000; ++entry) wide += "b" + std::to_string(entry) + ":1,";
    EXPECT_LT(read(wide + "}\n").assignments.size(), 10U) << "each would name the whole key again";
}

}  // namespace
}  // namespace preflight::probes
