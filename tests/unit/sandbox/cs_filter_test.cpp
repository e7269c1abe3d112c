#include <map>

#include "sandbox/cs/filter_match.hpp"
#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox::cs {
namespace {

std::string read(std::string_view text) {
    const auto filter = parse_filter(text, test_start());
    return filter ? text_of(*filter) : "error: " + filter.error().message;
}

TEST(Filter, reads_the_subset_of_the_reference) {  // crowdstrike-intel-api.md 5.1, 14.3
    struct Case {
        const char *text, *means;
    };
    for (const auto& [text, means] : {
             Case{"", ""},
             Case{"type:'url'", "type:'url'"},
             Case{"type:\"url\"", "type:'url'"},
             Case{"type:['url']", "type:'url'"},
             Case{"type:!['hash_md5','hash_sha1']", "type:!['hash_md5','hash_sha1']"},
             Case{"type:'url'+malicious_confidence:'high'", "type:'url'+malicious_confidence:'high'"},
             Case{"type:'url' + deleted:false", "type:'url'+deleted:'false'"},
             Case{"type:'a',type:'b'+id:'c'", "type:'a',(type:'b'+id:'c')"},
             Case{"(type:'a',type:'b')+id:'c'", "(type:'a',type:'b')+id:'c'"},
             Case{"last_updated:>=1745519529", "last_updated:>=1745519529"},
             Case{"last_updated:>'2026-11-21T09:30:00Z'", "last_updated:>1795253400"},
             Case{"published_date:>'now-7d'", "published_date:>1794648600"},
             Case{"published_date:<'now'", "published_date:<1795253400"},
             Case{"_marker:<'1771705159'", "_marker:<'1771705159'"},
             Case{"_marker:<='1771705159'", "_marker:<='1771705159'"},
             Case{"indicator:~'evil'", "indicator:~'evil'"},
             Case{"indicator:!~'evil'", "indicator:!~'evil'"},
             Case{"indicator:*'*evil*'", "indicator:*'*evil*'"},
             Case{"labels.name:'KillChain/C2'", "labels.name:'KillChain/C2'"},
             Case{"indicator:'it\\'s'", "indicator:'it\\'s'"},
             Case{"colour:'red'", "unknown:'red'"},
             Case{"type:'url", "error: invalid filter: expected a closing quote at position 9"},
             Case{"type:url", "error: invalid filter: expected a value at position 5"},
             Case{"type'url'", "error: invalid filter: expected a colon at position 4"},
             Case{"type:'url' type:'ip'", "error: invalid filter: expected an operator at position 11"},
             Case{"(type:'url'", "error: invalid filter: expected a closing parenthesis at position 11"},
             Case{"type:['a','b'", "error: invalid filter: expected a closing bracket at position 13"},
             Case{"type:'a'+", "error: invalid filter: expected a property at position 9"},
         }) {
        EXPECT_EQ(read(text), means) << text;
    }
}

TEST(Filter, takes_at_most_20_properties_and_parentheses) {
    std::string twenty = "type:'a'";
    for (int i = 1; i < 20; ++i) twenty += "+type:'a'";
    EXPECT_TRUE(parse_filter(twenty, test_start()));
    EXPECT_FALSE(parse_filter(twenty + "+type:'a'", test_start()));
    EXPECT_FALSE(parse_filter(std::string(100'000, '('), test_start()));
}

class Record final : public Subject {
public:
    void add_texts(Property property, std::vector<std::string_view>& found) override {
        const auto [begin, end] = texts.equal_range(property);
        for (auto at = begin; at != end; ++at) found.push_back(at->second);
    }
    void add_numbers(Property property, std::vector<std::int64_t>& found) override {
        if (property == Property::last_updated) found.push_back(1'771'705'159);
    }
    std::multimap<Property, std::string_view> texts{
        {Property::type, "url"},
        {Property::deleted, "false"},
        {Property::marker, "17717051597b5ae3407a1c52bff57657b7c416c5c6"},
        {Property::threat_types, "Criminal"},
        {Property::threat_types, "Phishing"},
    };
};

TEST(Filter, lets_through_what_it_says) {
    struct Case {
        const char* filter;
        bool fits;
    };
    Record record;
    for (const auto& [text, fits] : {
             Case{"", true},
             Case{"type:'url'", true},
             Case{"type:'URL'", false},
             Case{"type:!'url'", false},
             Case{"type:!'domain'", true},
             Case{"type:['domain','url']", true},
             Case{"type:!['domain','url']", false},
             Case{"type:'domain',type:'url'", true},
             Case{"type:'url'+deleted:true", false},
             Case{"type:'url'+deleted:false", true},
             Case{"threat_types:'Phishing'", true},
             Case{"threat_types:!'Phishing'", false},
             Case{"threat_types:'Ransomware'", false},
             Case{"threat_types:~'PHISH'", true},
             Case{"threat_types:!~'PHISH'", false},
             Case{"type:*'u*'", true},
             Case{"type:*'d*'", false},
             Case{"last_updated:>1771705158", true},
             Case{"last_updated:>1771705159", false},
             Case{"last_updated:>='2026-02-21T20:19:19Z'", true},
             Case{"last_updated:<'2026-02-21'", false},
             Case{"last_updated:>'some day'", false},
             Case{"_marker:>'17717051597b5ae3407a1c52bff57657b7c416c5c5'", true},
             Case{"_marker:>'17717051597b5ae3407a1c52bff57657b7c416c5c6'", false},
             Case{"_marker:>='17717051597b5ae3407a1c52bff57657b7c416c5c6'", true},
             Case{"_marker:<='1771705159'", false},  // the trap of section 6
             Case{"actors:'X'", false},
             Case{"actors:!'X'", true},
             Case{"colour:'red'", false},
             Case{"colour:!'red'", false},
         }) {
        const auto filter = parse_filter(text, test_start());
        ASSERT_TRUE(filter) << text;
        EXPECT_EQ(Matcher(*filter)(record), fits) << text;
    }
}

}  // namespace
}  // namespace cordon::sandbox::cs
